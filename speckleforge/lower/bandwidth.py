"""Bits that must pass each boundary of the block, against what the board's links carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speckleforge.ir.design import Design
from speckleforge.lower.request import Board

RECORD_BITS = 160  # pulse id, image id, flags and counters around the scores of a result record


@dataclass(frozen=True)
class Boundary:
    """One place that every frame passes.

    Attributes
    ----------
    name
        `input link`, `core port` or `results`.
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
    """Input link, the core's own port, and the results' way out."""
    image, last = design.topology.nodes[0].out, design.topology.nodes[-1].out
    rate_khz = design.settings.clock_khz / interval_cycles
    through, slowest = _link(board)
    frame, record = image.size * image.type.bits, last.size * last.type.bits + RECORD_BITS
    port = design.source.words * design.source.word_bits
    port_mbps = design.source.word_bits * design.settings.clock_mhz

    def made(name: str, bits: int, available: float | None, way: str) -> Boundary:
        return Boundary(name, bits, bits * rate_khz / 1000, available, way)

    return (
        made("input link", frame, slowest, through),
        made("core port", port, port_mbps, f"{design.source.word_bits} bits at {design.settings.clock_mhz:g} MHz"),
        made("results", record, slowest, through),
    )


def _link(board: Board) -> tuple[str, float | None]:
    """The fastest way in."""
    if not board.links:
        return "not named by the target", None
    name, mbps = max(board.links, key=lambda link: link[1])
    return name, mbps
