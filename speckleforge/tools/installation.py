"""What an installation of AMD's tools holds beside its release. Takes its programs; gives a short text for keys.

An update and a tactical patch go into the folder of the release, which keeps its name, and asking a program takes
seconds: so this looks at the files that they replace or add, and starts nothing.

| looked at | what changes it | source |
|---|---|---|
| the launcher, its bytes | a wrapper that was edited | |
| `bin/unwrapped/lnx64.o`, `lib/lnx64.o` | an update: `2020.2.2` goes into `2020.2` | told by users |
| `patches/` | a patch for all users of the installation | answer record 66722 |
| `XILINX_PATH`, else `MYVIVADO` | a patch of one user; the first goes before the second | answer record 66722 |
| `scripts`, `common/scripts` | `Vivado_init.tcl`; the patch for exports after 2021 | UG894; answer record 76960 |

Of the files in these folders name, size and time count: an installation that is copied without its times is another
one, which costs a run; the opposite mistake would hand out results of another tool.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

FOLDERS = ("bin/unwrapped/lnx64.o", "lib/lnx64.o", "scripts", "common/scripts")
PATCHES = "patches"
PATCH_PATHS = ("XILINX_PATH", "MYVIVADO")  # the first that is set counts
MOST = 5000  # entries below one folder of patches: `XILINX_PATH` may be somebody's name for the whole installation
_DIGITS = 12


def installation(programs: Sequence[Path], environment: Mapping[str, str] = os.environ) -> str:
    """Patches by name and a digest of what the table above lists: `AR71898, 3f9a1c2e5b7d`.

    Parameters
    ----------
    programs
        The launchers that a run starts, the first one's first.
    environment
        Where the paths of patches are looked up.
    """
    homes = list(dict.fromkeys(program.resolve().parent.parent for program in programs))
    patches = [folder for home in homes for folder in _sorted(home / PATCHES)] + _own_patches(environment)
    digest = hashlib.sha256()
    for line in (*_launchers(programs), *_installed(homes), *_patched(patches)):
        digest.update(os.fsencode(line) + b"\n")
    names = dict.fromkeys(path.name for path in patches)
    return ", ".join([*names, digest.hexdigest()[:_DIGITS]])


def _own_patches(environment: Mapping[str, str]) -> list[Path]:
    """Folders with the patches of this user. Several are parted by colons."""
    value = next((environment[name] for name in PATCH_PATHS if environment.get(name)), "")
    return [Path(part) for part in value.split(os.pathsep) if part]


def _launchers(programs: Iterable[Path]) -> Iterator[str]:
    for program in programs:
        try:
            yield f"{program.name} {hashlib.sha256(program.read_bytes()).hexdigest()}"
        except OSError:
            yield f"{program.name} cannot be read"


def _installed(homes: Iterable[Path]) -> Iterator[str]:
    for home in homes:
        for folder in FOLDERS:
            for path in _sorted(home / folder):
                yield f"{folder} {_looks(path)}"


def _patched(patches: Iterable[Path]) -> Iterator[str]:
    for patch in patches:
        yield patch.name
        yield from islice(_below(patch, patch), MOST)


def _below(folder: Path, root: Path) -> Iterator[str]:
    """All that is in a folder: its own entries before those of the folders in it."""
    entries = _sorted(folder)
    for path in entries:
        yield f"{path.parent.relative_to(root)} {_looks(path)}"
    for path in entries:
        if path.is_dir() and not path.is_symlink():
            yield from _below(path, root)


def _sorted(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _looks(path: Path) -> str:
    """Name, size and time of a file; of a folder only its name, for a run may leave something in one."""
    try:
        status = path.stat()
    except OSError:
        return f"{path.name} leads nowhere"
    return path.name if path.is_dir() else f"{path.name} {status.st_size} {status.st_mtime_ns}"
