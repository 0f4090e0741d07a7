"""Where licences are looked for, and what is found there; servers of this test answer, or do not."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speckleforge.tools import licences
from speckleforge.tools.licences import LicencePlace, licence_places


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable, and a home with nothing in it."""
    for name in licences.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def states(monkeypatch: pytest.MonkeyPatch, value: str) -> list[str]:
    monkeypatch.setenv("LM_LICENSE_FILE", value)
    return [place.state for place in licence_places()]


def test_nothing_is_set() -> None:
    assert licence_places() == ()


def test_files_of_the_home_are_found_without_a_variable(tmp_path: Path) -> None:
    (tmp_path / ".Xilinx").mkdir()
    (tmp_path / ".Xilinx" / "a.lic").touch()
    (tmp_path / ".flexlmrc").touch()
    assert licence_places() == (
        LicencePlace("file", str(tmp_path / ".Xilinx" / "a.lic"), "is there"),
        LicencePlace("file", str(tmp_path / ".flexlmrc"), "is there"),
    )


def test_files_and_folders_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full, empty = tmp_path / "full", tmp_path / "empty"
    full.mkdir()
    empty.mkdir()
    (full / "a.lic").touch()
    value = os.pathsep.join(map(str, (full, empty, full / "a.lic", tmp_path / "none.lic")))
    assert states(monkeypatch, value) == [
        *("a folder with 1 .lic file", "a folder without a .lic file", "is there", "is not there"),
    ]


def test_a_server_that_answers_and_one_that_does_not(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    value = f"{port}@127.0.0.1{os.pathsep}{closed}@127.0.0.1{os.pathsep}{closed}@127.0.0.1,{port}@127.0.0.1"
    assert states(monkeypatch, value) == ["answers", "does not answer", "answers"]


def test_nobody_waits_for_a_server_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> None:
        time.sleep(4)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", silent)
    started = time.monotonic()
    assert states(monkeypatch, "@server") == ["does not answer"]
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("text", ["2100@", "port@host", "@", "99999@host", "0@host", "2100@a b", "2100@-host"])
def test_what_is_no_server(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(monkeypatch, text) == ["not of the form port@host"]
