"""The design: a topology with every hardware decision made. Frozen; emitters only print it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.layout import Layout, layout_of
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.text import OpResolver, build, parse_line, parse_topology, print_line, print_topology
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType

VERSION = 1
NO_BOOT_BYTES = 64  # a header, so that the loader says at once that this is no weight image
KernelResolver = Callable[[str], type[Kernel]]


@dataclass(frozen=True)
class Instance:
    """A kernel in the chain.

    Attributes
    ----------
    name
        Stable name: that of the first node that it computes, or `<adapter kind>_<n>`.
    kernel
        The block with its folding.
    boundary
        Topology node whose integers its output stream carries: what every execution is compared at.
        An adapter repeats the boundary before it.
    """

    name: str
    kernel: Kernel
    boundary: str


@dataclass(frozen=True)
class Settings:
    """Choices for the whole core.

    Attributes
    ----------
    family
        `ecp5` or `ultrascale`.
    interface
        How frames come and go: `uart` (a board) or `stream` (a block for a firmware tree).
    clock_khz
        Clock of the core in kHz (an integer, so that the text is exact).
    banks
        Copies of the weights: 2 lets a new set load while frames run on the old one.
    boot
        True: a copy of the weight image in block RAM, loaded at power-up. False: none; a host loads the first set.
    """

    family: str
    interface: str
    clock_khz: int
    banks: int
    boot: bool = True

    @property
    def clock_mhz(self) -> float:
        """Clock in MHz."""
        return self.clock_khz / 1000


@dataclass(frozen=True)
class Design:
    """Topology, settings and the chain of kernels. Verified at construction."""

    topology: Topology
    settings: Settings
    instances: tuple[Instance, ...]

    def __post_init__(self) -> None:
        verify_design(self)

    @property
    def layout(self) -> Layout:
        """Layout of the weight image."""
        return layout_of(self.topology)

    @property
    def boot_bytes(self) -> int:
        """Bytes of the boot memory; without a boot image as few as the loader needs to refuse them at power-up."""
        return self.layout.image_bytes if self.settings.boot else NO_BOOT_BYTES

    @property
    def source(self) -> StreamType:
        """Type of the stream that enters the first kernel."""
        return self.instances[0].kernel.source

    @property
    def design_id(self) -> str:
        """sha256 (hex) of the text."""
        return hashlib.sha256(print_design(self).encode()).hexdigest()

    def boundary_type(self, instance: Instance) -> TensorType:
        """Tensor type at the instance's output."""
        return self.topology.node(instance.boundary).out


def verify_design(design: Design) -> None:
    """Check that streams join, names are unique, boundaries follow the topology's order, weights have 1 or 2 banks.

    Raises
    ------
    DesignError
        Naming the instance at fault.
    """
    if design.settings.banks not in (1, 2):
        raise DesignError(Problem("banks", got=str(design.settings.banks), allowed="1 or 2"))
    if design.settings.interface == "uart" and not design.settings.boot:
        step = "leave hardware.weights.boot out"
        raise DesignError(Problem("a board of its own boots from its bitstream", got="boot: host", next_step=step))
    if not design.instances:
        raise DesignError(Problem("a design needs a kernel"))
    stream, names, order = design.source, set(), [node.name for node in design.topology.nodes]
    position = 0
    if stream != stream_of(design.topology.nodes[0].out, stream.lanes):
        raise DesignError(Problem("the input stream is not of the input's type", design.instances[0].name, str(stream)))
    for instance in design.instances:
        if instance.name in names:
            raise DesignError(Problem("two instances have one name", got=instance.name))
        names.add(instance.name)
        if instance.kernel.source != stream:
            raise DesignError(Problem("streams do not join", instance.name, str(instance.kernel.source), str(stream)))
        if instance.boundary not in order or order.index(instance.boundary) < position:
            raise DesignError(Problem("boundary out of order", instance.name, instance.boundary))
        position = order.index(instance.boundary)
        stream = instance.kernel.sink
        _verify_sink(design, instance, stream)
    if position != len(order) - 1:
        raise DesignError(Problem("nodes are not computed", got=", ".join(order[position + 1 :])))


def _verify_sink(design: Design, instance: Instance, sink: StreamType) -> None:
    """The stream that leaves a kernel carries exactly the tensor of its boundary."""
    channels, height, width = design.boundary_type(instance).image
    carried = sink.channels * sink.height * sink.width
    if carried != channels * height * width:
        raise DesignError(
            Problem(
                "stream does not carry its boundary",
                instance.name,
                str(sink),
                str(design.boundary_type(instance)),
            )
        )


def print_design(design: Design) -> str:
    """The design's text: settings, topology, kernels. Equal designs have equal texts."""
    s = design.settings
    head = [
        f"design {VERSION}",
        f"settings family={s.family} interface={s.interface} clock_khz={s.clock_khz} banks={s.banks} "
        f"lanes={design.source.lanes}{'' if s.boot else ' boot=host'}",
    ]
    body = []
    source = design.topology.nodes[0].name
    for item in design.instances:
        fields = {"boundary": item.boundary, **item.kernel.folding()}
        body.append(print_line(item.name, item.kernel.kind, source, fields, str(item.kernel.sink)))
        source = item.name
    return "\n".join([*head, print_topology(design.topology).rstrip(), "kernels", *body]) + "\n"


def parse_design_topology(text: str, resolve_op: OpResolver) -> Topology:
    """The topology in a design's text, for readers that need no kernel (so that no kernel is in their action key)."""
    head, _, rest = text.partition("\ntopology ")
    if not rest or head.partition("\n")[0] != f"design {VERSION}":
        raise DesignError(Problem("not a design", got=head.partition("\n")[0], allowed=f"design {VERSION}"))
    return parse_topology("topology " + rest.partition("\nkernels\n")[0] + "\n", resolve_op)


def parse_design(text: str, resolve_op: OpResolver, resolve_kernel: KernelResolver) -> Design:
    """Inverse of `print_design`; verifies. `resolve_*` are `speckleforge.layers.op_class` and `kernel_class`."""
    head, _, rest = text.partition("\ntopology ")
    topology_text, _, kernels = rest.partition("\nkernels\n")
    lines = head.splitlines()
    if not lines or lines[0] != f"design {VERSION}" or not kernels:
        raise DesignError(Problem("not a design", got=lines[0] if lines else "empty text", allowed=f"design {VERSION}"))
    values = dict(part.split("=", 1) for part in lines[1].split()[1:])
    boot = values.get("boot") != "host"
    settings = Settings(values["family"], values["interface"], int(values["clock_khz"]), int(values["banks"]), boot)
    topology = parse_topology("topology " + topology_text + "\n", resolve_op)
    stream = stream_of(topology.nodes[0].out, int(values["lanes"]))
    instances = []
    for number, raw in enumerate(kernels.splitlines(), start=1):
        line = parse_line(raw, number)
        fields = dict(line.fields)
        boundary = str(fields.pop("boundary"))
        names = {node.name: node.op for node in topology.nodes}
        kernel = build(resolve_kernel(line.kind), {"op": names.get(line.name), "source": stream, **fields}, line.name)
        instances.append(Instance(line.name, kernel, boundary))
        stream = kernel.sink
    return Design(topology, settings, tuple(instances))
