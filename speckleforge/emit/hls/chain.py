"""The kernels of the HLS block, in order, and the constants of each. Takes a design; gives rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.design import Design
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import ParamSpec
from speckleforge.layers.hls import PLACEMENT, WORD_LIMIT, constants_of


@dataclass(frozen=True)
class Stage:
    """One HLS kernel.

    Attributes
    ----------
    name
        The instance's name in the design.
    kind
        Its layer's folder: the C++ template's name.
    boundary
        Topology node whose integers leave it.
    constants
        Of its template, by name.
    parameters
        That the loader sends to it, in order; none: it has no such port.
    sink
        Type of the stream that leaves it.
    depth
        Words of the FIFO behind it.
    """

    name: str
    kind: str
    boundary: str
    constants: Mapping[str, int]
    parameters: tuple[ParamSpec, ...]
    sink: StreamType
    depth: int


def chain(design: Design) -> tuple[Stage, ...]:
    """The kernels of a design as HLS has them.

    Raises
    ------
    DesignError
        If a word is wider than the tool's integers.
    """
    owners = {node.name: op.parameters(source) for node, op, source in design.topology.steps()}
    stages = []
    for item in design.instances:
        if item.kernel.kind in PLACEMENT:
            continue
        kernel = item.kernel
        parameters = owners[item.name] if kernel.op is not None else ()
        constants = constants_of(kernel, design.settings.banks)
        depth = int(kernel.folding().get("fifo", 2) or 2)  # type: ignore[arg-type]
        stages.append(Stage(item.name, kernel.kind, item.boundary, constants, parameters, kernel.sink, max(depth, 2)))
    for name, stream in (("input", design.source), *((stage.name, stage.sink) for stage in stages)):
        if stream.word_bits > WORD_LIMIT:
            got, allowed = f"{stream.word_bits} bits", f"{WORD_LIMIT} bits in a word of an HLS stream"
            raise DesignError(Problem("word too wide for HLS", name, got, allowed, "ask for a lower frame rate"))
    return tuple(stages)
