"""Results of a run as one file, so that they have one digest. Takes a folder; gives a tar, equal for equal files.

Only what a record is made of is taken: manifest, reports, logs, the packed IP.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from speckleforge.errors import FormatError, Problem
from speckleforge.store.files import write_bytes
from speckleforge.synth.vendor.vendor_plan import MANIFEST

TAKEN = (MANIFEST, "reports/**/*", "*.log", "ip/*.zip")
MOST_BYTES = 200 * 1024 * 1024


def members(folder: Path) -> list[Path]:
    """Files of a results folder that are taken, sorted."""
    found = {path for pattern in TAKEN for path in folder.glob(pattern) if path.is_file() and not path.is_symlink()}
    return sorted(found)


def pack(folder: Path, archive: Path) -> None:
    """Write the archive; raises `FormatError` where the files are far more than reports."""
    files = members(folder)
    if sum(path.stat().st_size for path in files) > MOST_BYTES:
        raise FormatError(Problem("more than reports", str(folder), allowed=f"{MOST_BYTES >> 20} MiB at most"))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as source:
                tar.addfile(entry, source)
    archive.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(archive, buffer.getvalue())


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive into a new folder; raises `FormatError` for anything that `pack` does not make."""
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                _write(tar, entry, folder)
    except (tarfile.TarError, OSError) as error:
        raise FormatError(Problem("not an archive of results", str(archive), str(error))) from error


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    source = tar.extractfile(entry) if entry.isfile() else None
    parts = Path(entry.name).parts
    if source is None or Path(entry.name).is_absolute() or ".." in parts:
        raise FormatError(Problem("not an archive of results", entry.name))
    path = folder / entry.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.read())


def found_in(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """Results folders by what they are of: in a project that was run, or in its folder `results`."""
    places = {name: (folder / "results" / name, folder / name) for name in names}
    found = {name: [place for place in both if (place / MANIFEST).is_file()] for name, both in places.items()}
    return {name: both[0] for name, both in found.items() if both}
