"""What a design is expected to do and to cost: the record that `forge plan` and the report show.

Every number here has the stage `predicted`: resources from the fitted formulas (with their error, or `unfitted`),
cycles from the exact cycle model. A maximum clock is not predicted: where only cycles are known, the clock that a rate
needs is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speckleforge.ir.resources import Resources
from speckleforge.lower.bandwidth import Boundary
from speckleforge.lower.edges import Edges
from speckleforge.lower.regions import share
from speckleforge.lower.request import RESOURCES, Board, Hardware

STAGE = "predicted"
# Source: LCLS-II's 1,300 MHz accelerating field over 1,400: 928.57 kHz; up to a million pulses a second are delivered.
PULSE_RATES_KHZ = {1000.0: "a million pulses a second", 1_300_000 / 1400: "base rate of LCLS-II"}


@dataclass(frozen=True)
class KernelPrediction:
    """One kernel: what it does and costs.

    Attributes
    ----------
    summary
        The folding in a few words.
    macs_per_cycle
        Products that it makes in one cycle.
    useful_macs
        Share of its multiplier cycles in a frame interval of its own that the network needs; None for a block without.
    refill_cycles
        For which a frame waits where its weights are not yet those that the kernel computes with; 0: never.
    fifo_words, fifo_high_water
        Depth of its output FIFO, and the most words in it with frames offered without a gap and results taken at once.
    region
        Super logic region; None: not assigned.
    """

    name: str
    kind: str
    folding: dict[str, Any]
    summary: str
    stream: str
    macs_per_cycle: int
    useful_macs: float | None
    interval_cycles: int
    refill_cycles: int
    fifo_words: int
    fifo_high_water: int
    region: int | None
    resources: Resources
    fit: str

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {**vars(self), "resources": self.resources.as_dict()}


@dataclass(frozen=True)
class Prediction:
    """A design's prediction.

    Attributes
    ----------
    kernels
        In the order of the chain.
    overhead
        Everything that is no kernel.
    latency_cycles, after_last_word, interval_cycles
        From the cycle model, input offered without a gap.
    refill_cycles
        Cycles by which the frames from the first with new weights on are later, once.
    limits
        Name of the kernel that is busiest: it bounds the frame rate of the core.
    edges
        Of a block on a stream.
    regions
        Of a device of several dies: what lies where.
    fit_error
        Per kind: relative error of the cost formulas against synthesis runs; None until fitted.
    """

    clock_khz: int
    kernels: tuple[KernelPrediction, ...]
    overhead: Resources
    latency_cycles: int
    after_last_word: int
    interval_cycles: int
    refill_cycles: int
    limits: str
    board: Board
    hardware: Hardware
    boundaries: tuple[Boundary, ...]
    edges: Edges | None
    regions: dict[str, Any] | None
    fit_error: dict[str, Any]

    @property
    def total(self) -> Resources:
        """Kernels and overhead."""
        return sum((kernel.resources for kernel in self.kernels), self.overhead)

    def as_dict(self) -> dict[str, Any]:
        """The record `prediction.json`."""
        clock_mhz = self.clock_khz / 1000
        return {
            "stage": STAGE,
            "implementation": "rtl",
            "clock_mhz": {"value": clock_mhz, "stage": "target"},
            "latency_cycles": {"value": self.latency_cycles, "after_last_word": self.after_last_word, "stage": STAGE},
            "interval_cycles": {"value": self.interval_cycles, "stage": STAGE},
            "latency_us": {"value": self.latency_cycles / clock_mhz, "at_clock_mhz": clock_mhz, "stage": STAGE},
            "block": self._block(),
            "frame_rate_khz": {
                "value": self.clock_khz / self.interval_cycles,
                "at_clock_mhz": clock_mhz,
                "stage": STAGE,
            },
            "refill_cycles": {"value": self.refill_cycles, "stage": STAGE},
            "needs_clock_mhz": needed_clock(self.hardware, self.latency_cycles, self._interval()),
            "limits": self.limits,
            "limit": self._limit(),
            "resources": self._resources(),
            "overhead": self.overhead.as_dict(),
            "layers": [kernel.as_dict() for kernel in self.kernels],
            "bandwidth": [boundary.as_dict() for boundary in self.boundaries],
            "slr": self.regions,
            "fit_error": self.fit_error,
        }

    def _interval(self) -> int:
        """Core cycles between two frames, those of the block's gearbox included."""
        return max(self.interval_cycles, self.edges.interval_cycles if self.edges else 0)

    def _block(self) -> dict[str, Any] | None:
        """From a frame's first beat on the stream to the last beat of its record, at most; None: no such block."""
        if self.edges is None:
            return None
        latency_us = self.latency_cycles * 1000 / self.clock_khz + self.edges.added_us
        return {"latency_us": {"value": latency_us, "stage": STAGE}, **self.edges.as_dict()}

    def _limit(self) -> dict[str, Any]:
        """What bounds the frame rate first: a kernel's cycles at this clock, or a boundary's bits."""
        rates = [(self.clock_khz / self.interval_cycles, "kernel", self.limits)]
        rates += [(rate, "link", b.name) for b in self.boundaries if (rate := b.frame_rate_khz) is not None]
        rate, what, name = min(rates, key=lambda row: row[0])
        return {"what": what, "name": name, "frame_rate_khz": rate}

    def _resources(self) -> dict[str, Any]:
        total, budget = self.total, dict(self.hardware.budget)
        return {
            name: {
                "value": getattr(total, name),
                "available": getattr(self.board.resources, name),
                "share": share(getattr(total, name), getattr(self.board.resources, name)),
                **({"budget": budget[name]} if name in budget else {}),
                "stage": STAGE,
            }
            for name in RESOURCES
        }


def needed_clock(hardware: Hardware, latency: int, interval: int) -> dict[str, Any]:
    """The least clock in MHz for each target in these cycles; for a rate also that of two rates of the source."""
    needed: dict[str, Any] = {}
    if hardware.frame_rate_khz is not None:
        rates = PULSE_RATES_KHZ | {hardware.frame_rate_khz: "asked"}
        needed["frame_rate_khz"] = {
            "target": hardware.frame_rate_khz,
            "value": interval * hardware.frame_rate_khz / 1000,
        }
        needed["at_rates"] = [
            {"frame_rate_khz": rate, "rate": name, "value": interval * rate / 1000} for rate, name in rates.items()
        ]
    if hardware.latency_us is not None:
        needed["latency_us"] = {"target": hardware.latency_us, "value": latency / hardware.latency_us}
    return needed
