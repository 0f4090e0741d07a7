"""`report.md`: one page for scientists and firmware engineers. Takes the record; gives Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speckleforge.report.markdown import Record, number, percent, shown, table
from speckleforge.report.page_hardware import kernels, resources, timing


def page(record: Record) -> str:
    """The whole page."""
    sections = (_summary, _gates, _accuracy, _verification, resources, kernels, timing, _about)
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
    shots = _best_shots(record)
    if shots:
        name, value = shots
        yield f"- Accuracy of the integer network, {name[1:]} shots: {_interval(value)}."
    yield f"- Latency: {shown(hardware['latency_cycles'], 'cycles')}."
    yield f"- A frame every {shown(hardware['interval_cycles'], 'cycles')}."
    clock_mhz = hardware["latency_us"].get("clock_mhz")
    at_clock = f"us at {number(clock_mhz)} MHz" if clock_mhz else "us"
    yield f"- Latency as a time: {shown(hardware['latency_us'], at_clock)}."
    held, known = verdicts.count(True), len(verdicts) - verdicts.count("not_established")
    if verdicts:
        rest = f"{known - held} do not, {len(verdicts) - known} not established"
        yield f"- Gates: {held} of {len(verdicts)} hold, {rest}."
    yield ""


def _best_shots(record: Record) -> tuple[str, Any] | None:
    found = record["accuracy"]["integer"]
    gate = next(
        (g["name"].removeprefix("accuracy_") for g in record["gates"] if g["name"].startswith("accuracy_")), "k5"
    )
    return (gate, found[gate]) if gate in found else None


def _interval(value: Record) -> str:
    low, high = value["ci95"]
    return f"{value['mean']:.3f} (95 %: {low:.3f} to {high:.3f})"


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


def _accuracy(record: Record) -> Iterator[str]:
    accuracy = record["accuracy"]
    yield "## Accuracy"
    yield ""
    names = sorted(
        {k for kind in ("float", "integer") for k in accuracy[kind] if k[1:].isdigit()}, key=lambda k: int(k[1:])
    )
    rows = [
        (
            name[1:],
            *[_interval(accuracy[kind][name]) if name in accuracy[kind] else "-" for kind in ("float", "integer")],
        )
        for name in names
    ]
    if rows:
        data = accuracy["data"]
        yield (
            f"Few-shot, on particles that training never saw ({data['source']}, {data['unit']}, condition "
            f"`{data['condition']}`); the interval is a bootstrap over particles."
        )
        yield ""
        yield from table(("shots per class", "trained network (float)", "hardware (integer)"), rows)
    for kind in ("float", "integer"):
        if accuracy[kind].get("reason"):
            yield f"{kind}: {accuracy[kind]['reason']}."
            yield ""
    pair = accuracy["single_vs_multi"]
    if pair.get("balanced") is not None:
        yield f"Single against multi by itself: {pair['balanced']:.3f} (balanced)."
        yield ""
    yield from _head(accuracy.get("head") or {})


def _head(head: Record) -> Iterator[str]:
    """What the head decides with the prototypes of the weight image."""
    if not head:
        return
    veto = head["veto"]
    decided = f"balanced accuracy {head['balanced_accuracy']:.3f}, {percent(head['unknown'])} unknown"
    yield f"Head with the image's own prototypes: {decided}."
    kept = ", ".join(f"{name} {percent(share)}" for name, share in veto["kept"].items())
    yield f"Veto: {percent(veto['kept_of_all'])} of all frames kept ({kept})."
    yield ""
    names = [*head["confusion"], "unknown"]
    rows = [(truth, *(number(counts[name]) for name in names)) for truth, counts in head["confusion"].items()]
    yield from table(("true / decided", *names), rows, right=range(1, len(names) + 1))


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
            yield f"{compared:,} elements compared at {count} boundaries, with two sets of weights."
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
        yield f"- Bitstream: {number(bitstream['bytes'])} bytes, sha256 `{bitstream['sha256'][:16]}`."
    elif bitstream.get("reason"):
        yield f"- No bitstream: {bitstream['reason']}."
    yield "- Hardware figures describe the SystemVerilog; nothing here was measured on a board."
