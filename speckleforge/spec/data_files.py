"""Files that `data` and `preprocess` name. Takes checked values and the spec's folder; gives paths by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from speckleforge.spec.tree import KeyPath

MAGIC = "*?["
MAPS = ("pedestal", "mask", "gain")
"""Steps of `preprocess` that may name a file."""


def matches(pattern: str, folder: Path) -> list[str]:
    """Names of the files that a path or a pattern stands for, sorted; relative ones are relative to `folder`.

    A file of that very name comes before what it would mean as a pattern: `run[1].h5`.
    """
    anchor = Path(pattern).anchor
    root = Path(anchor) if anchor else folder
    if (root / pattern).is_file() or not any(letter in pattern for letter in MAGIC):
        found = [root / pattern]
    else:
        found = list(root.glob(pattern[len(anchor) :]))
    return sorted(str(path if anchor else path.relative_to(folder)) for path in found if path.is_file())


def resolved(patterns: list[str], folder: Path) -> list[str]:
    """Names of all files that some patterns stand for: in order of the patterns, each once.

    Two names of one file (a link, a relative and an absolute path) count once, by the first: frames that are listed
    twice could be learnt from and tested on.
    """
    found: dict[Path, str] = {}
    for name in (name for pattern in patterns for name in matches(pattern, folder)):
        found.setdefault((folder / name).resolve(), name)
    return list(found.values())


def single_files(values: Mapping[str, Any]) -> Iterator[tuple[str, str, KeyPath]]:
    """Role, name and place of each file that is named by itself."""
    labels = values["data"].get("labels")
    if isinstance(labels, Mapping) and "file" in labels:
        yield "labels", labels["file"], ("data", "labels", "file")
    for index, step in enumerate(values["preprocess"]):
        for kind, keys in step.items():
            if kind in MAPS and "file" in keys:
                yield kind, keys["file"], ("preprocess", index, kind, "file")


def data_files(values: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """All files that the stage `data` reads, by role."""
    found = {role: folder / name for role, name, _ in single_files(values)}
    for key, role in (("files", "file"), ("structures", "structure")):
        for index, name in enumerate(resolved(values["data"].get(key, []), folder)):
            found[f"{role}_{index}"] = folder / name
    return found
