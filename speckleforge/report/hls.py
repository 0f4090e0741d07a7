"""The HLS sources of a build, apart from the SystemVerilog: two hardwares, never in one line.

Takes prediction and verification; gives one record. What no HLS tool has made is null: `never csynthesised`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speckleforge.report.markdown import Record, number, table
from speckleforge.report.quantity import dig, missing

ENGINE = "hls_csim"
Found = Mapping[str, Any]


def hls_record(found: Found) -> dict[str, Any]:
    """Prediction, C simulation, and what an HLS tool obtained."""
    predicted = dig(found, "prediction", "hls")
    reason = dig(predicted, "csynth", "reason") or "not predicted"
    return {
        "implementation": "hls",
        "predicted": predicted,
        "csim": _csim(found.get("verification")),
        "latency_cycles": missing(reason),
        "interval_cycles": missing(reason),
        "resources": missing(reason),
    }


def _csim(verification: Found | None) -> dict[str, Any]:
    """What the C simulation has compared; `mismatches` 0, or there is no verification."""
    compared = dig(verification, "compared", ENGINE)
    if not compared:
        return missing("no verification took part")
    return {
        "stage": "simulated",
        "tool": "g++",
        "patterns": dig(verification, "patterns"),
        "weight_sets": len(dig(verification, "weight_sets") or ()),
        "elements": sum(compared.values()),
        "boundaries": list(compared),
        "mismatches": 0,
        "bench": dig(verification, "hls_bench"),
    }


def hls_page(record: Record) -> Iterator[str]:
    """The section of the page; nothing where the build has no HLS sources."""
    found = record.get("hls") or {}
    predicted = found.get("predicted")
    if not predicted:
        return
    yield "## HLS sources (another hardware than the SystemVerilog)"
    yield ""
    csim = found["csim"]
    if csim.get("elements"):
        count = f"{csim['elements']:,} elements of {csim['patterns']} patterns, {csim['weight_sets']} weight sets"
        yield f"- C simulation (g++): {count}, {csim['mismatches']} different, at {len(csim['boundaries'])} boundaries."
    cycles = " / ".join(number(predicted[name]["value"]) for name in ("interval_cycles", "latency_cycles"))
    yield f"- Interval / latency: {cycles} cycles, predicted with assumed pipeline depths."
    yield f"- Obtained by an HLS tool: nothing: {found['resources']['reason']}."
    yield from (f"- Beyond the tool's limits: {text}." for text in predicted["warnings"])
    yield ""
    rows = [
        (
            layer["name"],
            " + ".join(number(trip) for trip in layer["trips"]),
            number(layer["interval_cycles"]),
            number(layer["latency_cycles"]),
            ", ".join(f"{number(count)} {name}" for name, count in layer["unrolled"].items()),
        )
        for layer in predicted["layers"]
    ]
    yield from table(("HLS layer (predicted)", "loops", "interval", "latency", "in one cycle"), rows, right=(1, 2, 3))
