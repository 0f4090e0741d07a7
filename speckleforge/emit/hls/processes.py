"""Text of the processes around the layers: identity, weights, link, record. Takes a design's registers; gives C++."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speckleforge.emit.hls.chain import Stage
from speckleforge.emit.hls.lines import wrapped
from speckleforge.emit.hls.registers import LOADED, HlsRegister
from speckleforge.emit.hls.turn import service_bytes, turn_bytes
from speckleforge.ir.design import Design


def identity(registers: Sequence[HlsRegister]) -> Iterator[str]:
    """The process that gives what never changes."""
    rows = registers_of(registers, "identity")
    yield "// What the block is; a host reads it before it sends weights."
    yield from wrapped("static void identity(", [f"ap_uint<32>& {row.port}" for row in rows], ") {")
    yield from (f"    {row.port} = 0x{row.value:08x}U;" for row in rows)
    yield from ("}", "")


def load(design: Design, registers: Sequence[HlsRegister], loaded: Sequence[Stage]) -> Iterator[str]:
    """The process that reads a weight image and sends it to the layers that `loaded` names."""
    rows = registers_of(registers, "load")
    arguments = ["const ap_uint<32> image[IMAGE_WORDS]", "ap_uint<32> control"]
    arguments += [f"ap_uint<32>& {row.port}" for row in rows]
    arguments += ["hls::stream<Weights>& weights", *(f"hls::stream<Message>& to_{stage.name}" for stage in loaded)]
    yield "// Sends what a turn brings of a weight image to the layers, then lets the frame through."
    yield from wrapped("static void load(", arguments, ") {")
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


def take() -> Iterator[str]:
    """The process at the link's end."""
    yield "// Takes a frame of the link."
    yield "static void take_frame(hls::stream<ap_axiu<Input::BEAT_BITS, 1, 1, 1> >& frames, ap_uint<32> control,"
    yield "                       hls::stream<ap_uint<Input::WORD_BITS> >& words, hls::stream<Note>& notes) {"
    yield "    ingest<Input>(frames, element<ap_uint<1> >(control, CONTROL_SERVICE), words, notes);"
    yield from ("}", "")


def give(registers: Sequence[HlsRegister]) -> Iterator[str]:
    """The process that writes records and counts them."""
    rows = registers_of(registers, "egress")
    yield "struct Egress {"
    yield "    static const int SLOTS = sf::SLOTS;"
    yield from ("};", "")
    arguments = [
        "hls::stream<ap_uint<32 * (SLOTS + 4)> >& decisions",
        "hls::stream<Note>& notes",
        "hls::stream<Weights>& weights",
        "ap_uint<32> prescale",
        "hls::stream<ap_axiu<32, 1, 1, 1> >& records",
        *(f"ap_uint<32>& {row.port}" for row in rows),
    ]
    yield "// Gives the record of the frame."
    yield from wrapped("static void give_record(", arguments, ") {")
    yield "    static Counters counters;"
    yield "    egress<Egress>(decisions, notes, weights, prescale, records, counters);"
    yield from (f"    {row.port} = counters.{row.port};" for row in rows)
    yield from ("}", "")


def registers_of(registers: Sequence[HlsRegister], process: str) -> list[HlsRegister]:
    """Those that a process gives: its outputs, in order."""
    return [row for row in registers if row.process == process]
