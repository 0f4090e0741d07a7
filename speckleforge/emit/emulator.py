"""The emulator's sources: integer C++ that reads a weight image and runs frames on a CPU. Prints; decides nothing.

Takes a topology (its shapes and types become compile-time constants); gives files by name. The arithmetic is in the
layers' own templates, `layers/<kind>/emulator.h`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from speckleforge import layers
from speckleforge.errors import DesignError, Problem
from speckleforge.ir.layout import layout_of
from speckleforge.ir.op import Op
from speckleforge.ir.stream import Pads
from speckleforge.ir.text import print_topology
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType

READS = ("emulator_sources/*",)
SOURCES = Path(__file__).parent / "emulator_sources"
INTERFACE = 2  # raise when sf_library.h changes

Constants = dict[str, int]


def _tensor(prefix: str, tensor: TensorType) -> Constants:
    """Type and shape of a tensor."""
    channels, rows, columns = tensor.image
    names = ("bits", "signed", "channels", "rows", "columns", "size")
    values = (tensor.type.bits, int(tensor.type.signed), channels, rows, columns, tensor.size)
    return {f"{prefix}_{name}": value for name, value in zip(names, values, strict=True)}


def _attributes(op: Op) -> Constants:
    """The op's own fields that are numbers; pairs are rows and columns."""
    found: Constants = {}
    for name, value in op.attributes().items():
        if isinstance(value, int):
            found[name] = int(value)
        elif isinstance(value, tuple):
            found |= {f"{name}_rows": value[0], f"{name}_columns": value[1]}
    return found


def _parameters(op: Op, source: TensorType) -> Constants:
    """Size, type and range of each parameter."""
    found: Constants = {}
    for spec in op.parameters(source):
        values = (spec.size, spec.type.bits, int(spec.type.signed), spec.type.min, spec.max)
        for name, value in zip(("size", "bits", "signed", "min", "max"), values, strict=True):
            found[f"{spec.name}_{name}"] = value
    return found


def constants(node: Node, op: Op, source: TensorType) -> Constants:
    """All numbers that a layer's template may ask for, by name."""
    found = _tensor("in", source) | _tensor("out", node.out) | _attributes(op) | _parameters(op, source)
    acc = getattr(op, "acc", None)
    if acc is not None:
        found["acc_bits"] = acc(source).bits
    pads = getattr(op, "pads", None)
    if pads is not None:
        around: Pads = pads(source)
        found |= {f"pad_{side}": getattr(around, side) for side in ("top", "left", "bottom", "right")}
    return found


def _literal(name: str, value: int) -> str:
    """One constant; ranges may need 64 bits."""
    kind = "std::int64_t" if name.endswith(("_min", "_max")) else "int"
    return f"    static constexpr {kind} {name} = {value};"


def _layer(node: Node, op: Op, source: TensorType) -> Iterator[str]:
    """The struct of a layer's constants."""
    yield f"// {node.name}: {source} -> {node.out}"
    yield f"struct {node.name}_constants {{"
    yield from (_literal(name, value) for name, value in constants(node, op, source).items())
    yield "};"
    yield ""


def _storage(tensor: TensorType) -> str:
    """C++ type that holds a tensor's elements."""
    return f"sf::Integer<{tensor.type.bits}, {str(tensor.type.signed).lower()}>"


def _name(topology: Topology, node: str) -> str:
    """Member that holds a node's integers; the input's are `words`, whatever its name."""
    return "words" if node == topology.nodes[0].name else node


def _values(topology: Topology) -> Iterator[str]:
    yield "// The integers at every node for one frame."
    yield "struct Values {"
    yield from (f"    {_storage(node.out)} {_name(topology, node.name)}[{node.out.size}];" for node in topology)
    yield "};"
    yield ""


def _layers(topology: Topology) -> Iterator[str]:
    yield "// The layers with their parameters."
    yield "struct Layers {"
    for node, op, _ in topology.steps():
        yield f"    sf::{op.kind.capitalize()}<{node.name}_constants> {node.name};"
    yield ""
    yield "    void load(sf::Reader& reader) {"
    yield from (f'        {node.name}.load(reader, "{node.name}");' for node, _, _ in topology.steps())
    yield "    }"
    yield ""
    yield "    void run(Values& v) {"
    for node, _, _ in topology.steps():
        yield f"        {node.name}.run(v.{_name(topology, node.source)}, v.{node.name});"
    yield "    }"
    yield "};"
    yield ""


def _copies(topology: Topology) -> Iterator[str]:
    yield "// Copies the nodes that the caller asked for."
    yield "inline void copy_out(const Values& v, std::size_t pattern, std::int32_t* const* nodes) {"
    for index, node in enumerate(topology):
        yield f"    sf::copy_node(v.{_name(topology, node.name)}, pattern, nodes[{index}]);"
    yield "}"
    yield ""


def network_source(topology: Topology) -> str:
    """`network.h`: the topology as constants, storage and calls."""
    layout, first = layout_of(topology), topology.nodes[0].out
    outputs = "".join(f"{node.name} {node.name}\n" for node in topology)
    head = [
        f"// speckleforge emulator, interface {INTERFACE}, layout {layout.layout_id:08x}. Generated from the topology.",
        "#ifndef SF_NETWORK_H",
        "#define SF_NETWORK_H",
        "",
        *(f'#include "sf_{kind}.h"' for kind in topology.kinds),
        '#include "sf_run.h"',
        "",
        "namespace network {",
        "",
        f"constexpr std::uint32_t LAYOUT_ID = 0x{layout.layout_id:08x}U;",
        f"constexpr std::size_t PAYLOAD_BYTES = {layout.payload_bytes};",
        f"using Word = {_storage(first)};",
        f"constexpr std::size_t WORDS = {first.size};",
        f"constexpr std::uint16_t LARGEST_WORD = {first.type.max};",
        f'constexpr const char* TOPOLOGY = R"sf({print_topology(topology)})sf";',
        f'constexpr const char* OUTPUTS = R"sf({outputs})sf";',
        "",
    ]
    body = [line for node, op, source in topology.steps() for line in _layer(node, op, source)]
    lines = [*head, *body, *_values(topology), *_layers(topology), *_copies(topology)]
    return "\n".join([*lines, "}  // namespace network", "", "#endif"]) + "\n"


def emulator_files(topology: Topology) -> dict[str, bytes]:
    """All files of the emulator by name: `sf_library.h` is its interface, `emulator.cpp` the one to compile.

    Raises
    ------
    DesignError
        If the input's words are signed or wider than 16 bits.
    """
    first = topology.nodes[0].out
    if first.type.signed or first.type.bits > 16:
        raise DesignError(Problem("the emulator takes unsigned words", topology.nodes[0].name, str(first), "u1 to u16"))
    files = {path.name: path.read_bytes() for path in sorted(SOURCES.iterdir()) if path.suffix in (".h", ".cpp")}
    for kind in topology.kinds:
        files[f"sf_{kind}.h"] = (layers.FOLDER / kind / "emulator.h").read_bytes()
    files["network.h"] = network_source(topology).encode()
    return dict(sorted(files.items()))
