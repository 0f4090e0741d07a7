"""The HLS sources of a build, apart from the SystemVerilog: two hardwares, never in one line.

Takes prediction and verification; gives one record. What no HLS tool has made is null: `never csynthesised`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speckleforge.report.markdown import STAGES, Record, number, table
from speckleforge.report.page_vivado import critical
from speckleforge.report.quantity import dig, missing

ENGINE = "hls_csim"
NO_IP = "Vivado did not run on the packed IP"
Found = Mapping[str, Any]


def hls_record(found: Found) -> dict[str, Any]:
    """Prediction, C simulation, and what an HLS tool, or Vivado on the IP that it packed, obtained."""
    predicted = dig(found, "prediction", "hls")
    csynth, cosim = found.get("csynth") or {}, found.get("cosim") or {}
    reason = csynth.get("reason") or dig(predicted, "csynth", "reason") or "not predicted"
    return {
        "implementation": "hls",
        "predicted": predicted,
        "csim": _csim(found.get("verification")),
        "csynth": csynth or missing(reason),
        "cosim": _cosim(cosim if cosim.get("cosim") else csynth, found),
        "latency_cycles": csynth.get("latency_cycles") or missing(reason),
        "interval_cycles": csynth.get("interval_cycles") or missing(reason),
        "resources": csynth.get("resources") or missing(reason),
        "vivado": found.get("vivado_ip") or missing(NO_IP),
    }


def _cosim(record: Found, found: Found) -> dict[str, Any]:
    """Of a vendor's tool. `current`: whether it ran with this build's weights; None where its results do not tell."""
    if not record.get("cosim"):
        return missing("never co-simulated")
    of, now = record.get("weights_sha256"), dig(found, "weights", "sha256")
    return {**record["cosim"], "current": None if of is None or now is None else of == now}


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


def _obtained(found: Record) -> Iterator[str]:
    """What tools made of the sources, or that none has."""
    csynth, vivado = found["csynth"], found["vivado"]
    if csynth.get("tool") is None:
        yield f"- Obtained by an HLS tool: nothing: {csynth['reason']}."
        return
    cycles = f"{_most(csynth, 'interval_cycles')} / {_most(csynth, 'latency_cycles')} cycles"
    yield f"- Interval / latency: {cycles}, estimated by {csynth['tool']} ({_made(csynth)});"
    yield f"  {_counts(csynth['resources'])}."
    yield from critical(csynth)
    cosim = found["cosim"]
    if cosim.get("status"):
        cycles = f"{_most(cosim, 'interval_cycles')} / {_most(cosim, 'latency_cycles')} cycles"
        old = "; **with other weights than this build's**" if cosim["current"] is False else ""
        yield f"- Co-simulation: {cosim['status']}, {cycles} at most (simulated, {csynth['tool']}){old}."
    if vivado.get("tool"):
        fmax = vivado["fmax_mhz"]
        clock = f"fmax {number(fmax['value'])} MHz" if fmax.get("value") is not None else fmax["reason"]
        yield f"- The packed IP in {vivado['tool']} ({_made(vivado)}): {_counts(vivado['resources'])}; {clock}."
        yield from critical(vivado)
    elif vivado["reason"] != NO_IP:
        yield f"- The packed IP in Vivado: {vivado['reason']}."


def _made(record: Record) -> str:
    """How far the figures are from hardware, and where they were made, if elsewhere."""
    stage = STAGES.get(record["stage"], record["stage"])
    return f"{stage}, {record['from']}" if record.get("from") else str(stage)


def _most(record: Record, name: str) -> str:
    found = record[name]
    return number(found["value"]) if found.get("value") is not None else "?"


def _counts(resources: Record) -> str:
    """`LUT 1,234, FF 5,678`."""
    return ", ".join(f"{name.upper()} {number(found['value'])}" for name, found in resources.items())


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
    yield from _obtained(found)
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
