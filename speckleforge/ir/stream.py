"""Stream types and their rules: how columns travel in words between kernels.

Word j of a row holds columns `j*lanes - offset .. j*lanes - offset + lanes - 1` of all channels. Lanes outside
[0, width) are don't-care; the consumer masks them. Kernels drop words without a column, so `offset < lanes` always.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from speckleforge.errors import DesignError, Problem
from speckleforge.fixed.types import IntType
from speckleforge.ir.types import TensorType


@dataclass(frozen=True)
class Pads:
    """Rows and columns added around an image."""

    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0

    @property
    def any(self) -> bool:
        """True if anything is added."""
        return bool(self.top or self.left or self.bottom or self.right)


@dataclass(frozen=True)
class StreamType:
    """`lanes` columns of `channels` channels a word; `width` columns and `height` rows a frame.

    Raises
    ------
    DesignError
        If a count is not positive or `offset` is not in [0, lanes).
    """

    element: IntType
    channels: int
    lanes: int
    width: int
    height: int
    offset: int = 0

    def __post_init__(self) -> None:
        if min(self.channels, self.lanes, self.width, self.height) < 1 or not 0 <= self.offset < self.lanes:
            raise DesignError(Problem("impossible stream", got=str(self), allowed="counts >= 1, 0 <= offset < lanes"))

    def __str__(self) -> str:
        return f"{self.element}x{self.channels}c{self.lanes}p{self.width}w{self.height}h{self.offset}o"

    @property
    def words_per_row(self) -> int:
        """Words in one row."""
        return -(-(self.width + self.offset) // self.lanes)

    @property
    def words(self) -> int:
        """Words in one frame."""
        return self.words_per_row * self.height

    @property
    def word_bits(self) -> int:
        """Bits in one word."""
        return self.lanes * self.channels * self.element.bits

    def column(self, word: int, lane: int) -> int:
        """Column that lane `lane` of word `word` holds; outside [0, width): don't-care."""
        return word * self.lanes - self.offset + lane


def stream_of(tensor: TensorType, lanes: int) -> StreamType:
    """The aligned stream (offset 0) of a tensor; a vector of N features is one channel, one row, N columns."""
    channels, height, width = tensor.image
    return StreamType(tensor.type, channels, lanes, width, height)


def pad(stream: StreamType, pads: Pads) -> StreamType:
    """Type after padding: the grid of words is kept, words are added before and behind where columns need them."""
    lead = max(0, -(-(pads.left - stream.offset) // stream.lanes))
    return replace(
        stream,
        width=stream.width + pads.left + pads.right,
        height=stream.height + pads.top + pads.bottom,
        offset=stream.offset - pads.left + lead * stream.lanes,
    )


@dataclass(frozen=True)
class WindowGrid:
    """How a sliding window walks over a padded stream.

    Attributes
    ----------
    padded
        The stream with its padding, whose words the window steps over.
    drop
        Words at the start of each row whose windows are all invalid or not kept.
    first_lane, lane_step, kept_lanes
        Lanes whose windows are kept: `first_lane + i * lane_step`, i < kept_lanes.
    word_step
        Every how many words one is kept (1 unless one lane carries a stride).
    sink
        Type of the output stream, with the source's element type and channels.
    """

    padded: StreamType
    drop: int
    first_lane: int
    lane_step: int
    kept_lanes: int
    word_step: int
    sink: StreamType


@cache  # a planner asks for thousands of foldings of one window
def window(stream: StreamType, kernel: tuple[int, int], stride: tuple[int, int], pads: Pads) -> WindowGrid:
    """Type rule of convolution and pooling.

    The window whose last column is in lane p of word j has output column `j*lanes + p - (offset + kernel_columns - 1)`
    at stride 1. A stride keeps every s-th: inside the word where `lanes % s == 0`, every s-th word where `lanes == 1`.

    Raises
    ------
    DesignError
        If the window is larger than the padded image, or the stride fits neither rule (an adapter must come before).
    """
    padded = pad(stream, pads)
    if kernel[0] > padded.height or kernel[1] > padded.width:
        raise DesignError(
            Problem(
                "window is larger than its image",
                got=f"{kernel}",
                allowed=f"({padded.height}, {padded.width}) at most",
            )
        )
    lanes, step = padded.lanes, stride[1]
    reach = padded.offset + kernel[1] - 1
    out_width = (padded.width - kernel[1]) // step + 1
    out_height = (padded.height - kernel[0]) // stride[0] + 1
    if lanes % step == 0:
        first_lane, kept, word_step = reach % step, lanes // step, 1
        out_offset = (reach - first_lane) // step
        drop = out_offset // kept
        offset = out_offset % kept
    elif lanes == 1:
        first_lane, kept, word_step, offset = 0, 1, step, 0
        drop = reach
    else:
        raise DesignError(
            Problem(
                "stride does not fit the lanes",
                got=f"stride {step}, {lanes} lanes",
                allowed="lanes a multiple of the stride, or 1",
            )
        )
    sink = StreamType(padded.element, padded.channels, kept, out_width, out_height, offset)
    return WindowGrid(padded, drop, first_lane, step if word_step == 1 else 1, kept, word_step, sink)
