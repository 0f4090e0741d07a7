"""Numbers of `sf_window`: which positions a sliding window steps over, takes a word at, and emits at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from speckleforge.ir.stream import Pads, StreamType, WindowGrid, window
from speckleforge.ir.timing import Step


@dataclass(frozen=True)
class WindowWalk:
    """Positions of `sf_window` over one frame.

    Rows above and words left of the image cost no step: line buffer and column history start with padding instead.
    Rows below and words right of it are flush steps.

    Attributes
    ----------
    words, rows
        Steps in a row; rows of steps.
    emit_word, emit_row
        First position that emits.
    """

    source: StreamType
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: Pads

    @cached_property
    def grid(self) -> WindowGrid:
        """The type rule's result."""
        return window(self.source, self.kernel, self.stride, self.pads)

    @property
    def lead(self) -> int:
        """Words of padding before the image's first word."""
        return max(0, -(-(self.pads.left - self.source.offset) // self.source.lanes))

    @property
    def words(self) -> int:
        """Steps in one row."""
        return self.grid.padded.words_per_row - self.lead

    @property
    def rows(self) -> int:
        """Rows of steps."""
        return self.source.height + self.pads.bottom

    @property
    def emit_word(self) -> int:
        """First step of a row that emits."""
        return self.grid.drop - self.lead

    @property
    def emit_row(self) -> int:
        """First row that emits."""
        return self.kernel[0] - 1 - self.pads.top

    def emits(self, row: int, word: int) -> bool:
        """True if the step at (row, word) emits an output word."""
        grid = self.grid
        row, word = row - self.emit_row, word - self.emit_word
        in_row = word >= 0 and word % grid.word_step == 0 and word // grid.word_step < grid.sink.words_per_row
        return in_row and row >= 0 and row % self.stride[0] == 0 and row // self.stride[0] < grid.sink.height

    def steps(self, busy: int) -> tuple[Step, ...]:
        """All steps of a frame; one that emits takes `busy` cycles, another one."""
        kinds = {(t, e): Step(t, busy if e else 1, int(e)) for t in (False, True) for e in (False, True)}
        row_emits = [self.emits(row, self.emit_word) for row in range(self.rows)]
        word_emits = [self.emits(self.emit_row, word) for word in range(self.words)]
        taken = self.source.words_per_row
        return tuple(
            kinds[row < self.source.height and word < taken, row_emits[row] and word_emits[word]]
            for row in range(self.rows)
            for word in range(self.words)
        )

    def generics(self) -> dict[str, int]:
        """Parameters of `sf_window` that say where it walks and how it pads."""
        grid = self.grid
        return {
            "LANES": self.source.lanes,
            "CHANNELS": self.source.channels,
            "BITS": self.source.element.bits,
            "WIDTH": self.source.width,
            "OFFSET": self.source.offset,
            "IMAGE_WORDS": self.source.words_per_row,
            "IMAGE_ROWS": self.source.height,
            "KERNEL_ROWS": self.kernel[0],
            "KERNEL_COLUMNS": self.kernel[1],
            "PAD_TOP": self.pads.top,
            "PAD_LEFT": self.pads.left,
            "PAD_RIGHT": self.pads.right,
            "WORDS": self.words,
            "ROWS": self.rows,
            "EMIT_WORD": self.emit_word,
            "EMIT_WORD_STEP": grid.word_step,
            "EMIT_WORDS": grid.sink.words_per_row,
            "EMIT_ROW": self.emit_row,
            "EMIT_ROW_STEP": self.stride[0],
            "EMIT_ROWS": grid.sink.height,
            "FIRST_LANE": grid.first_lane,
            "LANE_STEP": grid.lane_step,
            "KEPT_LANES": grid.kept_lanes,
        }
