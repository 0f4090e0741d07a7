"""Text of `sf_network.cpp`: the streams, the processes and the top function that joins them. Takes a design; gives C++.

Names are those of the design; every process is called once, by name, in the flow's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speckleforge.emit.hls.chain import Stage, chain
from speckleforge.emit.hls.interface import prototype
from speckleforge.emit.hls.lines import integers, wrapped
from speckleforge.emit.hls.processes import give, load, take
from speckleforge.emit.hls.registers import HlsRegister, hls_registers, image_offset
from speckleforge.emit.hls.turn import turn_bytes
from speckleforge.ir.design import Design

NOTES = 64  # frames between ingress and egress, at most: more than the block has processes


def network_source(design: Design, banner: str) -> str:
    """`sf_network.cpp`."""
    stages = chain(design)
    registers = hls_registers(design)
    loaded = [stage for stage in stages if stage.parameters]
    lines = [
        banner + '#include "sf_network.h"',
        "",
        *(f'#include "sf_{kind}.h"' for kind in sorted({stage.kind for stage in stages})),
        "#ifndef __SYNTHESIS__",
        '#include "sf_tap.h"',
        "#endif",
        "",
        "namespace sf {",
        "",
        *(line for stage in stages for line in _constants(stage)),
        *_streams(design, stages),
        *load(design, loaded),
        *take(),
        *give(registers),
        "}  // namespace sf",
        "",
        *_top(design, registers, stages),
    ]
    return "\n".join(lines) + "\n"


def _constants(stage: Stage) -> Iterator[str]:
    yield f"// {stage.name}: {stage.kind}, gives {stage.sink}"
    yield f"struct {stage.name}_c {{"
    yield from integers(dict(stage.constants))
    yield from ("};", "")


def _streams(design: Design, stages: Sequence[Stage]) -> Iterator[str]:
    """Types of the streams, for C simulation."""
    yield "#ifndef __SYNTHESIS__"
    for name, stream in (("input", design.source), *((stage.name, stage.sink) for stage in stages)):
        yield f"struct {name}_s {{"
        yield f"    typedef Integer<{stream.element.bits}, {int(stream.element.signed)}>::type Element;"
        yield from integers(
            {
                "WORD_BITS": stream.word_bits,
                "ROW_WORDS": stream.words_per_row,
                "LANES": stream.lanes,
                "CHANNELS": stream.channels,
                "WIDTH": stream.width,
                "HEIGHT": stream.height,
                "OFFSET": stream.offset,
            }
        )
        yield "};"
    yield from ("#endif", "")


def _top(design: Design, registers: Sequence[HlsRegister], stages: Sequence[Stage]) -> Iterator[str]:
    yield from prototype(registers, " {")
    yield "#pragma HLS interface axis port=frames"
    yield "#pragma HLS interface axis port=records"
    yield f"#pragma HLS interface s_axilite port=image bundle=control offset=0x{image_offset(design):x}"
    for row in registers:
        yield f"#pragma HLS interface s_axilite port={row.port} bundle=control offset=0x{row.offset:x}"
    # With this protocol only Vitis HLS goes on by itself under auto-restart; the older tool keeps its default.
    yield "#ifdef __VITIS_HLS__"
    yield "#pragma HLS interface ap_ctrl_chain port=return bundle=control"
    yield "#endif"
    yield "#pragma HLS interface s_axilite port=return bundle=control"
    yield "#pragma HLS dataflow"
    for name, stream, depth in (
        ("input", design.source, 2),
        *((stage.name, stage.sink, stage.depth) for stage in stages),
    ):
        yield f'    static hls::stream<ap_uint<{stream.word_bits}> > s_{name}("s_{name}");'
        yield f"#pragma HLS stream variable=s_{name} depth={depth}"
    for stage in stages:
        if stage.parameters:
            yield f'    static hls::stream<sf::Message> p_{stage.name}("p_{stage.name}");'
            yield f"#pragma HLS stream variable=p_{stage.name} depth={turn_bytes(design) + 2}"
    for kind, name in (("Note", "notes"), ("Turn", "turns")):
        yield f'    static hls::stream<sf::{kind}> {name}("{name}");'
        yield f"#pragma HLS stream variable={name} depth={NOTES}"
    yield ""
    streams = [f"p_{stage.name}" for stage in stages if stage.parameters]
    yield from wrapped("    sf::load(", ["image", "control", "prescale", "turns", *streams], ");")
    yield "    sf::take_frame(frames, control, s_input, notes);"
    yield from _tap(0, "input")
    before = "input"
    for index, stage in enumerate(stages, start=1):
        parameters = f", p_{stage.name}" if stage.parameters else ""
        yield f"    sf::{stage.kind}<sf::{stage.name}_c>(s_{before}, s_{stage.name}{parameters});"
        yield from _tap(index, stage.name)
        before = stage.name
    ports = [row.port for row in registers if not row.writable]
    yield from wrapped("    sf::give_record(", [f"s_{before}", "notes", "turns", "records", *ports], ");")
    yield "}"


def _tap(index: int, name: str) -> Iterator[str]:
    yield "#ifndef __SYNTHESIS__"
    yield f"    sf::tap<sf::{name}_s>({index}, s_{name});"
    yield "#endif"
