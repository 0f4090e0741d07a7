"""What placement and timing have to cope with. Takes the record; gives the lines of its section."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.report.markdown import Record, number, percent, table
from speckleforge.report.quantity import dig

DEEPEST = 8  # rows of the table; the record holds all


def structure(record: Record) -> Iterator[str]:
    """Control sets, slices with memory, the deepest logic of each kernel."""
    found = dig(record, "hardware", "structure")
    if not found:
        return
    sets = found["control_sets"]
    yield "## Structure (synthesised)"
    yield ""
    kinds = f"clocks {sets['clocks']}, enables {number(sets['enables'])}, resets {number(sets['resets'])}"
    yield f"- Control sets: {number(sets['count'])} for {number(sets['registers'])} registers ({kinds}),"
    yield f"  of them {number(sets['small'])} with fewer than 8 registers."
    yield from _memory(found["lutram"])
    yield f"- Latches: {len(found['latches'])}. Combinational loops: {int(bool(found['loop']))}."
    yield ""
    deepest = sorted(found["paths"], key=lambda path: (-path["levels"], path["name"]))[:DEEPEST]
    rows = [
        (path["name"], number(path["levels"]), _made_of(path), f"{path['start']} to {path['end']}") for path in deepest
    ]
    yield "Levels: cells of logic that a signal passes between two registers, as vendors count them; not nanoseconds."
    yield ""
    yield from table(("deepest in", "levels", "of them", "from and to"), rows, right=(1,))


def _memory(found: Record) -> Iterator[str]:
    """LUTs as memory against the slices that can hold it."""
    luts = f"{number(found['luts'])} LUTs behind {number(found['write_ports'])} write ports"
    if found["slices"] is None:
        yield f"- Distributed RAM: {luts}."
        return
    able, share = percent(found["available"] / found["of_all_slices"]), percent(found["share"])
    yield f"- Distributed RAM: {luts} fill at least {number(found['slices'])} of the {number(found['available'])}"
    yield f"  slices that can hold it ({share}); {able} of all slices can."


def _made_of(path: Record) -> str:
    """`4 carry, 1 lut`."""
    return ", ".join(f"{count} {kind}" for kind, count in path["kinds"].items())
