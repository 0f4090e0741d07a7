"""SystemVerilog that several kernels share, its latencies, and the list of files that a set of kernels needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from speckleforge.errors import DesignError, Problem
from speckleforge.layers import FOLDER, facet

RTL = Path(__file__).parent


def tree_stages(inputs: int, levels_per_stage: int = 1) -> int:
    """Register stages of `sf_add_tree` and `sf_max_tree`: one every `levels_per_stage` binary levels."""
    levels = (inputs - 1).bit_length()
    return -(-levels // levels_per_stage)


def requantise_stages(shift_bits: int) -> int:
    """Register stages of `sf_requantise`: two bits of the shift each, then rounding, then saturation."""
    return -(-shift_bits // 2) + 2


def folds(total: int) -> Iterator[int]:
    """Sensible unroll factors for `total` items: the least for each number of rounds, largest first."""
    unroll = total
    while unroll >= 1:
        rounds = -(-total // unroll)
        unroll = -(-total // rounds)
        yield unroll
        unroll -= 1


def in_flight(delay: int, busy: int) -> int:
    """Least FIFO depth that never slows a kernel that emits every `busy` cycles and writes `delay` cycles later.

    A word holds its place from the step to the cycle after it was taken, `delay + 1` cycles later at the earliest.
    """
    return -(-(delay + 2) // busy)


def check_fold(kernel: str, field: str, value: int, most: int) -> None:
    """Refuse an unroll factor outside 1..`most`.

    Raises
    ------
    DesignError
        Naming kernel and field.
    """
    if not 1 <= value <= most:
        raise DesignError(Problem(f"{kernel}: {field} is out of range", got=str(value), allowed=f"1 to {most}"))


def sources(kinds: Iterable[str]) -> tuple[Path, ...]:
    """SystemVerilog files that kernels of `kinds` need: the shared modules first, each file once, in a stable order.

    `SHARED` of `layers/<kind>/kernel.py` names its shared files (in this folder, without `.sv`).
    """
    wanted = sorted(set(kinds))
    shared = sorted({name for kind in wanted for name in facet(kind, "kernel").SHARED})
    return tuple(RTL / f"{name}.sv" for name in shared) + tuple(FOLDER / kind / "kernel.sv" for kind in wanted)


def models(kinds: Iterable[str]) -> tuple[Path, ...]:
    """Models of vendor primitives that a simulation of kernels of `kinds` needs; synthesis has the primitives.

    `MODELS` of `layers/<kind>/kernel.py`, where there is one, names files in `layers/rtl/models/` (without `.sv`).
    """
    names = {name for kind in kinds for name in getattr(facet(kind, "kernel"), "MODELS", ())}
    return tuple(RTL / "models" / f"{name}.sv" for name in sorted(names))
