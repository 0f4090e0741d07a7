"""Windows of an image as gathered elements, for ONNX layers whose sums float32 cannot hold."""

from __future__ import annotations

import numpy as np

from speckleforge.fixed.arithmetic import Ints


def window_positions(columns: int, out: tuple[int, int], size: tuple[int, int], stride: tuple[int, int]) -> Ints:
    """Flat positions in one channel of every window's elements: int64 [out rows * out columns, elements].

    Parameters
    ----------
    columns
        Of the image, its padding included.
    out
        (rows, columns) of windows.
    size, stride
        (rows, columns) of a window, and of its steps.
    """
    r, k, i, j = np.ogrid[: out[0], : out[1], : size[0], : size[1]]
    flat = (r * stride[0] + i) * columns + k * stride[1] + j
    return np.asarray(flat.reshape(out[0] * out[1], -1), dtype=np.int64)
