"""A spec from a file or a git revision. Takes `PATH` or `REVISION:PATH`; gives a `Spec`; writes nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

from speckleforge.errors import Problem, SpecError
from speckleforge.spec import Spec, load_spec, parse_spec

_ALLOWED = "a file, or REVISION:PATH such as HEAD~1:specs/quickstart.yaml"


def spec_at(name: str) -> Spec:
    """The spec that `name` means; a file of that very name goes first.

    Raises
    ------
    SpecError
        There is neither such a file nor such a revision, or it is not a valid spec.
    """
    revision, colon, path = name.partition(":")
    if not colon or Path(name).exists():
        return load_spec(name)
    return parse_spec(_show(revision, path, name), path, name)


def _show(revision: str, path: str, name: str) -> bytes:
    """The bytes of a file in a git revision."""
    folder = Path(path).absolute().parent
    while not folder.is_dir():  # the folder may exist in that revision only
        folder = folder.parent
    if not path:
        raise SpecError(Problem("no path behind the colon", name, allowed=_ALLOWED))
    inside = Path(path).absolute().relative_to(folder).as_posix()
    command = ["git", "-C", str(folder), "show", f"{revision}:./{inside}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SpecError(Problem("git cannot be asked", name, got=str(error), next_step="install git")) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise SpecError(Problem("no such spec", name, got=said[0] if said else "", allowed=_ALLOWED))
    return done.stdout
