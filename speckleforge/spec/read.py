"""Files to trees. Takes a path; gives its `Tree`, or one clear problem; reads nothing else."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from speckleforge.errors import Problem, SpecError
from speckleforge.spec.tree import Tree, parse_tree

MAX_BYTES = 1_000_000


def read_tree(path: Path) -> Tree:
    """The tree of a YAML file.

    Raises
    ------
    SpecError
        It cannot be read, is not UTF-8, or is not YAML.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError(_unreadable(path, error)) from error
    return decode_tree(content, str(path))


def decode_tree(content: bytes, name: str) -> Tree:
    """The tree of a YAML file's bytes; `name` stands for it in messages."""
    if len(content) > MAX_BYTES:
        raise SpecError(Problem("the file is too large for a spec", name, allowed=f"{MAX_BYTES} bytes at most"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        where = f"{name}:{before.count(10) + 1}:{error.start - before.rfind(10)}"
        raise SpecError(
            Problem("not UTF-8 text", where, got=f"byte 0x{content[error.start]:02x}", next_step="save it as UTF-8")
        ) from error
    return parse_tree(text, name)


def _unreadable(path: Path, error: OSError) -> Problem:
    """Why a file cannot be read, with its nearest neighbour where it is not there."""
    step = "give the path of a spec"
    if not isinstance(error, FileNotFoundError):
        return Problem(f"cannot be read: {error.strerror}", str(path), next_step=step)
    there = {item.stem: item.name for item in sorted(path.parent.glob("[!.]*.yaml"))}
    near = get_close_matches(path.stem, there, n=1)  # by stems: `.yaml` alone makes no two names alike
    hint = f"did you mean '{there[near[0]]}'?" if near else step
    found = ", ".join(str(path.with_name(name)) for name in list(there.values())[:8])
    return Problem("no such file", str(path), allowed=found, next_step=hint)
