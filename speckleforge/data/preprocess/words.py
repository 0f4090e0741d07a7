"""The detector link: whole numbers of a few bits. Takes preprocessed frames; gives words and what saturated."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.step import Array
from speckleforge.errors import FormatError, Problem


def word_type(bits: int) -> str:
    """Smallest unsigned numpy type of a word."""
    return "uint8" if bits <= 8 else "uint16"


def to_words(values: Array, bits: int) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
    """`min(max(x, 0), 2**bits - 1)` of frames [n, rows, columns], and the pixels that this changed in each [n].

    Raises
    ------
    FormatError
        A value is no whole number.
    """
    if values.dtype.kind == "f" and (values != np.rint(values)).any():
        index = np.argwhere(values != np.rint(values))[0].tolist()
        step = "end the upstream steps with whole numbers: gain and photonise, or give raw ADU"
        raise FormatError(
            Problem("a value on the detector link is no whole number", f"frame {index}", str(values[*index]), "", step)
        )
    highest = 2**bits - 1
    beyond = values > highest
    if values.dtype.kind != "u":
        beyond |= values < 0
    words = np.clip(values, 0, highest).astype(word_type(bits))
    return words, np.count_nonzero(beyond, axis=(1, 2)).astype(np.int64)
