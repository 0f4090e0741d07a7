"""Text of `sf_turn.h`: what a test bench must know of one design's top function. Takes a design; gives C++."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.emit.hls.chain import chain
from speckleforge.emit.hls.interface import TOP
from speckleforge.emit.hls.lines import wrapped
from speckleforge.emit.hls.registers import hls_registers
from speckleforge.ir.design import Design
from speckleforge.ir.text import print_topology


def turn_header(design: Design, banner: str) -> str:
    """`sf_turn.h`: the values that the block gives, one call of it, the boundaries that a C simulation sees."""
    given = [row for row in hls_registers(design) if not row.writable]
    arguments = ["frames", "records", "image", "control", "prescale", *(f"registers.{row.port}" for row in given)]
    lines = [
        banner + "#ifndef SF_TURN_H",
        "#define SF_TURN_H",
        "",
        "#include <cstddef>",
        "#include <cstdint>",
        "#include <string>",
        "#include <vector>",
        "",
        '#include "sf_network.h"',
        "",
        "namespace sf {",
        "",
        "struct Registers {",
        *(f"    ap_uint<32> {row.port};" for row in given),
        "};",
        "",
        "inline void run_turn(hls::stream<ap_axiu<Input::BEAT_BITS, 1, 1, 1> >& frames,",
        "                     hls::stream<ap_axiu<32, 1, 1, 1> >& records, const ap_uint<32>* image,",
        "                     std::uint32_t control, std::uint32_t prescale, Registers& registers) {",
        *wrapped(f"    {TOP}(", arguments, ");"),
        "}",
        "",
        *_boundaries(design),
        f'const char* const TOPOLOGY = R"sf({print_topology(design.topology)})sf";',
        "",
        "}  // namespace sf",
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def _boundaries(design: Design) -> Iterator[str]:
    """What a C simulation sees: the name of a stream, the node whose integers it carries, how many these are."""
    first = design.topology.nodes[0]
    rows = [("input", first.name, first.out.size)]
    rows += [(s.name, s.boundary, design.topology.node(s.boundary).out.size) for s in chain(design)]
    yield "// What a C simulation sees: a stream, the node whose integers it carries, their number for a frame."
    yield "struct Boundary {"
    yield "    std::string name, node;"
    yield "    std::size_t elements;"
    yield from ("};", "")
    yield "inline const std::vector<Boundary>& boundaries() {"
    yield "    static const std::vector<Boundary> all = {"
    yield from (f'        {{"{name}", "{node}", {size}}},' for name, node, size in rows)
    yield from ("    };", "    return all;", "}", "")
