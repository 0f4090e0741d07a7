"""Results of a run as one file, so that they have one digest. Takes a folder; gives a tar, equal for equal files.

Only what a record is made of is taken: manifest, reports, logs, the packed IP.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from speckleforge.errors import FormatError, Problem
from speckleforge.synth.amd.causes import LOG
from speckleforge.synth.amd.vendor_plan import MANIFEST

TAKEN = (MANIFEST, "reports/**/*", "*.log", "ip/*.zip")
MOST_BYTES = 200 * 1024 * 1024


def members(folder: Path) -> list[Path]:
    """Files of a results folder that are taken, sorted."""
    found = {path for pattern in TAKEN for path in folder.glob(pattern) if path.is_file() and not path.is_symlink()}
    return sorted(found)


def pack(folder: Path) -> bytes:
    """The archive; raises `FormatError` where the files are far more than reports, or cannot be read."""
    buffer = io.BytesIO()
    try:
        files = [(path.relative_to(folder).as_posix(), path) for path in members(folder)]
        if sum(path.stat().st_size for _, path in files) > MOST_BYTES:
            raise FormatError(Problem("more than reports", str(folder), allowed=f"{MOST_BYTES >> 20} MiB at most"))
        # Names of an HLS tool's modules may be longer than older formats can hold.
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in files:
                content = path.read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o644
                tar.addfile(entry, io.BytesIO(content))
    except OSError as error:
        raise FormatError(Problem("results cannot be read", str(folder), str(error))) from error
    return buffer.getvalue()


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive into a new folder; raises `FormatError` for anything that `pack` does not make."""
    try:
        with tarfile.open(archive, mode="r:") as tar:
            for entry in tar:
                _write(tar, entry, folder)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise FormatError(Problem("not an archive of results", str(archive), str(error))) from error


def is_taken(name: str) -> bool:
    """Whether a file of this name is one that `pack` takes, and lies where it says."""
    parts = name.split("/")
    if "\0" in name or {"", ".", ".."} & set(parts):
        return False
    if len(parts) == 1:
        return name == MANIFEST or name.endswith(".log")
    return parts[0] == "reports" or (parts[0] == "ip" and len(parts) == 2 and name.endswith(".zip"))


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    source = tar.extractfile(entry) if entry.isfile() and is_taken(entry.name) else None
    if source is None:
        raise FormatError(Problem("not an archive of results", got=repr(entry.name)))
    path = folder / entry.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as sink:
        sink.write(source.read())


def found_in(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """Results folders by what they are of, in a project that was run or its folder `results`; failed runs' too."""
    places = {name: (folder / "results" / name, folder / name) for name in names}
    found = {name: [place for place in both if _of_a_run(place)] for name, both in places.items()}
    return {name: both[0] for name, both in found.items() if both}


def _of_a_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in (MANIFEST, LOG, "reports"))
