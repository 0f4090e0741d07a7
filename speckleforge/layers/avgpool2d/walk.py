"""Numbers of running sums: which words open, feed and close windows that do not overlap. Takes a stream; gives numbers.

Words and windows fit in three ways: every word holds whole windows; every window takes whole words; or a row has one
window only, whatever its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.stream import StreamType
from speckleforge.ir.timing import Step


@dataclass(frozen=True)
class RunningWalk:
    """Positions of the running form of `sf_avgpool2d` over one frame.

    Attributes
    ----------
    size, stride
        (rows, columns); no stride is less than its size.

    Raises
    ------
    DesignError
        From `sink`, if words and windows fit in none of the three ways (an adapter must come before).
    """

    source: StreamType
    size: tuple[int, int]
    stride: tuple[int, int]

    @property
    def out_rows(self) -> int:
        """Rows of windows."""
        return (self.source.height - self.size[0]) // self.stride[0] + 1

    @property
    def out_columns(self) -> int:
        """Windows in a row."""
        return (self.source.width - self.size[1]) // self.stride[1] + 1

    @property
    def single(self) -> bool:
        """One window in a row."""
        return self.out_columns == 1

    @property
    def whole_windows(self) -> bool:
        """Every word holds whole windows."""
        source, step = self.source, self.stride[1]
        return not self.single and source.lanes % step == 0 and source.offset % step == 0

    @cached_property
    def sink(self) -> StreamType:
        """Type of the output stream, with the source's element type and channels."""
        source, step = self.source, self.stride[1]
        lanes, offset = (source.lanes // step, source.offset // step) if self.whole_windows else (1, 0)
        if not self.whole_windows and not self.single and (step % source.lanes or source.offset):
            raise DesignError(
                Problem(
                    "stride does not fit the lanes",
                    got=f"stride {step}, {source.lanes} lanes, offset {source.offset}",
                    allowed="lanes and offset multiples of the stride, or the stride of the lanes without an offset",
                )
            )
        return StreamType(source.element, source.channels, lanes, self.out_columns, self.out_rows, offset)

    @property
    def emit_word(self) -> int:
        """First word of a row that closes windows."""
        return 0 if self.whole_windows else (self.size[1] - 1 + self.source.offset) // self.source.lanes

    @property
    def word_step(self) -> int:
        """Words from one that closes windows to the next."""
        return 1 if self.whole_windows or self.single else self.stride[1] // self.source.lanes

    @property
    def column_step(self) -> int:
        """Columns from window to window; beyond the row where it has one only."""
        whole_row = self.source.words_per_row * self.source.lanes
        return max(self.stride[1], whole_row) if self.single else self.stride[1]

    @property
    def span(self) -> int:
        """Lanes that one window adds up in one word."""
        return self.size[1] if self.whole_windows else self.source.lanes

    def emits(self, row: int, word: int) -> bool:
        """True if the word closes windows that are complete."""
        row, word = row - self.size[0] + 1, word - self.emit_word
        in_row = word >= 0 and word % self.word_step == 0 and word // self.word_step < self.sink.words_per_row
        return in_row and row >= 0 and row % self.stride[0] == 0 and row // self.stride[0] < self.out_rows

    def steps(self, busy: int) -> tuple[Step, ...]:
        """All steps of a frame, each takes a word; one that emits takes `busy` cycles, another one."""
        kinds = {False: Step(True, 1, 0), True: Step(True, busy, 1)}
        closes = [self.emits(self.size[0] - 1, word) for word in range(self.source.words_per_row)]
        last = [self.emits(row, self.emit_word) for row in range(self.source.height)]
        return tuple(kinds[in_row and in_word] for in_row in last for in_word in closes)

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_avgpool2d` that say where it walks."""
        source = self.source
        return {
            "LANES": source.lanes,
            "CHANNELS": source.channels,
            "BITS": source.element.bits,
            "WIDTH": source.width,
            "OFFSET": source.offset,
            "IMAGE_WORDS": source.words_per_row,
            "IMAGE_ROWS": source.height,
            "KERNEL_ROWS": self.size[0],
            "KERNEL_COLUMNS": self.size[1],
            "WORDS": source.words_per_row,
            "ROWS": source.height,
            "EMIT_WORD": self.emit_word,
            "EMIT_WORD_STEP": self.word_step,
            "EMIT_WORDS": self.sink.words_per_row,
            "EMIT_ROW": self.size[0] - 1,
            "EMIT_ROW_STEP": self.stride[0],
            "EMIT_ROWS": self.out_rows,
            "FIRST_LANE": 0,
            "LANE_STEP": self.stride[1] if self.whole_windows else self.source.lanes,
            "KEPT_LANES": self.sink.lanes,
            "COLUMN_STEP": self.column_step,
            "SPAN": self.span,
        }
