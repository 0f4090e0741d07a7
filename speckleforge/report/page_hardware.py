"""The firmware engineer's part of the page. Takes the record; gives the lines of its sections."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.report.markdown import STAGES, Record, number, percent, shown, table
from speckleforge.report.quantity import dig

COLUMNS = ("lut", "ff", "dsp", "bram")


def resources(record: Record) -> Iterator[str]:
    """Used against the board, and against one region where the part has several."""
    hardware = record["hardware"]
    regions = hardware.get("slr")
    header = ["resource", "used", "of the board", "share", "stage", "tool"]
    rows = []
    for name, found in hardware["resources"].items():
        row = [name.upper(), number(found["value"]), number(found.get("available")), percent(found.get("share"))]
        row += [STAGES.get(found.get("stage"), found.get("stage") or found.get("reason", "")), found.get("tool", "")]
        if regions and found["value"] is not None:
            row.insert(4, percent(found["value"] / regions[name]["count"]))
        elif regions:
            row.insert(4, "-")
        rows.append(row)
    if regions:
        header.insert(4, "of one SLR")
    yield "## Resources"
    yield ""
    yield from table(header, rows, right=(1, 2, 3))
    shell = hardware.get("shell") or {}
    if shell.get("share") is None:
        yield f"The board's shell is not counted: {shell.get('reason', 'not known')}."
        yield ""


def kernels(record: Record) -> Iterator[str]:
    """Folding and cost kernel by kernel: predicted, and what synthesis made of it."""
    predicted = dig(record, "hardware", "predicted") or {}
    if not predicted.get("layers"):
        return
    about = {kernel["name"]: kernel for kernel in predicted["layers"]}
    rows = []
    for block in record["hardware"]["blocks"]:
        kernel = about.get(block["name"], {})
        folding = kernel.get("summary") or "guard, loader, registers, links"
        rows.append(
            (block["name"], folding, number(kernel.get("interval_cycles")), *map(_pair, map(block.get, COLUMNS)))
        )
    sums = [{stage: _sum(record, name, stage) for stage in ("predicted", "synthesised")} for name in COLUMNS]
    rows.append(("sum", "", "", *map(_pair, sums)))
    rows.append(("error", "", "", *map(_error, sums)))
    yield "## Kernels: predicted / synthesised"
    yield ""
    yield from table(("kernel", "folding", "busy cycles", "LUT", "FF", "DSP", "BRAM"), rows, right=(2, 3, 4, 5, 6))


def _sum(record: Record, name: str, stage: str) -> int | None:
    values = [block[name][stage] for block in record["hardware"]["blocks"]]
    return None if None in values else sum(values)


def _pair(found: Record | None) -> str:
    """`predicted / synthesised`."""
    return f"{number(found['predicted'])} / {number(found['synthesised'])}" if found else "-"


def _error(total: Record) -> str:
    """How far the prediction lies from what synthesis made, relative to the latter."""
    if not total["synthesised"]:
        return "-"
    return f"{100 * (total['predicted'] / total['synthesised'] - 1):+.1f} %"


def timing(record: Record) -> Iterator[str]:
    """Clock, fmax, slowest path."""
    hardware = record["hardware"]
    yield "## Timing"
    yield ""
    yield f"- Clock: {shown(hardware['clock_mhz'], 'MHz')}; fmax: {shown(hardware['fmax_mhz'], 'MHz')}."
    needs = hardware["needs_clock_mhz"]
    if needs.get("value") is not None:
        yield f"- The cycles need a clock of {number(needs['value'])} MHz for {needs['for']}."
    for row in hardware.get("bandwidth") or ():
        if row["available_mbps"] is not None and not row["enough"]:
            rate = f"{number(round(row['frame_rate_khz'], 4))} kHz"
            yield f"- The {row['name']} ({row['through']}) bounds the frame rate to {rate} (predicted)."
    yield from _placements(hardware.get("placements"))
    path = hardware.get("critical_path")
    if path:
        delay = f"{path['delay_ns']} ns, of it {path['routing_ns']} ns routing"
        yield f"- Slowest path: {delay}; {path['from']} to {path['to']}."
    yield ""


def _placements(found: Record | None) -> Iterator[str]:
    """Which seed was chosen, and how far the others lie from it."""
    if not found:
        return
    trials = [trial for trial in found["trials"] if trial["failure"] is None]
    each = ", ".join(f"{trial['seed']}: {number(trial['fmax_mhz'])}" for trial in trials)
    failed = len(found["trials"]) - len(trials)
    told = f"; {failed} gave no result" if failed else ""
    yield f"- Placement: seed {found['chosen']} of {len(found['trials'])} tried (fmax in MHz by seed: {each}{told})."
