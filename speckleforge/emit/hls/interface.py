"""Text of `sf_network.h`: the block's constants and the top function's prototype. Takes a design; gives C++."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speckleforge.emit.hls.chain import Stage, chain
from speckleforge.emit.hls.lines import integers, wrapped
from speckleforge.emit.hls.registers import HlsRegister, hls_registers, image_words
from speckleforge.emit.hls.turn import IDLE_CYCLES, turn_bytes
from speckleforge.ir.design import Design
from speckleforge.ir.stream import StreamType
from speckleforge.layers.head.op import RECORD

TOP = "sf_network"
LEAST_BEAT_BITS = 32  # the header's beat carries a pulse id


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
        *prototype(registers, ";"),
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def slots(design: Design) -> int:
    """Prototype slots."""
    return design.instances[-1].kernel.sink.channels - len(RECORD)


def beat_bits(stream: StreamType) -> int:
    """Bits of a beat of the input: a word in whole bytes, and room for a pulse id."""
    return max(8 * -(-stream.word_bits // 8), LEAST_BEAT_BITS)


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


def prototype(registers: Sequence[HlsRegister], end: str) -> Iterator[str]:
    """The top function up to its brackets' end: a declaration with `;`, a definition with ` {`."""
    arguments = list(_arguments(registers))
    yield f"void {TOP}("
    yield from (f"    {argument}," for argument in arguments[:-1])
    yield f"    {arguments[-1]}){end}"


def _arguments(registers: Sequence[HlsRegister]) -> Iterator[str]:
    """The top function's parameters."""
    yield "hls::stream<ap_axiu<sf::Input::BEAT_BITS, 1, 1, 1> >& frames"
    yield "hls::stream<ap_axiu<32, 1, 1, 1> >& records"
    yield "const ap_uint<32> image[sf::IMAGE_WORDS]"
    for row in registers:
        yield f"ap_uint<32> {row.name}" if row.writable else f"ap_uint<32>& {row.port}"


def _wide_words(design: Design, stages: Sequence[Stage]) -> Iterator[str]:
    """The tool's integers end at 1,024 bits unless told otherwise before their header is read."""
    widest = max([beat_bits(design.source), *(stage.sink.word_bits for stage in stages)])
    if widest > 1024:
        yield from ("#ifndef AP_INT_MAX_W", "#define AP_INT_MAX_W 4096", "#endif", "")


def _input(source: StreamType) -> Iterator[str]:
    yield from ("// The input stream: words of neighbouring columns.", "struct Input {")
    yield from integers({**input_constants(source), "IDLE_CYCLES": IDLE_CYCLES})
    yield from ("};", "")


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
    yield from wrapped("// The weight image: ", [f"{segment.name} {segment.type}" for segment in segments], ".", "// ")
    for name, values in tables.items():
        yield f"const int SEGMENT_{name}[{len(values)}] = {{{', '.join(map(str, values))}}};"
    yield ""
    yield "struct Image {"
    yield f"    static const int BANKS = {design.settings.banks};"
    yield f"    static const int SEGMENTS = {len(segments)};"
    yield f"    static const int PAYLOAD_BYTES = {design.layout.payload_bytes};"
    yield f"    static const unsigned LAYOUT_ID = 0x{design.layout.layout_id:08x}U;"
    for name in tables:
        yield f"    static int {name.lower()}(int segment) {{ return SEGMENT_{name}[segment]; }}"
    yield from ("};", "")
