"""The block's edges on a DMA stream: beats of a frame and of a record, cycles that they add. Takes a design and a link.

The edges are printed elsewhere (`emit/firmware`, docs/firmware.md); these are their numbers, compared in a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speckleforge.ir.core import buffered
from speckleforge.ir.design import Design
from speckleforge.ir.stream import StreamType
from speckleforge.lower.request import Board, Link

HEADER_BITS = 256  # of a frame, or one beat. Source: docs/firmware.md, "Frames"
RECORD_HEADER_BITS = 128  # of a result record before its scores. Source: record.md of a block
SCORE_BITS = 32
# Cycles at their longest, from the headers of the modules in emit/firmware/rtl. At the stream's clock: the beat itself,
# sf_axis_frames 2, the writer of its FIFO 1, the reader of the records' FIFO 6. At the core's clock: the reader of the
# frames' FIFO 6, sf_gearbox 6, sf_record_beats 1 and a beat, the writer of its FIFO 1.
STREAM_CYCLES = 1 + 2 + 1 + 6
CORE_CYCLES = 6 + 6 + 1 + 1 + 1
SOURCE = "longest of the modules' own latencies, emit/firmware/rtl"


@dataclass(frozen=True)
class Edges:
    """What lies between a DMA stream and the core.

    Attributes
    ----------
    link
        The stream.
    stream
        The core's input.
    clock_mhz
        Of the core.
    record_bits
        Of a result record.
    """

    link: Link
    stream: StreamType
    clock_mhz: float
    record_bits: int

    @property
    def header_beats(self) -> int:
        """Beats of a frame before its pixels."""
        return -(-HEADER_BITS // self.link.bits)

    @property
    def pixel_beats(self) -> int:
        """Beats with pixels, which follow each other without gaps between rows."""
        return self._beats(self.stream.height, 0)

    @property
    def frame_beats(self) -> int:
        """Beats of a frame, header included."""
        return self.header_beats + self.pixel_beats

    @property
    def record_beats(self) -> int:
        """Beats of a record."""
        return -(-self.record_bits // self.link.bits)

    @property
    def interval_cycles(self) -> int:
        """Core cycles between two frames that the gearbox takes: a word a cycle, and a beat a cycle."""
        return max(self.stream.words, self.pixel_beats)

    @property
    def stream_cycles(self) -> int:
        """Cycles of the stream's clock that the edges add at most: until the first word is whole, and in modules."""
        return self.header_beats + self._first_beats - 1 + STREAM_CYCLES

    @property
    def core_cycles(self) -> int:
        """Cycles of the core's clock that the edges add at most."""
        return CORE_CYCLES

    @property
    def added_us(self) -> float:
        """What the edges add to the core's latency at most: their cycles, the record's other beats, and what words wait
        for beats, of which there may be fewer than the core takes.
        """
        period, core = 1 / self.link.mhz, 1 / self.clock_mhz
        slower = max(period, core)  # of a beat: on the stream, and in the gearbox
        rest = (self.record_beats - 1) * slower + self._waited_us(slower, core)
        return self.stream_cycles * period + self.core_cycles * core + rest

    @property
    def _first_beats(self) -> int:
        return self._beats(0, 1)

    def _beats(self, rows: int, words: int) -> int:
        """Beats that hold so many rows, and words of the next."""
        stream = self.stream
        columns = rows * stream.width + min(words * stream.lanes, stream.width)
        return -(-columns * stream.channels * stream.element.bits // self.link.bits)

    def _waited_us(self, beat: float, core: float) -> float:
        """How much later than a cycle each, at most, words behind the first are whole."""
        stream = self.stream
        late = [
            (self._beats(row, words) - self._first_beats) * beat - (row * stream.words_per_row + words - 1) * core
            for row in (0, stream.height - 1)
            for words in range(1, stream.words_per_row + 1)
        ]
        return max(late)

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "through": self.link.name,
            "stream_mhz": self.link.mhz,
            "stream_cycles": self.stream_cycles,
            "core_cycles": self.core_cycles,
            "frame_beats": self.frame_beats,
            "record_beats": self.record_beats,
            "interval_cycles": self.interval_cycles,
            "added_us": self.added_us,
            "source": SOURCE,
        }


def edges_of(design: Design, board: Board) -> Edges | None:
    """The edges of the block; None for a core behind a serial line, or on a board that names no stream."""
    link = board.stream
    if link is None or not buffered(design.settings.interface):
        return None
    record_bits = RECORD_HEADER_BITS + SCORE_BITS * int(getattr(design.topology.nodes[-1].op, "slots", 0))
    return Edges(link, design.source, design.settings.clock_mhz, record_bits)
