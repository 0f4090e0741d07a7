"""Small designs for the tests of the core: each step takes one of its kernel's candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.fixed.types import unsigned
from speckleforge.ir.design import Design, Instance, Settings
from speckleforge.ir.stream import stream_of
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet
from speckleforge.layers.repack.kernel import RepackKernel
from tests.networks import topology

SMALL = (
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 3, "kernel": 3}),
    ("relu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("conv2d", {"filters": 2, "kernel": 2}),
    ("relu", {}),
    ("flatten", {}),
    ("dense", {"units": 7}),
    ("relu", {}),
    ("dense", {"units": 6}),
    ("head", {"prototypes": 3}),
)


def chain(
    network: Topology,
    lanes: int,
    *,
    fold: float = 0.5,
    banks: int = 2,
    interface: str = "stream",
    boot: bool = True,
    repack: Mapping[str, int] | None = None,
    arithmetic: str = "",
) -> Design:
    """A design with `lanes` at the input; `fold` in [0, 1] chooses a kernel's candidate, from widest to narrowest.

    `repack`: node -> lanes of an adapter put before its kernel; `boot`: with a boot image; `arithmetic`: of each kernel
    that can have it, on UltraScale.
    """
    family = "ultrascale" if arithmetic else "ecp5"
    stream = stream_of(network.nodes[0].out, lanes)
    instances: list[Instance] = []
    for node, op, source in network.steps():
        if op.kind == "flatten" or (op.kind == "relu" and not source.type.signed):
            last = instances.pop()
            instances.append(Instance(last.name, last.kernel, node.name))
            continue
        if repack and node.name in repack:
            adapter = RepackKernel(None, stream, repack[node.name], stream.width)
            instances.append(Instance(f"repack_{len(instances)}", adapter, node.source))
            stream = adapter.sink
        options = list(facet(op.kind, "kernel").candidates(op, stream, banks, family))
        options = [
            kernel for kernel in options if arithmetic and kernel.folding().get("arithmetic") == arithmetic
        ] or options
        kernel = options[round(fold * (len(options) - 1))]
        instances.append(Instance(node.name, kernel, node.name))
        stream = kernel.sink
    return Design(network, Settings(family, interface, 50_000, banks, boot), tuple(instances))


def small(lanes: int = 2, **options: Any) -> Design:
    """Every kind of kernel on a 9x10 image."""
    return chain(topology(SMALL, TensorType(unsigned(8), (1, 9, 10))), lanes, **options)


def head_only(
    features: int = 10, lanes: int = 3, slots: int = 5, unroll: int = 2, banks: int = 2, *, interface: str = "stream"
) -> Design:
    """The least core: a vector of u4 and a head."""
    network = topology([("head", {"prototypes": slots})], TensorType(unsigned(4), (features,)))
    kernel = facet("head", "kernel").KERNEL(network.nodes[1].op, stream_of(network.nodes[0].out, lanes), unroll)
    return Design(network, Settings("ecp5", interface, 100_000, banks), (Instance("head_0", kernel, "head_0"),))
