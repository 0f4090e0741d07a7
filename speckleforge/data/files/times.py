"""Times of frames as numbers. Takes a column and what its places are called; gives float64; guesses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem


def times_of(values: NDArray[Any], place: Callable[[int], str]) -> NDArray[np.float64]:
    """float64 [N] of a column [N]; `place` names where entry n stands.

    Raises
    ------
    FormatError
        An entry is empty or no finite number.
    """
    if values.dtype.kind in "iuf":
        times = values.astype(np.float64)
    else:
        times = np.array([_number(value) for value in values], np.float64)
    bad = np.flatnonzero(~np.isfinite(times))
    if len(bad):
        index, step = int(bad[0]), "write seconds or a count, or leave the column out"
        got = repr(values[index].item() if isinstance(values[index], np.generic) else values[index])
        raise FormatError(Problem("time is no number", place(index), got, "a finite number", step))
    return times


def _number(value: Any) -> float:
    """NaN for what is no number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
