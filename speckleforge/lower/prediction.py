"""What a design is expected to do and to cost: the record that `forge plan` and the report show.

Every number here has the stage `predicted`: resources from the fitted formulas (with their error, or `unfitted`),
cycles from the exact cycle model. A maximum clock is not predicted: where only cycles are known, the clock that a rate
needs is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from speckleforge.ir.cycles import CycleReport
from speckleforge.ir.design import Design, Instance
from speckleforge.ir.resources import Resources
from speckleforge.layers import facet
from speckleforge.layers.fitted import Fit, layer_fit
from speckleforge.lower.bandwidth import Boundary, boundaries
from speckleforge.lower.overhead import core_fit, overhead
from speckleforge.lower.request import RESOURCES, Board, Hardware

STAGE = "predicted"


@dataclass(frozen=True)
class KernelPrediction:
    """One kernel: what it does and costs.

    Attributes
    ----------
    macs_per_cycle
        Products that it makes in one cycle.
    useful_macs
        Share of its multiplier cycles in a frame interval of its own that the network needs; None for a block without.
    """

    name: str
    kind: str
    folding: dict[str, Any]
    stream: str
    macs_per_cycle: int
    useful_macs: float | None
    interval_cycles: int
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
    limits
        Name of the kernel that is busiest: it bounds the frame rate.
    fit_error
        Per kind: relative error of the cost formulas against synthesis runs; None until fitted.
    """

    clock_khz: int
    kernels: tuple[KernelPrediction, ...]
    overhead: Resources
    latency_cycles: int
    after_last_word: int
    interval_cycles: int
    limits: str
    board: Board
    hardware: Hardware
    boundaries: tuple[Boundary, ...]
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
            "frame_rate_khz": {
                "value": self.clock_khz / self.interval_cycles,
                "at_clock_mhz": clock_mhz,
                "stage": STAGE,
            },
            "needs_clock_mhz": self._needed_clock(),
            "limits": self.limits,
            "resources": self._resources(),
            "overhead": self.overhead.as_dict(),
            "layers": [kernel.as_dict() for kernel in self.kernels],
            "bandwidth": [boundary.as_dict() for boundary in self.boundaries],
            "slr": self._regions(),
            "fit_error": self.fit_error,
        }

    def _resources(self) -> dict[str, Any]:
        total = self.total
        return {
            name: {
                "value": getattr(total, name),
                "available": getattr(self.board.resources, name),
                "share": _share(getattr(total, name), getattr(self.board.resources, name)),
                "stage": STAGE,
            }
            for name in RESOURCES
        }

    def _regions(self) -> dict[str, Any] | None:
        """Whether it fits one super logic region, with the share of one that it takes."""
        one = self.board.slr
        if one is None:
            return None
        shares = {name: _share(getattr(self.total, name), getattr(one, name)) for name in RESOURCES}
        return {"count": self.board.slr_count, "fits_one": self.total.fits(one), "share_of_one": shares}

    def _needed_clock(self) -> dict[str, Any]:
        """The least clock for each target in these cycles."""
        needed: dict[str, Any] = {}
        if self.hardware.frame_rate_khz is not None:
            needed["frame_rate_khz"] = {
                "target": self.hardware.frame_rate_khz,
                "value": self.interval_cycles * self.hardware.frame_rate_khz / 1000,
            }
        if self.hardware.latency_us is not None:
            needed["latency_us"] = {
                "target": self.hardware.latency_us,
                "value": self.latency_cycles / self.hardware.latency_us,
            }
        return needed


def predict_design(design: Design, cycles: CycleReport, board: Board, hardware: Hardware) -> Prediction:
    """The prediction of a design whose cycles are known."""
    kernels = tuple(_kernel(design, item) for item in design.instances)
    busiest = max(kernels, key=lambda kernel: kernel.interval_cycles)
    kinds = sorted({item.kernel.kind for item in design.instances})
    family = design.settings.family
    fits: Iterable[tuple[str, Fit]] = [*((kind, layer_fit(kind, family)) for kind in kinds), ("core", core_fit(family))]
    return Prediction(
        clock_khz=design.settings.clock_khz,
        kernels=kernels,
        overhead=overhead(design.topology, board, design.source, boot=design.settings.boot),
        latency_cycles=cycles.latency_cycles,
        after_last_word=cycles.after_last_word,
        interval_cycles=cycles.interval_cycles,
        limits=busiest.name,
        board=board,
        hardware=hardware,
        boundaries=boundaries(design, cycles.interval_cycles, board),
        fit_error={kind: fit.error and dict(fit.error) for kind, fit in fits},
    )


def _kernel(design: Design, item: Instance) -> KernelPrediction:
    kernel, settings = item.kernel, design.settings
    cost = facet(kernel.kind, "cost")
    multipliers = cost.products(kernel) if hasattr(cost, "products") else 0
    macs = kernel.op.macs(design.topology.source_type(design.topology.node(item.name))) if kernel.op else 0
    return KernelPrediction(
        name=item.name,
        kind=kernel.kind,
        folding=dict(kernel.folding()),
        stream=str(kernel.sink),
        macs_per_cycle=multipliers,
        useful_macs=macs / (multipliers * kernel.interval_cycles) if multipliers and macs else None,
        interval_cycles=kernel.interval_cycles,
        resources=cost.cost(kernel, settings.family, settings.banks),
        fit=layer_fit(kernel.kind, settings.family).stage,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
