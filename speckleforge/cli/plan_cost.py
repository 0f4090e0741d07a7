"""The lower half of `forge plan`: foldings, costs, cycles, clocks, boundaries. Takes a prediction; gives lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speckleforge.cli.console import table
from speckleforge.cli.cost import RESOURCES, Cost, plain
from speckleforge.spec import Spec
from speckleforge.units import text_percent

HEADER = ("predicted", "folding", "busy", "useful", "LUT", "FF", "DSP", "BRAM")
NUMBERS = (2, 3, 4, 5, 6, 7)
VENDOR = "vivado"  # the toolchain that the HLS sources are for


def cost_lines(spec: Spec, cost: Cost) -> Iterator[str]:
    """Everything that is predicted; nothing where there is no design."""
    if cost.error:
        return
    rows = [_kernel(kernel) for kernel in cost.kernels]
    yield from table([*rows, *_sums(spec, cost)], HEADER, NUMBERS)
    yield ""
    yield from _fields(_cycles(spec.clock_khz / 1000, cost.record))
    yield from _fields(_regions(cost.record))
    if cost.record.get("bandwidth"):
        yield ""
        yield from table([_boundary(row) for row in cost.record["bandwidth"]], *_BOUNDARIES)
    if VENDOR in spec.target.toolchains and "hls" in cost.record:
        yield ""
        yield from _hls(cost.record["hls"])


def _hls(record: Mapping[str, Any]) -> Iterator[str]:
    """Loops of the HLS sources, what one iteration holds, and the largest array that is split: another hardware."""
    rows = []
    for layer in record["layers"]:
        most = max(layer["partitions"].items(), key=lambda item: item[1], default=("", 0))
        trips = " + ".join(f"{trip:,}" for trip in layer["trips"])
        cells = [f"{layer[name]:,}" for name in ("interval_cycles", "latency_cycles")]
        unrolled = ", ".join(f"{count:,} {name}" for name, count in layer["unrolled"].items())
        rows.append([layer["name"], trips, *cells, unrolled, f"{most[0]}: {most[1]:,}" if most[1] else ""])
    yield from table(rows, ("HLS, predicted", "loops", "interval", "latency", "in one cycle", "most parts"), (1, 2, 3))
    yield ""
    cycles = (
        f"{plain(record[name]):,} cycles {name.partition('_')[0]}" for name in ("interval_cycles", "latency_cycles")
    )
    yield from _fields(
        iter([("HLS", f"{', '.join(cycles)}; pipeline depths are assumed: {record['csynth']['reason']}")])
    )
    yield from _fields(("warning", text) for text in record["warnings"])


def _kernel(kernel: Mapping[str, Any]) -> list[str]:
    """One kernel."""
    busy, useful = kernel.get("interval_cycles"), kernel.get("useful_macs")
    cells = ["" if busy is None else f"{plain(busy):,}", "" if useful is None else text_percent(useful, 1)]
    cost = [f"{plain(kernel['resources'].get(name, 0)):,}" for name in RESOURCES]
    return [str(kernel["name"]), str(kernel.get("summary", "")), *cells, *cost]


def _sums(spec: Spec, cost: Cost) -> Iterator[list[str]]:
    """All of it against the board, the asked budget, and one region."""
    board = spec.target.values["resources"]
    totals = [cost.totals.get(name.upper(), 0) for name in RESOURCES]
    yield _row("sum", (f"{total:,}" for total in totals))
    yield _row("board", (f"{board[name]['count']:,}" for name in RESOURCES))
    counts = zip(RESOURCES, totals, strict=True)
    yield _row("share", (text_percent(total, board[name]["count"]) for name, total in counts))
    budget = spec.values["hardware"].get("budget")
    if budget:
        yield _row("budget", (text_percent(budget[name], 1) if name in budget else "" for name in RESOURCES))
    regions = cost.record.get("slr")
    if regions and not regions.get("parts"):
        yield _row("of one SLR", (text_percent(regions["share_of_one"][name] or 0, 1) for name in RESOURCES))
    for part in regions["parts"] if regions else ():
        yield _row(f"of SLR{part['region']}", (text_percent(part["share"][name] or 0, 1) for name in RESOURCES))


def _row(name: str, cells: Iterator[str]) -> list[str]:
    return [name, "", "", "", *cells]


def _fields(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Lines with a name in front."""
    for name, text in rows:
        yield f"{name:<10}  {text}".rstrip()


def _cycles(clock_mhz: float, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Latency, interval, clocks, refill."""
    if "latency_cycles" in record:
        cycles = plain(record["latency_cycles"])
        text = f"{cycles:,} cycles, {cycles / clock_mhz:.3f} us if the clock of {clock_mhz:g} MHz is met"
        yield "latency", text + ", the core's" * bool(record.get("block"))
    if record.get("block"):
        yield "block", _block(record["block"])
    if "interval_cycles" in record:
        cycles = plain(record["interval_cycles"])
        yield "interval", f"{cycles:,} cycles, {1000 * clock_mhz / cycles:,.3f} kHz at that clock{_limited(record)}"
    needed = record.get("needs_clock_mhz") or {}
    for row in needed.get("at_rates", ()):
        yield "clock", f"{row['value']:.1f} MHz for {row['frame_rate_khz']:.6g} kHz ({row['rate']})"
    if "latency_us" in needed:
        yield "clock", f"{needed['latency_us']['value']:.1f} MHz for {needed['latency_us']['target']:g} us (asked)"
    refill = record.get("refill_cycles")
    if refill and plain(refill):
        kernels = ", ".join(f"{row['name']} {row['refill_cycles']}" for row in record["layers"] if row["refill_cycles"])
        yield "refill", f"{plain(refill)} cycles, once when new weights come into use ({kernels})"


def _block(block: Mapping[str, Any]) -> str:
    """Latency with the edges, from the first beat in to the last one out."""
    cycles = f"{block['stream_cycles']} cycles at {block['stream_mhz']:g} MHz and {block['core_cycles']} of the core's"
    total = f"{block['latency_us']['value']:.3f} us at most, first beat in to last beat out"
    return f"{total}: the edges add {block['added_us']:.3f} us ({cycles}, at their longest)"


def _limited(record: Mapping[str, Any]) -> str:
    """What bounds the rate."""
    limit = record.get("limit")
    if not limit:
        return ""
    if limit["what"] == "kernel":
        return f"; {limit['name']} limits"
    return f"; but the {limit['name']} limits to {limit['frame_rate_khz']:,.3f} kHz"


def _regions(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where it fits, or how it is cut; the board's shell."""
    regions = record.get("slr")
    if not regions:
        return
    if regions.get("parts"):
        for part in regions["parts"]:
            yield f"SLR{part['region']}", ", ".join(part["kernels"])
    else:
        names = " or ".join(f"SLR{number}" for number in regions.get("could_hold", ()))
        larger = ", ".join(regions.get("larger", ()))
        spread = f"; {larger} alone is larger than one: the placer spreads it, no crossing is registered" * bool(larger)
        yield "regions", f"fits {names}" if names else f"fits no region as a whole{spread}"
    yield "shell", str(regions.get("shell", "not known"))


_BOUNDARIES = (("boundary", "needs Mb/s", "has Mb/s", "allows kHz", "", "through"), (1, 2, 3))


def _boundary(row: Mapping[str, Any]) -> list[str]:
    """What a boundary needs at the rate of these cycles and has; the slowest bounds the frame rate."""
    has = row["available_mbps"]
    verdict = "" if has is None else "enough" if row["enough"] else "short"
    cells = ["not known", "-"] if has is None else [f"{has:,.1f}", f"{row['frame_rate_khz']:,.3f}"]
    return [row["name"], f"{row['needed_mbps']:,.1f}", *cells, verdict, row["through"]]
