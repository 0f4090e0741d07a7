"""Where AMD's tools look for licences. Takes nothing; gives each place with what is found there.

That a server answers or a file is there proves no licence: which features it grants, only a run tells.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

VARIABLES = ("XILINXD_LICENSE_FILE", "LM_LICENSE_FILE")
ANSWER_S = 1.0
_SERVER = re.compile(r"(?P<port>[0-9]{1,5})?@(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)")
_PORTS = range(27000, 27010)  # FlexNet's own, where none is named


@dataclass(frozen=True)
class LicencePlace:
    """One place: what names it (a variable, or `file`), the place, and what is there, in words."""

    named_by: str
    place: str
    state: str


def licence_places() -> tuple[LicencePlace, ...]:
    """All places, servers asked; a variable may name several, parted by colons (servers of one group by commas)."""
    found = [
        LicencePlace(variable, place, _state(place))
        for variable in VARIABLES
        for place in os.environ.get(variable, "").split(os.pathsep)
        if place
    ]
    return (*found, *(LicencePlace("file", str(path), "is there") for path in _own_files()))


def _own_files() -> Iterator[Path]:
    """Files that are found without a variable."""
    yield from sorted((Path.home() / ".Xilinx").glob("*.lic"))
    if (Path.home() / ".flexlmrc").is_file():
        yield Path.home() / ".flexlmrc"


def _state(place: str) -> str:
    if "@" in place:
        states = [_server(server) for server in place.split(",")]
        return "answers" if "answers" in states else states[0]
    path = Path(place)
    if path.is_dir():
        count = len(list(path.glob("*.lic")))
        return f"a folder with {count} .lic file{'s' * (count != 1)}" if count else "a folder without a .lic file"
    if not path.is_file():
        return "is not there"
    return "is there" if os.access(path, os.R_OK) else "cannot be read"


def _server(text: str) -> str:
    named = _SERVER.fullmatch(text.strip())
    if named is None or not 0 < int(named["port"] or 1) < 65536:
        return "not of the form port@host"
    ports = (int(named["port"]),) if named["port"] else _PORTS
    return "answers" if _answers(named["host"], ports) else "does not answer"


def _answers(host: str, ports: Iterable[int]) -> bool:
    """Whether something takes a connection within a second; looking up the name counts, and cannot be cut short."""
    taken = threading.Event()

    def ask(port: int) -> None:
        try:
            with socket.create_connection((host, port), timeout=ANSWER_S):
                taken.set()
        except OSError:
            return

    asked = [threading.Thread(target=ask, args=(port,), daemon=True) for port in ports]
    for thread in asked:
        thread.start()
    end = time.monotonic() + ANSWER_S
    for thread in asked:
        thread.join(max(0.0, end - time.monotonic()))
        if taken.is_set():
            break
    return taken.is_set()
