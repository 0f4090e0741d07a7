"""Text of the processes around the layers: weights, link, record. Takes a design and its registers; gives C++.

Only the last process gives values to the host: a dataflow region ends all processes that do at once, and one further up
would wait for the record of its frame before it began another.
Source: AMD UG1399, "Dataflow"; RTL that the tools make holds such processes until `ap_sync_done`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speckleforge.emit.hls.chain import Stage
from speckleforge.emit.hls.lines import wrapped
from speckleforge.emit.hls.registers import HlsRegister
from speckleforge.emit.hls.turn import service_bytes, turn_bytes
from speckleforge.ir.design import Design


def load(design: Design, loaded: Sequence[Stage]) -> Iterator[str]:
    """The process that reads a weight image and sends it to the layers that `loaded` names.

    Beside frames it lets the frame through first and sends a turn's elements behind that, which wait for the next one:
    a load does not delay a frame. Without frames (`service`) it sends many, then ends the turn.
    """
    arguments = ["const ap_uint<32> image[IMAGE_WORDS]", "ap_uint<32> control", "ap_uint<32> prescale"]
    arguments += ["hls::stream<Turn>& turns", *(f"hls::stream<Message>& to_{stage.name}" for stage in loaded)]
    active = "element<ap_uint<1> >(control, CONTROL_ACTIVE)" if design.settings.banks > 1 else "0"
    yield "// Lets a frame through with the weights of its bank, then sends what a turn takes of a weight image."
    yield from wrapped("static void load(", arguments, ") {")
    yield from (
        "    static Loader<Image> loader;",
        "#pragma HLS reset variable=loader",
        "    const ap_uint<1> service = element<ap_uint<1> >(control, CONTROL_SERVICE);",
        f"    const ap_uint<1> active = {active};",
        "    const bool begins = loader.begin(control);",
        "    turns.write(loader.turn(active, prescale));",
        "    if (service == 0) {",
        *(f"        to_{stage.name}.write(go_message(active != 0));" for stage in loaded),
        "    }",
        "    if (begins) {",
        "SF_LABEL(header)",
        "        for (int i = 0; i < Loader<Image>::HEADER; ++i) {",
        "#pragma HLS pipeline II=1",
        "            loader.take_header(image[i >> 2]);",
        "        }",
        "        loader.check_header();",
        "    }",
        f"    const int bytes = loader.bytes(service != 0 ? {service_bytes(design)} : {turn_bytes(design)});",
        "SF_LABEL(bytes)",
        "    for (int i = 0; i < bytes; ++i) {",
        f"#pragma HLS loop_tripcount min=0 max={service_bytes(design)} avg=0",
        "#pragma HLS pipeline II=1",
        "        Message message = 0;",
        "        ap_uint<8> layer = 0;",
        "        if (loader.take(image[loader.at >> 2], message, layer)) {",
    )
    for index, stage in enumerate(loaded):
        yield f"            if (layer == {index}) {{"
        yield f"                to_{stage.name}.write(message);"
        yield "            }"
    yield from (
        "        }",
        "    }",
        "    loader.end();",
        "    if (service != 0) {",
        *(f"        to_{stage.name}.write(go_message(active != 0));" for stage in loaded),
        "    }",
        "}",
        "",
    )


def take() -> Iterator[str]:
    """The process at the link's end."""
    yield "// Takes a frame of the link."
    yield "static void take_frame(hls::stream<ap_axiu<Input::BEAT_BITS, 1, 1, 1> >& frames, ap_uint<32> control,"
    yield "                       hls::stream<ap_uint<Input::WORD_BITS> >& words, hls::stream<Note>& notes) {"
    yield "    ingest<Input>(frames, element<ap_uint<1> >(control, CONTROL_SERVICE), words, notes);"
    yield from ("}", "")


def give(registers: Sequence[HlsRegister]) -> Iterator[str]:
    """The process that writes records, and every value that a host may read."""
    rows = [row for row in registers if not row.writable]
    arguments = [
        "hls::stream<ap_uint<32 * (SLOTS + 4)> >& decisions",
        "hls::stream<Note>& notes",
        "hls::stream<Turn>& turns",
        "hls::stream<ap_axiu<32, 1, 1, 1> >& records",
        *(f"ap_uint<32>& {row.port}" for row in rows),
    ]
    yield from ("struct Egress {", "    static const int SLOTS = sf::SLOTS;", "};", "")
    yield "// Gives the record of the frame, what the block is and how it does."
    yield from wrapped("static void give_record(", arguments, ") {")
    yield "    static Counters counters;"
    yield "#pragma HLS reset variable=counters"
    yield "    const Turn turn = turns.read();"
    yield "    egress<Egress>(decisions, notes, turn, records, counters);"
    yield from (f"    {row.port} = {_value(row)};" for row in rows)
    yield from ("}", "")


def _value(row: HlsRegister) -> str:
    if row.process == "identity":
        return f"0x{row.value:08x}U"
    return f"element<ap_uint<32> >(turn, TURN_{row.upper})" if row.process == "load" else f"counters.{row.port}"
