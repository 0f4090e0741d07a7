"""Constants and memories of the HLS sliding window (`sf_window.h`). Takes the walk of a kernel; gives numbers."""

from __future__ import annotations

from collections.abc import Mapping

from speckleforge.layers.hls import NARROW_WORDS
from speckleforge.layers.rtl.window import WindowWalk


def window_constants(generics: Mapping[str, int]) -> dict[str, int]:
    """`PADDED`, `NARROW` for a kernel with these parameters."""
    around = any(generics[name] for name in ("PAD_TOP", "PAD_LEFT", "PAD_RIGHT"))
    flush = generics["ROWS"] != generics["IMAGE_ROWS"] or generics["WORDS"] != generics["IMAGE_WORDS"]
    return {"PADDED": int(around or flush), "NARROW": int(generics["WORDS"] < NARROW_WORDS)}


def window_partitions(walk: WindowWalk) -> dict[str, int]:
    """Registers of the window, and memories of its line buffer."""
    rows, columns = walk.kernel
    span = columns - 1 + walk.source.lanes
    lines = max(rows - 1, 1)
    narrow = walk.words < NARROW_WORDS
    return {
        "columns": walk.source.channels * rows * span,
        "rows" if narrow else "lines": lines * (walk.words if narrow else 1),
    }
