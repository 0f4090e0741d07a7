"""Lowering as one call: topology, hardware and target in; a verified design and its prediction out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Design
from speckleforge.ir.resources import Resources
from speckleforge.ir.topology import Topology
from speckleforge.lower.adapt import InsertAdapters
from speckleforge.lower.draft import NOTHING, Draft, Pass
from speckleforge.lower.excess import excess_of_all
from speckleforge.lower.fifos import SizeFifos
from speckleforge.lower.fold import ChooseFolds
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.pipeline import run_passes
from speckleforge.lower.predict import predict_design
from speckleforge.lower.prediction import Prediction
from speckleforge.lower.request import read_board, read_hardware
from speckleforge.lower.verify import Verify

LOWERING: tuple[Pass, ...] = (GroupNodes(), ChooseFolds(), InsertAdapters(), SizeFifos(), Verify())
AGAIN = 8  # how often a design is made that leaves more for what only a finished one tells: depths of FIFOs


def lower_topology(
    topology: Topology, hardware: Mapping[str, Any], target: Mapping[str, Any]
) -> tuple[Design, Prediction]:
    """The cheapest design that meets the targets on the board, and what it is expected to do.

    Parameters
    ----------
    topology
        What to build.
    hardware
        `latency_us`, `frame_rate_khz` (each may be None), `clock_khz`, `banks`.
    target
        `name`, `family`, `interface`, `resources`, and where known `slr` and `links`.

    Raises
    ------
    DesignError
        If no folding meets the target on the board: says what limits it and what is the nearest that fits; or if a pass
        failed, which one.
    """
    draft = Draft(topology, read_hardware(hardware), read_board(target))
    for _ in range(AGAIN):
        design, prediction = _lowered(draft)
        kernels = [item.kernel for item in design.instances]
        over = excess_of_all(draft, kernels, [k.resources for k in prediction.kernels], prediction.overhead)
        if over == NOTHING:
            return design, prediction
        draft = replace(draft, reserve=draft.reserve + over)
    raise DesignError(Problem(f"FIFOs and frame buffer take more than {draft.board.name} leaves", got=_text(over)))


def _lowered(draft: Draft) -> tuple[Design, Prediction]:
    """A design, and its prediction, which may say that it is too large."""
    done = run_passes(draft, LOWERING)
    design = done.design()
    cycles = done.cycles or simulate_core([item.kernel for item in design.instances], interface=done.board.interface)
    return design, predict_design(design, cycles, done.board, done.hardware)


def _text(over: Resources) -> str:
    return ", ".join(f"{count:,} {name} too many" for name, count in over.as_dict().items() if count)
