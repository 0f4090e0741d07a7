"""`report.md`: one page for scientists and firmware engineers. Takes the record; gives Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.report.hls import hls_page
from speckleforge.report.markdown import Record, interval, number, origin, shown, table
from speckleforge.report.page_accuracy import accuracy, headline
from speckleforge.report.page_hardware import kernels, resources, timing
from speckleforge.report.page_power import activity
from speckleforge.report.page_structure import structure
from speckleforge.report.page_vivado import vivado
from speckleforge.report.quantity import dig


def page(record: Record) -> str:
    """The whole page."""
    sections = (
        _summary,
        _gates,
        accuracy,
        _verification,
        resources,
        kernels,
        structure,
        timing,
        vivado,
        activity,
        hls_page,
        _about,
    )
    return "\n".join(line for section in sections for line in section(record)) + "\n"


def _summary(record: Record) -> Iterator[str]:
    spec, model, hardware = record["spec"], record["model"], record["hardware"]
    verdicts = [gate["holds"] for gate in record["gates"]]
    yield f"# {spec['name']}"
    yield ""
    size = f"{model['parameters']:,} parameters and {model['macs']:,} multiply-accumulates a frame"
    yield f"{size} on {record['target']['description']}."
    yield ""
    verification = record["verification"]
    mismatches = verification.get("mismatches")
    agree = "agree on every element" if mismatches == 0 else f"differ: {mismatches} mismatches"
    if mismatches is not None:
        yield f"- {len(verification['engines'])} executions {agree} of {verification['patterns']} test patterns."
    yield from _accuracy_lines(record)
    yield f"- Latency: {shown(hardware['latency_cycles'], 'cycles')}."
    yield f"- A frame every {shown(hardware['interval_cycles'], 'cycles')}."
    clock_mhz = hardware["latency_us"].get("clock_mhz")
    at_clock = f"us at {number(clock_mhz)} MHz" if clock_mhz else "us"
    block = hardware.get("block_latency_us") or {}
    core = ", of the core" if block.get("edges_us") is not None else ""
    yield f"- Latency as a time{core}: {shown(hardware['latency_us'], at_clock)}."
    if block.get("value") is not None:
        about = f"first beat in to last beat out at most; its edges add {number(block['edges_us'])} us"
        yield f"- Latency of the block on its stream: {shown(block, 'us')}, {about}."
    elif core:
        yield f"- The block's edges add {number(block['edges_us'])} us at most to the core's latency (predicted)."
    link = hardware["link_frame_us"]
    if link.get("value") is not None:
        about = f"{number(link['bits'])} bits at {number(link['mbps'])} Mb/s"
        yield f"- Before that, a frame's way through {link['through']}: {shown(link, 'us')}, {about}."
    held, known = verdicts.count(True), len(verdicts) - verdicts.count("not_established")
    if verdicts:
        rest = f"{known - held} do not, {len(verdicts) - known} not established"
        yield f"- Gates: {held} of {len(verdicts)} hold, {rest}."
    yield ""


def _accuracy_lines(record: Record) -> Iterator[str]:
    """The figures that a scientist asks for first."""
    found = record["accuracy"]
    name = headline(found)
    if not name:
        return
    pair = dig(found, "single_vs_multi", "integer", name) or found["single_vs_multi"]
    best = interval(found["integer"][name])
    yield f"- Accuracy of the hardware's integers, {name[1:]} shots: {best}; {origin(found)}."
    margin = dig(found, "baseline", "margin")
    if dig(margin, "mean") is not None:
        yield f"- Above a baseline on intensity alone by {interval(margin)}; {origin(found)}."
    if dig(pair, "balanced") is not None:
        yield f"- Single against multi by itself: {interval(pair, 'balanced')}; {origin(found)}."


def _gates(record: Record) -> Iterator[str]:
    if not record["gates"]:
        return
    words = {True: "holds", False: "**does not hold**"}
    rows = [
        (
            gate["name"],
            f"{gate['rule'].replace('_', ' ')} {number(gate['limit'])}",
            number(gate.get("value")),
            words.get(gate["holds"], "not established") + (f": {gate['reason']}" if gate.get("reason") else ""),
        )
        for gate in record["gates"]
    ]
    yield "## Gates"
    yield ""
    yield from table(("gate", "limit", "value", "verdict"), rows, right=(2,))


def _verification(record: Record) -> Iterator[str]:
    found = record["verification"]
    yield "## Verification"
    yield ""
    if found.get("mismatches") is None:
        yield f"Not done: {found.get('reason', 'no result')}."
    else:
        yield f"{found['patterns']} patterns through {', '.join(found['engines'])}: {found['mismatches']} mismatches."
        compared = sum(count for nodes in (found.get("compared") or {}).values() for count in nodes.values())
        if compared:
            count = len(found.get("boundaries", ()))
            sets = f"{len(found.get('weight_sets', ()))} sets of weights"
            yield f"{compared:,} elements compared at {count} boundaries, with {sets}."
    yield ""
    yield from _scenarios(found)


def _scenarios(found: Record) -> Iterator[str]:
    """What else the simulated hardware had to do, and whether its cycles were as predicted."""
    rows = [
        (item["name"], number(item.get("frames")), "holds" if item.get("holds") else "**does not hold**")
        for item in found.get("scenarios") or ()
    ]
    if rows:
        yield from table(("scenario (RTL)", "frames", "verdict"), rows, right=(1,))
    cycles = found.get("cycles") or {}
    if "as_predicted" in cycles:
        model = "exactly those of the cycle model" if cycles["as_predicted"] else "not those of the cycle model"
        yield f"Simulated cycles are {model}; {number(cycles.get('after_last_word'))} pass after a frame's last word."
        yield ""


def _about(record: Record) -> Iterator[str]:
    spec, bits = record["spec"], record["spec"]["precision"]
    yield "## About this build"
    yield ""
    yield f"- Spec digest `{spec['digest'][:16]}`; classes {', '.join(spec['classes'])}."
    yield f"- Bits: input {bits['input']}, weights {bits['weights']}, activations {bits['activations']}."
    weights, bitstream = record.get("weights") or {}, record.get("bitstream") or {}
    if weights:
        size = number(weights.get("image_bytes"))
        yield f"- Weight image: {size} bytes, layout {weights['layout_id']}, image {weights['image_id']}."
    if bitstream.get("sha256"):
        alone = (bitstream.get("image") or {}).get("reason")
        yield f"- Bitstream: {number(bitstream['bytes'])} bytes, sha256 `{bitstream['sha256'][:16]}`."
        if alone:
            yield f"- No weights in the bitstream: {alone}."
    elif bitstream.get("reason"):
        yield f"- No bitstream: {bitstream['reason']}."
    yield "- Hardware figures describe the SystemVerilog; nothing here was measured on a board."
