"""How a frame travels over the DMA stream, and the numbers that the edges are built with.

A frame is a header of 32 bytes, or of one beat where that is more (pulse id in its first 4, lowest first; the rest is
not looked at), then the pixels as they lie in memory: [rows, columns, channels], `bits` bits each, lowest bit first, no
gap anywhere. The folding never shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

from speckleforge.emit.core_source import head_slots
from speckleforge.emit.record import record_bits
from speckleforge.errors import DesignError, Problem
from speckleforge.ir.design import Design
from speckleforge.ir.stream import StreamType

HEADER_BYTES = 32  # at least
WIDTHS = (64, 128, 256, 512)  # bits of a DMA beat; a header is a whole number of them
LEAST_ADDR_BITS = 9  # a block RAM has 512 words of its widest shape
FRAMES_HELD = 2  # a frame that comes while another one is under way
MARGIN = 8  # entries that are under way between the clocks


@dataclass(frozen=True)
class Dma:
    """The stream of the target: bits of a beat, its clock in MHz."""

    bits: int
    mhz: float


@dataclass(frozen=True)
class FrameFormat:
    """A design's frames and records on a DMA stream.

    Attributes
    ----------
    stream
        The core's input.
    data_bits
        Of a beat.
    record_bits
        Of a result record.
    """

    stream: StreamType
    data_bits: int
    record_bits: int

    @property
    def pixels(self) -> int:
        """Elements of a frame, channels counted."""
        return self.stream.height * self.stream.width * self.stream.channels

    @property
    def payload_bytes(self) -> int:
        """Bytes of a frame behind its header."""
        return -(-self.pixels * self.stream.element.bits // 8)

    @property
    def header_bytes(self) -> int:
        """Bytes of a frame before its pixels: whole beats."""
        return max(HEADER_BYTES, self.data_bits // 8)

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame, header included."""
        return self.header_bytes + self.payload_bytes

    @property
    def beats(self) -> int:
        """Beats with pixels."""
        return -(-self.payload_bytes * 8 // self.data_bits)

    @property
    def tail_bytes(self) -> int:
        """Bytes in the last beat of a frame."""
        return self.payload_bytes - (self.beats - 1) * self.data_bits // 8

    @property
    def tail_bits(self) -> int:
        """Bits that the last word of a row takes from the stream."""
        stream = self.stream
        lanes = stream.width - (stream.words_per_row - 1) * stream.lanes
        return lanes * stream.channels * stream.element.bits

    @property
    def grain(self) -> int:
        """Bits between two places where a word may begin in a beat."""
        return gcd(self.data_bits, gcd(self.stream.word_bits, self.tail_bits))

    @property
    def buffer_beats(self) -> int:
        """Beats of the gearbox's buffer: a power of two with room for a word and a beat."""
        need = -(-(self.stream.word_bits + self.data_bits) // self.data_bits)
        return 1 << (need - 1).bit_length()

    @property
    def addr_bits(self) -> int:
        """Address bits of the FIFO of frames."""
        return max(LEAST_ADDR_BITS, (FRAMES_HELD * self.beats + MARGIN - 1).bit_length())

    @property
    def record_beats(self) -> int:
        """Beats of a record."""
        return -(-self.record_bits // self.data_bits)

    @property
    def record_tail_bytes(self) -> int:
        """Bytes in the last beat of a record."""
        return self.record_bits // 8 - (self.record_beats - 1) * self.data_bits // 8


def dma_of(target: Mapping[str, Any]) -> Dma | None:
    """The target's link of kind `stream`, or None where it has none.

    Raises
    ------
    DesignError
        If its width is none that the edges are made for.
    """
    for name, link in target.get("links", {}).items():
        if link["kind"] == "stream":
            if link["bits"] not in WIDTHS:
                where = f"targets/{target['name']}.yaml: links.{name}.bits"
                allowed = ", ".join(map(str, WIDTHS))
                raise DesignError(Problem("no edge for a stream of this width", where, str(link["bits"]), allowed))
            return Dma(int(link["bits"]), float(link["mhz"]))
    return None


def frame_format(design: Design, dma: Dma) -> FrameFormat:
    """The format of a design's frames.

    Raises
    ------
    DesignError
        If the core's words do not begin with the first column of a row.
    """
    if design.source.offset:
        raise DesignError(Problem("frames from a DMA begin with their first column", got=str(design.source)))
    return FrameFormat(design.source, dma.bits, record_bits(head_slots(design)))
