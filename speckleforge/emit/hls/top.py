"""Text of `sf_network.h` and `sf_network.cpp`: the block's constants, its processes and the top function.

Takes a design; gives C++. Names are those of the design; every process is called once, by name, in the flow's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speckleforge.emit.hls.chain import Stage, chain
from speckleforge.emit.hls.registers import LOADED, HlsRegister, hls_registers, image_offset, image_words
from speckleforge.emit.hls.turn import service_bytes, turn_bytes
from speckleforge.ir.design import Design
from speckleforge.ir.layout import Segment
from speckleforge.ir.stream import StreamType
from speckleforge.layers.head.op import RECORD

TOP = "sf_network"
LEAST_BEAT_BITS = 32  # the header's beat carries a pulse id
NOTES = 64  # frames between ingress and egress, at most: more than the block has processes


def network_header(design: Design, banner: str) -> str:
    """`sf_network.h`."""
    stages = chain(design)
    registers = hls_registers(design)
    lines = [
        banner + "#ifndef SF_NETWORK_H",
        "#define SF_NETWORK_H",
        "",
        *_wide_words(design, stages),
        '#include "sf_egress.h"',
        '#include "sf_ingest.h"',
        '#include "sf_loader.h"',
        "",
        "namespace sf {",
        "",
        *_input(design.source),
        f"const int SLOTS = {slots(design)};",
        f"const int IMAGE_WORDS = {image_words(design)};",
        f"const int BOUNDARIES = {len(stages) + 1};",
        "",
        *_image(design, stages),
        "}  // namespace sf",
        "",
        f"// One turn: a frame, and up to {turn_bytes(design)} bytes of a weight image.",
        *_prototype(registers, ";"),
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


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
        *_identity(registers),
        *_load(design, registers, loaded),
        *_take(),
        *_give(registers),
        "}  // namespace sf",
        "",
        *_top(design, registers, stages),
    ]
    return "\n".join(lines) + "\n"


def slots(design: Design) -> int:
    """Prototype slots."""
    return design.instances[-1].kernel.sink.channels - len(RECORD)


def beat_bits(stream: StreamType) -> int:
    """Bits of a beat of the input: a word in whole bytes, and room for a pulse id."""
    return max(8 * -(-stream.word_bits // 8), LEAST_BEAT_BITS)


def _wide_words(design: Design, stages: Sequence[Stage]) -> Iterator[str]:
    """The tool's integers end at 1,024 bits unless told otherwise before their header is read."""
    widest = max([beat_bits(design.source), *(stage.sink.word_bits for stage in stages)])
    if widest > 1024:
        yield from ("#ifndef AP_INT_MAX_W", "#define AP_INT_MAX_W 4096", "#endif", "")


def input_constants(source: StreamType) -> dict[str, int]:
    """Numbers of the input stream, by the names that C++ and Python have for them."""
    return {
        "WORD_BITS": source.word_bits,
        "BEAT_BITS": beat_bits(source),
        "WORDS": source.words,
        "ROW_WORDS": source.words_per_row,
        "LANES": source.lanes,
        "CHANNELS": source.channels,
        "BITS": source.element.bits,
        "WIDTH": source.width,
        "HEIGHT": source.height,
        "OFFSET": source.offset,
    }


def _input(source: StreamType) -> Iterator[str]:
    yield from ("// The input stream: words of neighbouring columns.", "struct Input {")
    yield from _integers(input_constants(source))
    yield from ("};", "")


def _integers(values: dict[str, int]) -> Iterator[str]:
    yield from (f"    static const int {name} = {value};" for name, value in values.items())


def _image(design: Design, stages: Sequence[Stage]) -> Iterator[str]:
    """Tables of the weight image: one column a segment, in the image's order."""
    segments = design.layout.segments
    number = {stage.name: index for index, stage in enumerate(s for s in stages if s.parameters)}
    place = {(s.name, p.name): i for s in stages for i, p in enumerate(s.parameters)}
    tables = {
        "ELEMENTS": [segment.elements for segment in segments],
        "BYTES": [segment.type.bytes for segment in segments],
        "IS_SIGNED": [int(segment.type.signed) for segment in segments],
        "LAYER": [number[segment.node] for segment in segments],
        "PARAMETER": [place[segment.node, segment.parameter] for segment in segments],
    }
    yield "// The weight image: " + ", ".join(_described(segment) for segment in segments) + "."
    for name, values in tables.items():
        yield f"const int SEGMENT_{name}[{len(values)}] = {{{', '.join(map(str, values))}}};"
    yield ""
    yield "struct Image {"
    yield f"    static const int BANKS = {design.settings.banks};"
    yield f"    static const int PAYLOAD_BYTES = {design.layout.payload_bytes};"
    yield f"    static const unsigned LAYOUT_ID = 0x{design.layout.layout_id:08x}U;"
    for name in tables:
        yield f"    static int {name.lower()}(int segment) {{ return SEGMENT_{name}[segment]; }}"
    yield from ("};", "")


def _described(segment: Segment) -> str:
    return f"{segment.name} {segment.type}"


def _arguments(registers: Sequence[HlsRegister]) -> Iterator[str]:
    """The top function's parameters."""
    yield "hls::stream<ap_axiu<sf::Input::BEAT_BITS, 1, 1, 1> >& frames"
    yield "hls::stream<ap_axiu<32, 1, 1, 1> >& records"
    yield "const ap_uint<32> image[sf::IMAGE_WORDS]"
    for row in registers:
        yield f"ap_uint<32> {row.name}" if row.writable else f"ap_uint<32>& {row.port}"


def _prototype(registers: Sequence[HlsRegister], end: str) -> Iterator[str]:
    arguments = list(_arguments(registers))
    yield f"void {TOP}("
    yield from (f"    {argument}," for argument in arguments[:-1])
    yield f"    {arguments[-1]}){end}"


def _constants(stage: Stage) -> Iterator[str]:
    yield f"// {stage.name}: {stage.kind}, gives {stage.sink}"
    yield f"struct {stage.name}_c {{"
    yield from _integers(dict(stage.constants))
    yield from ("};", "")


def _streams(design: Design, stages: Sequence[Stage]) -> Iterator[str]:
    """Types of the streams, for C simulation."""
    yield "#ifndef __SYNTHESIS__"
    for name, stream in (("input", design.source), *((stage.name, stage.sink) for stage in stages)):
        yield f"struct {name}_s {{"
        yield f"    typedef Integer<{stream.element.bits}, {int(stream.element.signed)}>::type Element;"
        yield from _integers(
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


def _of(registers: Sequence[HlsRegister], process: str) -> list[HlsRegister]:
    return [row for row in registers if row.process == process]


def _identity(registers: Sequence[HlsRegister]) -> Iterator[str]:
    rows = _of(registers, "identity")
    yield "// What the block is; a host reads it before it sends weights."
    yield f"static void identity({', '.join(f'ap_uint<32>& {row.port}' for row in rows)}) {{"
    yield from (f"    {row.port} = 0x{row.value:08x}U;" for row in rows)
    yield from ("}", "")


def _load(design: Design, registers: Sequence[HlsRegister], loaded: Sequence[Stage]) -> Iterator[str]:
    rows = _of(registers, "load")
    outputs = "".join(f", ap_uint<32>& {row.port}" for row in rows)
    streams = "".join(f", hls::stream<Message>& to_{stage.name}" for stage in loaded)
    yield "// Sends what a turn brings of a weight image to the layers, then lets the frame through."
    yield "static void load(const ap_uint<32> image[IMAGE_WORDS], const ap_uint<32>& control"
    yield f"                 {outputs}, hls::stream<Weights>& weights{streams}) {{"
    yield "    static Loader<Image> loader;"
    yield "    const ap_uint<1> service = element<ap_uint<1> >(control, CONTROL_SERVICE);"
    active = "element<ap_uint<1> >(control, CONTROL_ACTIVE)" if design.settings.banks > 1 else "0"
    yield f"    const ap_uint<1> active = {active};"
    yield "    loader.begin(control);"
    yield f"    const int most = service != 0 ? {service_bytes(design)} : {turn_bytes(design)};"
    yield "    const int bytes = loader.busy ? most : 0;"
    yield "SF_LABEL(bytes)"
    yield "    for (int i = 0; i < bytes; ++i) {"
    yield f"#pragma HLS loop_tripcount min=0 max={service_bytes(design)} avg=0"
    yield "#pragma HLS pipeline II=1"
    yield "        Message message = 0;"
    yield "        ap_uint<8> layer = 0;"
    yield "        const int at = loader.at >> 2;"
    yield "        if (loader.take(image[at < IMAGE_WORDS ? at : IMAGE_WORDS - 1], message, layer)) {"
    for index, stage in enumerate(loaded):
        yield f"            if (layer == {index}) {{"
        yield f"                to_{stage.name}.write(message);"
        yield "            }"
    yield from ("        }", "    }")
    yield from (f"    to_{stage.name}.write(go_message(active != 0));" for stage in loaded)
    yield "    Weights used = 0;"
    yield "    used(31, 0) = loader.image_id[active];"
    yield "    used(32, 32) = active;"
    yield "    used(33, 33) = element<ap_uint<1> >(loader.loaded, active);"
    yield "    weights.write(used);"
    yield "    status = loader.status(active);"
    yield from (f"    {row.port} = loader.image_id[{row.name[-1]}];" for row in rows if row.name.startswith("image_id"))
    yield from (f"    {row.port} = loader.{row.name};" for row in rows if row.name in LOADED)
    yield from ("}", "")


def _take() -> Iterator[str]:
    yield "// Takes a frame of the link."
    yield "static void take_frame(hls::stream<ap_axiu<Input::BEAT_BITS, 1, 1, 1> >& frames, const ap_uint<32>& control,"
    yield "                       hls::stream<ap_uint<Input::WORD_BITS> >& words, hls::stream<Note>& notes) {"
    yield "    ingest<Input>(frames, element<ap_uint<1> >(control, CONTROL_SERVICE), words, notes);"
    yield from ("}", "")


def _give(registers: Sequence[HlsRegister]) -> Iterator[str]:
    rows = _of(registers, "egress")
    outputs = "".join(f", ap_uint<32>& {row.port}" for row in rows)
    yield "struct Egress {"
    yield "    static const int SLOTS = sf::SLOTS;"
    yield from ("};", "")
    yield "// Gives the record of the frame."
    yield "static void give_record(hls::stream<ap_uint<32 * (SLOTS + 4)> >& decisions, hls::stream<Note>& notes,"
    yield "                        hls::stream<Weights>& weights, const ap_uint<32>& prescale,"
    yield f"                        hls::stream<ap_axiu<32, 1, 1, 1> >& records{outputs}) {{"
    yield "    static Counters counters;"
    yield "    egress<Egress>(decisions, notes, weights, prescale, records, counters);"
    yield from (f"    {row.port} = counters.{row.port};" for row in rows)
    yield from ("}", "")


def _top(design: Design, registers: Sequence[HlsRegister], stages: Sequence[Stage]) -> Iterator[str]:
    yield from _prototype(registers, " {")
    yield "#pragma HLS interface axis port=frames"
    yield "#pragma HLS interface axis port=records"
    yield f"#pragma HLS interface s_axilite port=image bundle=control offset=0x{image_offset(design):x}"
    for row in registers:
        yield f"#pragma HLS interface s_axilite port={row.port} bundle=control offset=0x{row.offset:x}"
    yield "#pragma HLS interface s_axilite port=return bundle=control"
    yield "#pragma HLS dataflow"
    for name, stream, depth in (
        ("input", design.source, 2),
        *((stage.name, stage.sink, stage.depth) for stage in stages),
    ):
        yield f'    hls::stream<ap_uint<{stream.word_bits}> > s_{name}("s_{name}");'
        yield f"#pragma HLS stream variable=s_{name} depth={depth}"
    for stage in stages:
        if stage.parameters:
            yield f'    hls::stream<sf::Message> p_{stage.name}("p_{stage.name}");'
            yield f"#pragma HLS stream variable=p_{stage.name} depth={NOTES}"
    for kind, name in (("Note", "notes"), ("Weights", "weights")):
        yield f'    hls::stream<sf::{kind}> {name}("{name}");'
        yield f"#pragma HLS stream variable={name} depth={NOTES}"
    yield ""
    yield f"    sf::identity({', '.join(row.port for row in _of(registers, 'identity'))});"
    outputs = "".join(f", {row.port}" for row in _of(registers, "load"))
    streams = "".join(f", p_{stage.name}" for stage in stages if stage.parameters)
    yield f"    sf::load(image, control{outputs}, weights{streams});"
    yield "    sf::take_frame(frames, control, s_input, notes);"
    yield from _tap(0, "input")
    before = "input"
    for index, stage in enumerate(stages, start=1):
        parameters = f", p_{stage.name}" if stage.parameters else ""
        yield f"    sf::{stage.kind}<sf::{stage.name}_c>(s_{before}, s_{stage.name}{parameters});"
        yield from _tap(index, stage.name)
        before = stage.name
    outputs = "".join(f", {row.port}" for row in _of(registers, "egress"))
    yield f"    sf::give_record(s_{before}, notes, weights, prescale, records{outputs});"
    yield "}"


def _tap(index: int, name: str) -> Iterator[str]:
    yield "#ifndef __SYNTHESIS__"
    yield f"    sf::tap<sf::{name}_s>({index}, s_{name});"
    yield "#endif"
