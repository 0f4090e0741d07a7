"""The integer reference of a whole topology."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from speckleforge.fixed.arithmetic import Ints, check_range
from speckleforge.ir.topology import Topology
from speckleforge.layers import facet


def run_topology(
    topology: Topology, words: Ints, params: Mapping[str, Ints], *, until: str | None = None
) -> dict[str, Ints]:
    """Integers at every node for input words [N, channels, rows, columns].

    Parameters
    ----------
    params
        `<node>.<parameter>` -> integers in the parameter's shape.
    until
        Stop behind this node.

    Raises
    ------
    RangeError
        If an input word or a result does not fit its declared type (a bug, or a broken parameter set).
    """
    values: dict[str, Ints] = {}
    for node in topology:
        if node.op is None:
            values[node.name] = np.asarray(words, dtype=np.int64)
        else:
            own = {
                s.name: np.asarray(params[f"{node.name}.{s.name}"], np.int64)
                for s in node.op.parameters(topology.source_type(node))
            }
            run = facet(node.kind, "reference").run
            values[node.name] = run(node.op, topology.source_type(node), values[node.source], own)
        check_range(values[node.name], node.out.type, node.name)
        if node.name == until:
            break
    return values
