"""The hardware of a build. Takes prediction, synthesis, placement, timing and simulation; gives one record.

All of it describes the SystemVerilog (`rtl`). A time needs a clock that timing analysis confirms; else it is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.report.power import activity_part, power_part
from speckleforge.report.quantity import Quantity, as_quantity, dig, missing, quantity
from speckleforge.units import cycles_to_us

AMOUNTS = ("lut", "ff", "dsp", "bram", "lutram")
NOT_RUN = "Vivado did not run on these sources"
VIVADO_PART = (
    *("tool", "stage", "from", "steps", "timing", "power", "rules"),
    *("critical_warnings", "critical_warning_count"),
)
Found = Mapping[str, Any]


def hardware_record(spec: Found, target: Found, found: Found) -> dict[str, Any]:
    """Clock, cycles, resources and layers."""
    latency, interval = _cycles("latency_cycles", found), _cycles("interval_cycles", found)
    fmax = _fmax(found)
    return {
        "implementation": "rtl",
        "clock_mhz": quantity(spec["clock_mhz"], "target"),
        "fmax_mhz": fmax,
        "vivado": vivado_part(found),
        "power": power_part(found),
        "activity": activity_part(found),
        "critical_path": dig(found, "timing", "critical_path"),
        "placements": dig(found, "timing", "placements"),
        "latency_cycles": latency,
        "interval_cycles": interval,
        "latency_us": _time(latency, spec["clock_mhz"], fmax),
        "block_latency_us": _block(latency, fmax, spec["clock_mhz"], found),
        "link_frame_us": _link(found),
        "needs_clock_mhz": _needs(spec, latency, interval, dig(found, "prediction", "block", "interval_cycles") or 0),
        "resources": _resources(target, found),
        "structure": dig(found, "synthesis", "structure"),
        "predicted": predicted_record(found),
        "blocks": block_rows(found),
        "slr": target.get("slr"),
        "shell": target.get("shell"),
        "bandwidth": dig(found, "prediction", "bandwidth"),
    }


def _cycles(name: str, found: Found) -> Quantity:
    """Simulated cycles; else predicted ones, which say so."""
    about: dict[str, Any] = {"from": "first input word"} if name == "latency_cycles" else {}
    cycles = dig(found, "verification", "cycles")
    if dig(cycles, name) is not None:
        if about:
            about["after_last_word"] = dig(cycles, "after_last_word")
        return quantity(cycles[name], "simulated", "verilator", as_predicted=cycles.get("as_predicted"), **about)
    predicted = as_quantity(dig(found, "prediction", name), "predicted", "cycle model")
    return {**predicted, **about} if predicted else missing("neither simulated nor predicted")


def _fmax(found: Found) -> Quantity:
    """Of timing analysis; else the reason why there is none."""
    placed = dig(found, "vivado", "fmax_mhz") or dig(found, "timing", "fmax_mhz")
    refused = found.get("vivado") if dig(found, "vivado", "reason") else None  # results that are not of this build
    return dict(placed or refused or dig(found, "synthesis", "fmax_mhz") or missing("no timing analysis took part"))


def vivado_part(found: Found) -> dict[str, Any]:
    """What Vivado said of the SystemVerilog besides counts and clock; null with the reason where it did not run."""
    record = found.get("vivado") or {}
    if record.get("tool") is None:
        return missing(record.get("reason") or NOT_RUN)
    return {name: record[name] for name in VIVADO_PART if name in record}


def _time(latency: Quantity, clock_mhz: float, fmax: Quantity) -> Quantity:
    """Latency as a time, where the clock is confirmed."""
    if latency.get("value") is None:
        return missing(latency["reason"])
    if fmax.get("value") is None:
        return missing(f"a time needs a confirmed clock: {fmax.get('reason', 'fmax is not known')}")
    if fmax["value"] < clock_mhz:
        return missing(f"the clock of {clock_mhz:g} MHz is not met: fmax is {fmax['value']:g} MHz")
    value = round(cycles_to_us(latency["value"], clock_mhz), 4)
    return quantity(value, latency["stage"], latency.get("tool"), clock_mhz=clock_mhz)


def _block(latency: Quantity, fmax: Quantity, clock_mhz: float, found: Found) -> Quantity:
    """Latency of the block on its stream: the core's, and what its edges are predicted to add at most."""
    block = dig(found, "prediction", "block")
    if block is None:
        return missing("no block on a stream was planned")
    core = _time(latency, clock_mhz, fmax)
    if core.get("value") is None:
        return {**core, "edges_us": round(block["added_us"], 4)}
    about = {"core_us": core["value"], "edges_us": round(block["added_us"], 4), "edges_from": block["source"]}
    return quantity(round(core["value"] + block["added_us"], 4), "predicted", "cycle model", **about)


def _link(found: Found) -> Quantity:
    """How long the input link takes for a frame's payload alone: the core's latency begins where that ends.

    Where only the stream of a block is known, that is the link.
    """
    rows = [row for row in dig(found, "prediction", "bandwidth") or () if row["available_mbps"]]
    row = next((row for name in ("input link", "input stream") for row in rows if row["name"] == name), None)
    if row is None:
        return missing("the board's file does not say what its link carries")
    about = {"through": row["through"], "bits": row["bits_per_frame"], "mbps": row["available_mbps"]}
    return quantity(round(row["bits_per_frame"] / row["available_mbps"], 4), "predicted", "link rate", **about)


def _needs(spec: Found, latency: Quantity, interval: Quantity, edges: int) -> dict[str, Any]:
    """The clock with which these cycles reach what the spec asks for; `edges`: a block's cycles between two frames."""
    needs: dict[str, float] = {}
    if spec.get("latency_us") and latency.get("value") is not None:
        needs[f"{spec['latency_us']:g} us"] = latency["value"] / spec["latency_us"]
    if spec.get("frame_rate_khz") and interval.get("value") is not None:
        needs[f"{spec['frame_rate_khz']:g} kHz frames"] = max(interval["value"], edges) * spec["frame_rate_khz"] / 1000
    if not needs:
        return missing("cycles are not known")
    return {"for": " and ".join(needs), "value": round(max(needs.values()), 3)}


def _resources(target: Found, found: Found) -> dict[str, Any]:
    """Per resource: placed, else synthesised, else predicted; against the board."""
    return {name: _resource(name, target, found) for name in AMOUNTS}


def _resource(name: str, target: Found, found: Found) -> Quantity:
    """One resource from the latest stage that knows it."""
    for role in ("vivado", "placement", "synthesis"):
        record = dig(found, role, "resources", name)
        if dig(record, "value") is not None:
            return dict(record)
    value, available = dig(found, "prediction", "resources", name), target["resources"][name]["count"]
    value = value["value"] if isinstance(value, Mapping) else value
    if value is None:
        return missing("neither synthesised nor predicted") | {"available": available}
    share = round(value / available, 6) if available else None
    return quantity(value, "predicted", "cost model", available=available, share=share)


def predicted_record(found: Found) -> dict[str, Any] | None:
    """The planner's view: totals and one row per kernel."""
    prediction = found.get("prediction")
    if prediction is None:
        return None
    keys = ("resources", "latency_cycles", "interval_cycles", "layers", "overhead", "limits", "fit_error", "slr")
    return {"stage": "predicted", **{key: prediction[key] for key in keys if key in prediction}}


def block_rows(found: Found) -> list[dict[str, Any]]:
    """Per kernel, and for the rest of the core: what was predicted and what synthesis made of it.

    Synthesis maps every kernel on its own, so each is compared by its instance name; the rest remains of the sum.
    """
    kernels, built = dig(found, "prediction", "layers") or [], _synthesised(found)
    rows = []
    for kernel in kernels:
        obtained = built.get(f"u_{kernel['name']}")
        rows.append({"name": kernel["name"], "kind": kernel["kind"], **_pairs(kernel["resources"], obtained)})
    total, overhead = dig(found, "synthesis", "modules"), dig(found, "prediction", "overhead")
    if kernels and overhead:
        rest = None
        if total and all(row["lut"]["synthesised"] is not None for row in rows):
            rest = {n: total[0]["resources"][n] - sum(row[n]["synthesised"] for row in rows) for n in AMOUNTS}
        rows.append({"name": "overhead", "kind": "", **_pairs(overhead, rest)})
    return rows


def _synthesised(found: Found) -> dict[str, Found]:
    """Resources of each instance that synthesis kept apart, by its name without the path."""
    modules = dig(found, "synthesis", "modules") or []
    return {path.rpartition(".")[2]: m["resources"] for m in modules for path in m.get("instance_names") or ()}


def _pairs(predicted: Found, obtained: Found | None) -> dict[str, dict[str, Any]]:
    return {n: {"predicted": predicted[n], "synthesised": obtained[n] if obtained else None} for n in AMOUNTS}
