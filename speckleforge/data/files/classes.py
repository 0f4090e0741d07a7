"""Codes to classes. Takes a class map and codes excluded by name; gives labels, or names a code that nobody mapped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.files.labels import Texts
from speckleforge.data.files.settings import FileSettings
from speckleforge.errors import FormatError, Problem, did_you_mean

EXCLUDED = -1


def labels_of(codes: Texts, settings: FileSettings, where: Callable[[int], str]) -> NDArray[np.int64]:
    """Index into the classes for each code, -1 for excluded ones; `where` names the place of a frame.

    Raises
    ------
    FormatError
        A code is in neither the class map nor the excluded ones, and is no class itself.
    """
    label = {name: index for index, name in enumerate(settings.classes)}
    label |= {code: label[name] for code, name in settings.class_map.items() if name in label}
    label |= dict.fromkeys(settings.exclude, EXCLUDED)
    names, member, first = _unique(codes)
    unknown = [(int(first[n]), str(name)) for n, name in enumerate(names) if str(name) not in label]
    if unknown:
        index, code = min(unknown)
        known = ", ".join(label)
        step = did_you_mean(code, list(label)) or f"map it in data.class_map, or exclude it: {{{code}: WHY}}"
        raise FormatError(Problem("an unknown class code", where(index), code, known, step))
    return np.array([label[str(name)] for name in names], np.int64)[member]


def _unique(codes: Texts) -> tuple[Texts, NDArray[np.int64], NDArray[np.int64]]:
    """Different codes, which of them each frame has, and the first frame of each."""
    names, first, member = np.unique(codes, return_index=True, return_inverse=True)
    return names, member.astype(np.int64), first.astype(np.int64)
