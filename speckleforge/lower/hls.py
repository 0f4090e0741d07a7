"""What the HLS sources of a design are expected to do. Takes a design; gives one record, apart from that of the
SystemVerilog: they are two hardwares.

Loops and what they hold many times are those of the sources; how deep a pipeline is only the HLS tool decides, so
cycles rest on assumed depths (`layers/hls`) and are `predicted`. Nothing here was synthesised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from speckleforge.ir.cycles import simulate, timing_of
from speckleforge.ir.design import Design, Instance
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.timing import Timing
from speckleforge.layers.hls import PLACEMENT, Loops, loops_of
from speckleforge.lower.request import read_board

STAGE, IMPLEMENTATION = "predicted", "hls"
NEVER = "never csynthesised"
FRAMES = 3
NO_LIMIT = 1 << 12  # words: frames overlap as far as the FIFOs between processes let them; their depth is the tool's


@dataclass(frozen=True)
class _Scheduled:
    """A kernel with the timing of its HLS loops, for the cycle model."""

    kind: str
    timing: Timing


def hls_record(design: Design, target: Mapping[str, Any]) -> dict[str, Any]:
    """Per layer: loops, what an iteration holds, interval, latency; of the whole block: interval, latency, DSP blocks.

    `warnings`: what lies beyond the limits of the tool or of the board.
    """
    stages = [item for item in design.instances if item.kernel.kind not in PLACEMENT]
    loops = [loops_of(item.kernel, design.settings.banks) for item in stages]
    chain = [_scheduled(item.kernel, found) for item, found in zip(stages, loops, strict=True)]
    cycles = simulate([cast(Kernel, kernel) for kernel in chain], FRAMES)
    multipliers, has = sum(found.multipliers for found in loops), read_board(target).resources.dsp
    warnings = [text for item, found in zip(stages, loops, strict=True) for text in _warnings(item, found)]
    if multipliers > has:
        warnings.append(f"products ask for {multipliers:,} DSP blocks, the board has {has:,}: a lower rate needs fewer")
    return {
        "stage": STAGE,
        "implementation": IMPLEMENTATION,
        "csynth": {"value": None, "reason": NEVER},
        "latency_cycles": {"value": cycles.latency_cycles, "stage": STAGE},
        "interval_cycles": {"value": cycles.interval_cycles, "stage": STAGE},
        "multipliers": {"value": multipliers, "stage": STAGE},
        "layers": [_layer(item, found) for item, found in zip(stages, loops, strict=True)],
        "warnings": warnings,
    }


def _layer(item: Instance, loops: Loops) -> dict[str, Any]:
    return {
        "name": item.name,
        "kind": item.kernel.kind,
        "trips": list(loops.trips),
        "interval_cycles": loops.interval_cycles,
        "latency_cycles": sum(loops.trips) + loops.stages,
        "unrolled": dict(loops.unrolled),
        "multipliers": loops.multipliers,
        "partitions": dict(loops.partitions),
    }


def _warnings(item: Instance, loops: Loops) -> Iterator[str]:
    return (f"{item.name}: {text}" for text in loops.warnings())


def _scheduled(kernel: Kernel, loops: Loops) -> _Scheduled:
    """The steps of the kernel, the last of a frame longer by what the HLS loops add to it."""
    timing = timing_of(kernel)
    more = loops.interval_cycles - timing.interval_cycles
    *steps, last = timing.steps
    return _Scheduled(
        kernel.kind,
        replace(
            timing,
            steps=(*steps, replace(last, busy=last.busy + max(more, 0))),
            delay=loops.stages + sum(loops.trips[1:]),
            depth=max(timing.depth, NO_LIMIT),
            refill=0,
        ),
    )
