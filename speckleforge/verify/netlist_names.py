"""A simulation's hierarchy under the names that a netlist of the same sources has. Takes and gives parsed SAIF.

A simulator makes a level of each generate block. A netlist has none: the block's name stands before those of its nets
and instances, with a point. Generate blocks of this project are called `g_<name>`, and nothing else is. What is no
hardware is left out: `unused...` tell a linter that something is not used on purpose, `high_water` marks exist in
simulation alone.
Source: `g_row[4].g_col[2].u_x` in hierarchical reports of Vivado 2023.2; yosys names them so too (a test compares).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from speckleforge.errors import Problem, StageError
from speckleforge.parsers.saif import Instance, Net, Saif

GENERATE = re.compile(r"g_\w+(\[-?\d+\])?")
NO_NET = re.compile(r"unused|high_water\b")
BENCH = "sf_bench"  # above the design: readers strip a bench and an instance unless told otherwise


def as_in_netlist(traced: Saif, start: Saif, place: Sequence[str]) -> Saif:
    """The core's activity where a netlist has it.

    Parameters
    ----------
    traced, start
        As the bench writes them (`emit/bench/activity.h`): the whole trace, and the first values alone.
    place
        The levels above what is in the core, from the bench down: `("sf_bench", "sf_core")` where the core is the top.

    Raises
    ------
    StageError
        The two files are not of the same nets.
    """
    root = _in_place(_core(traced), _core(start), place[-1])
    for name in reversed(place[:-1]):
        root = Instance(name, (), (root,))
    return replace(traced, instances=(root,))


def _core(saif: Saif) -> Instance:
    """The core: below the model, whose ports are the core's too."""
    if len(saif.instances) != 1 or len(saif.instances[0].instances) != 1:
        raise StageError(Problem("the trace is not of one core"))
    return saif.instances[0].instances[0]


def _in_place(traced: Instance, start: Instance, name: str) -> Instance:
    nets: list[Net] = []
    instances: list[Instance] = []
    _gather(traced, start, "", nets, instances)
    return Instance(name, tuple(nets), tuple(instances))


def _gather(traced: Instance, start: Instance, prefix: str, nets: list[Net], instances: list[Instance]) -> None:
    """Add the nets and instances of a level, and those of generate blocks in it with the blocks' names."""
    if len(traced.nets) != len(start.nets) or len(traced.instances) != len(start.instances):
        raise StageError(Problem("the first values are not of the same nets", traced.name))
    both = zip(traced.nets, start.nets, strict=True)
    nets += [_changes(net, first, prefix) for net, first in both if not NO_NET.match(net.name)]
    for child, before in zip(traced.instances, start.instances, strict=True):
        if GENERATE.fullmatch(child.name):
            _gather(child, before, f"{prefix}{child.name}.", nets, instances)
        else:
            instances.append(_in_place(child, before, prefix + child.name))


def _changes(net: Net, first: Net, prefix: str) -> Net:
    """The net with its real changes: taking its first value counted as one where that is 1."""
    if net.name != first.name or net.toggles is None or first.toggles is None:
        raise StageError(Problem("the first values are not of the same nets", net.name, first.name))
    return Net(prefix + net.name, net.low, net.high, net.toggles - first.toggles)
