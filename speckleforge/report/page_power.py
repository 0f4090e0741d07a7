"""The page's section on switching activity, and lines on power. Takes the record; gives Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.report.markdown import Record, number, percent, table

ACTIVITIES = {"simulation": "simulated activity", "vectorless": "assumed activity (vectorless)"}


def activity(record: Record) -> Iterator[str]:
    """Toggles by kernel; nothing where they were not simulated."""
    found = record["hardware"].get("activity") or {}
    if not found.get("tool"):
        return
    yield "## Switching activity"
    yield ""
    each = number(found["cycles"] // found["patterns"])
    yield (
        f"{found['patterns']} test patterns, a frame every {each} cycles, {number(found['cycles'])} cycles (simulated, "
        f"{found['tool']}, weights {found['image_id']}). Neither the load of the weights nor glitches are in it: the "
        f"simulation has no delays. A net counts once for each name in the hierarchy; the clock's are left out."
    )
    yield ""
    rows = [
        (kernel["name"], number(kernel["nets"]), number(kernel["toggles"]), *_rate(kernel, found))
        for kernel in [*found["kernels"], {**found, "name": "sum"}]
    ]
    yield from table(("kernel", "nets", "toggles", "per net and cycle", "share"), rows, right=(1, 2, 3, 4))
    if record["hardware"]["power"].get("total_on_chip_w") is None:
        yield f"Power: not known ({record['hardware']['power']['reason']}); toggles are no watts."
        yield ""


def _rate(kernel: Record, found: Record) -> tuple[str, str]:
    share = kernel["toggles"] / found["toggles"] if found["toggles"] else None
    return number(kernel["toggles_per_net_and_cycle"]), percent(share)


def power_lines(power: Record) -> Iterator[str]:
    """Vivado's estimate, the activity that it rests on, and the one without beside it."""
    if power.get("total_on_chip_w") is None:
        return
    about = [f"confidence {power['total_on_chip_w']['confidence']}"]
    about.append(ACTIVITIES.get(str(power.get("activity")), "activity not told"))
    if power.get("nets_matched"):
        about.append(f"nets matched {power['nets_matched']}")
    if power.get("rests_on"):
        about.append(f"{power['rests_on']['patterns']} patterns, weights {power['rests_on']['image_id']}")
    if power.get("current") is False:
        about.append("**of other weights than this build's**")
    if power.get("junction_exceeded"):
        about.append("**the junction would get hotter than it may**")
    yield f"- Power, Vivado's estimate: {_watts(power)}; {', '.join(about)}."
    if power.get("vectorless"):
        yield f"- Without simulated activity Vivado estimates {_watts(power['vectorless'])}."


def _watts(power: Record) -> str:
    total, dynamic, static = (power[name]["value"] for name in ("total_on_chip_w", "dynamic_w", "static_w"))
    return f"{number(total)} W, dynamic {number(dynamic)} W, static {number(static)} W"
