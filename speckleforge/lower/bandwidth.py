"""Bits that must pass each boundary of the block, against what the board's links carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speckleforge.ir.design import Design
from speckleforge.lower.edges import edges_of
from speckleforge.lower.request import Board, Link

UNKNOWN = Link("not named by the target")
RECORD_BITS = 160  # pulse id, image id, flags and counters around the scores of a result record


@dataclass(frozen=True)
class Boundary:
    """One place that every frame passes.

    Attributes
    ----------
    name
        `input link`, `core port` or `results`; of a block on a stream also `input stream`, `gearbox` and
        `result stream`.
    bits_per_frame
        What passes for one frame.
    available_mbps
        What passes at most, in Mb/s; None where the target does not say.
    through
        Link or port that carries it.
    needed_mbps
        For the frame rate that the cycles allow at the design's clock.
    """

    name: str
    bits_per_frame: int
    needed_mbps: float
    available_mbps: float | None
    through: str

    @property
    def frame_rate_khz(self) -> float | None:
        """Frame rate that this boundary alone allows."""
        return None if self.available_mbps is None else self.available_mbps * 1000 / self.bits_per_frame

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        rate = self.frame_rate_khz
        enough = None if self.available_mbps is None else self.available_mbps >= self.needed_mbps
        return {**vars(self), "frame_rate_khz": rate, "enough": enough}


def boundaries(design: Design, interval_cycles: int, board: Board) -> tuple[Boundary, ...]:
    """The link that brings frames, the stream and the gearbox of a block, the core's own port, and the way out.

    A block in a firmware tree is on the DMA stream of its board, whole beats and headers included; what lies between
    that stream and the detector, or the host, is a boundary of its own.
    """
    rate_khz, clock_mhz = design.settings.clock_khz / interval_cycles, design.settings.clock_mhz
    image, last = design.topology.nodes[0].out, design.topology.nodes[-1].out
    frame, record = image.size * image.type.bits, last.size * last.type.bits + RECORD_BITS
    edges, link = edges_of(design, board), _before(board)
    port = f"{design.source.word_bits} bits at {clock_mhz:g} MHz"

    def made(name: str, bits: int, available: float | None, way: str) -> Boundary:
        return Boundary(name, bits, bits * rate_khz / 1000, available, way)

    found = [made("input link", frame, link.payload_mbps, link.name)]
    if edges:
        beat, way = edges.link.bits, f"{edges.link.name}, {edges.link.bits} bits at"
        full, record = beat * edges.link.mhz, edges.record_bits
        found.append(made("input stream", edges.frame_beats * beat, full, f"{way} {edges.link.mhz:g} MHz"))
        found.append(made("gearbox", edges.pixel_beats * beat, beat * clock_mhz, f"{beat} bits at {clock_mhz:g} MHz"))
    words, word = design.source.words, design.source.word_bits
    found.append(made("core port", words * word, word * clock_mhz, port))
    if edges:
        found.append(made("result stream", edges.record_beats * beat, full, f"{way} {edges.link.mhz:g} MHz"))
    return *found, made("results", record, link.payload_mbps, link.name)


def _before(board: Board) -> Link:
    """The fastest link, but for the stream of a block, which the others are before and behind."""
    others = [link for link in board.links if link is not board.stream]
    known = [link for link in others if link.payload_mbps]
    return max(known, key=lambda link: link.payload_mbps or 0.0, default=next(iter(others), UNKNOWN))
