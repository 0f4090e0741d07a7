"""A design's prediction from its cost formulas and the cycle model. Takes a design; gives a `Prediction`."""

from __future__ import annotations

from collections.abc import Iterable

from speckleforge.ir.core import held_frames
from speckleforge.ir.cycles import CycleReport, simulate
from speckleforge.ir.design import Design, Instance
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.regions import regions_of
from speckleforge.layers import facet
from speckleforge.layers.fitted import Fit, layer_fit
from speckleforge.lower.bandwidth import boundaries
from speckleforge.lower.edges import edges_of
from speckleforge.lower.overhead import core_fit, overhead
from speckleforge.lower.prediction import KernelPrediction, Prediction
from speckleforge.lower.readable import readable
from speckleforge.lower.regions import region_record
from speckleforge.lower.request import Board, Hardware


def predict_design(design: Design, cycles: CycleReport, board: Board, hardware: Hardware) -> Prediction:
    """The prediction of a design whose cycles are known."""
    where = regions_of([item.kernel for item in design.instances])
    fill = cycles.fifo_high_water
    kernels = tuple(_kernel(design, *row) for row in zip(design.instances, where, fill, strict=True))
    held = held_frames([item.kernel for item in design.instances])
    extra = overhead(design.topology, board, design.source, boot=design.settings.boot, hold_frames=held)
    kinds = sorted({item.kernel.kind for item in design.instances})
    family = design.settings.family
    fits: Iterable[tuple[str, Fit]] = [*((kind, layer_fit(kind, family)) for kind in kinds), ("core", core_fit(family))]
    return Prediction(
        clock_khz=design.settings.clock_khz,
        kernels=kernels,
        overhead=extra,
        latency_cycles=cycles.latency_cycles,
        after_last_word=cycles.after_last_word,
        interval_cycles=cycles.interval_cycles,
        refill_cycles=refill([item.kernel for item in design.instances]),
        limits=max(kernels, key=lambda kernel: (kernel.interval_cycles, kernel.resources.lut)).name,
        board=board,
        hardware=hardware,
        boundaries=boundaries(design, cycles.interval_cycles, board),
        edges=edges_of(design, board),
        regions=region_record(design, [kernel.resources for kernel in kernels], extra, board),
        fit_error={kind: fit.error and dict(fit.error) for kind, fit in fits},
    )


def refill(kernels: list[Kernel]) -> int:
    """Cycles by which frames are later from the first on whose weights are new: kernels with tables fill them first.

    Each fills its own when that frame reaches it, so what the chain waits is less than their sum where they overlap.
    """
    if not any(kernel.refill_cycles for kernel in kernels):
        return 0
    ends = [simulate(kernels, REFILL_FRAMES, refills).output_cycles[-1] for refills in ((), (1,))]
    return ends[1] - ends[0]


REFILL_FRAMES = 4  # enough for what one frame waits to reach the chain's end


def _kernel(design: Design, item: Instance, region: int | None, fill: int) -> KernelPrediction:
    kernel, settings = item.kernel, design.settings
    cost = facet(kernel.kind, "cost")
    products = cost.products(kernel) if hasattr(cost, "products") else 0
    macs = kernel.op.macs(design.topology.source_type(design.topology.node(item.name))) if kernel.op else 0
    return KernelPrediction(
        name=item.name,
        kind=kernel.kind,
        folding=dict(kernel.folding()),
        summary=readable(kernel),
        stream=str(kernel.sink),
        macs_per_cycle=products,
        useful_macs=macs / (products * kernel.interval_cycles) if products and macs else None,
        interval_cycles=kernel.interval_cycles,
        refill_cycles=kernel.refill_cycles,
        fifo_words=int(getattr(kernel, "fifo", 1)),
        fifo_high_water=fill,
        region=region,
        resources=cost.cost(kernel, settings.family, settings.banks),
        fit=layer_fit(kernel.kind, settings.family).stage,
    )
