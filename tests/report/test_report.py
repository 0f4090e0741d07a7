"""The record and the page: what they say, and what they refuse to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.report import stage
from speckleforge.report.page import page
from speckleforge.spec import load_spec

SPECS = Path(__file__).parents[2] / "specs"
RESOURCES = {"lut": 1200, "ff": 900, "dsp": 12, "bram": 7, "lutram": 40}


def accuracy(mean: float) -> dict[str, Any]:
    return {"mean": mean, "ci95": [mean - 0.01, mean + 0.01], "particles": 12, "episodes": 240}


def used(stage: str, tool: str, names: tuple[str, ...]) -> dict[str, Any]:
    found = {"available": 24288, "share": 0.05, "stage": stage, "tool": tool}
    return {name: {"value": RESOURCES[name] + 50 * (stage != "synthesised"), **found} for name in names}


def results() -> dict[str, Any]:
    """Results as the stages give them, for a spec that is placed and routed."""
    layer = {
        "name": "conv2d_1",
        "kind": "conv2d",
        "interval_cycles": 900,
        "resources": RESOURCES,
        "folding": {"fifo": 4},
    }
    top = {
        "name": "sf_top",
        "instances": 1,
        "instance_names": [],
        "resources": {n: 2 * c for n, c in RESOURCES.items()},
    }
    module = {"name": "sf_conv2d", "instances": 1, "instance_names": ["u_core.u_conv2d_1"], "resources": RESOURCES}
    verification = {"patterns": 32, "engines": ["reference", "rtl"], "mismatches": 0}
    cycles = {"latency_cycles": 5000, "interval_cycles": 4000, "after_last_word": 70, "as_predicted": True}
    scenario = {"name": "broken frames", "frames": 12, "holds": True}
    floats, integers = {"k5": accuracy(0.85)}, {"k5": accuracy(0.84)}
    return {
        "training": {"accuracy": {"float": {"k5": accuracy(0.85)}}, "best_epoch": 3},
        "accuracy": {"float": floats, "integer": integers, "single_vs_multi": {"balanced": 0.7}},
        "verification": {**verification, "cycles": cycles, "scenarios": [scenario]},
        "prediction": {
            "resources": RESOURCES,
            "latency_cycles": 4990,
            "interval_cycles": 4000,
            "layers": [layer],
            "overhead": {n: c // 2 for n, c in RESOURCES.items()},
        },
        "synthesis": {
            "resources": used("synthesised", "yosys 0.70", tuple(RESOURCES)),
            "modules": [top, module],
            "fmax_mhz": {"value": None, "reason": "not placed and routed yet"},
        },
        "placement": {"resources": used("placed_and_routed", "nextpnr-ecp5 0.11", ("lut", "ff", "dsp", "bram"))},
        "timing": {"fmax_mhz": {"value": 60.5, "stage": "placed_and_routed", "tool": "nextpnr-ecp5 0.11"}},
        "weights": {"image_bytes": 5000, "layout_id": "00aa", "image_id": "bb00", "segments": []},
        "bitstream": {"sha256": "ab" * 32, "bytes": 421225},
    }


def record(spec: str, found: dict[str, Any]) -> dict[str, Any]:
    return stage.build_record(load_spec(SPECS / f"{spec}.yaml").slice("report"), found)


def gate(built: dict[str, Any], name: str) -> dict[str, Any]:
    return next(gate for gate in built["gates"] if gate["name"] == name)


def test_the_latest_stage_wins_and_says_so() -> None:
    hardware = record("quickstart", results())["hardware"]
    assert hardware["resources"]["lut"]["stage"] == "placed_and_routed"
    assert hardware["resources"]["lutram"]["stage"] == "synthesised", "place and route did not count it"
    assert hardware["latency_cycles"] == {
        "value": 5000, "stage": "simulated", "tool": "verilator",
        "from": "first input word", "after_last_word": 70, "as_predicted": True,
    }  # fmt: skip
    assert hardware["latency_us"] == {"value": 200.0, "stage": "simulated", "tool": "verilator", "clock_mhz": 25.0}
    assert hardware["needs_clock_mhz"] == {"for": "300 us", "value": 16.667}
    assert hardware["blocks"][0]["lut"] == {"predicted": 1200, "synthesised": 1200}
    assert hardware["blocks"][1]["name"] == "overhead"
    assert hardware["blocks"][1]["lut"] == {"predicted": 600, "synthesised": 1200}


def test_the_page_shows_the_error_of_the_prediction() -> None:
    text = page(record("quickstart", results()))
    assert "| sum |  |  | 1,800 / 2,400 |" in text
    assert "| error |  |  | -25.0 % |" in text


def test_gates_hold_or_do_not() -> None:
    built = record("quickstart", results())
    assert gate(built, "accuracy_k5")["holds"] is True
    assert gate(built, "latency_us")["holds"] is True
    assert gate(built, "utilisation_lut")["holds"] is True
    worse = results()
    worse["accuracy"]["integer"]["k5"]["mean"] = 0.2
    assert gate(record("quickstart", worse), "accuracy_k5")["holds"] is False


def test_without_a_timing_model_there_is_no_time() -> None:
    found = {key: value for key, value in results().items() if key not in ("timing", "placement", "bitstream")}
    built = record("kcu1500", found)
    hardware = built["hardware"]
    assert hardware["fmax_mhz"] == {"value": None, "reason": "not placed and routed yet"}
    assert hardware["latency_us"]["value"] is None
    assert "confirmed clock" in hardware["latency_us"]["reason"]
    assert gate(built, "latency_us")["holds"] == "not_established"
    assert gate(built, "latency_us")["needs_clock_mhz"] == pytest.approx(2500)  # 5,000 cycles in 2 us
    assert gate(built, "latency_cycles") == {
        "name": "latency_cycles", "rule": "at_most", "limit": 400, "value": 5000, "stage": "simulated", "holds": False,
    }  # fmt: skip
    assert built["bitstream"]["value"] is None
    assert "No bitstream" in stage.page(built)


def test_the_links_time_stands_beside_the_latency() -> None:
    found = results()
    row = {"name": "input link", "bits_per_frame": 8192, "available_mbps": 0.8, "through": "usb_serial"}
    found["prediction"]["bandwidth"] = [row | {"enough": False, "frame_rate_khz": 0.0977}]
    built = record("quickstart", found)
    assert built["hardware"]["link_frame_us"]["value"] == 10240.0
    assert "through usb_serial: 10,240 us (predicted, link rate), 8,192 bits at 0.8 Mb/s." in page(built)


def test_the_blocks_latency_stands_beside_the_cores_and_no_gate_takes_it() -> None:
    found = results()
    found["prediction"]["block"] = {"added_us": 0.124, "interval_cycles": 4300, "source": "modules"}
    built = record("quickstart", found)
    hardware = built["hardware"]
    assert hardware["latency_us"]["value"] == 200.0
    block = hardware["block_latency_us"]
    assert (block["value"], block["stage"], block["core_us"]) == (200.124, "predicted", 200.0)
    assert "- Latency of the block on its stream: 200.124 us" in page(built)
    assert "its edges add 0.124 us" in page(built)
    assert gate(built, "latency_us")["value"] == 200.0
    found["timing"]["fmax_mhz"]["value"] = 1.0
    assert record("quickstart", found)["hardware"]["block_latency_us"]["value"] is None


def test_the_gearbox_of_a_block_needs_its_clock() -> None:
    found = results()
    found["prediction"]["block"] = {"added_us": 0.124, "interval_cycles": 4300, "source": "modules"}
    built = record("kcu1500-w4a4", found)
    assert built["hardware"]["needs_clock_mhz"]["value"] == 4300


def test_the_structure_of_the_netlist_is_shown() -> None:
    found = results()
    path = {"name": "u_conv2d_1", "levels": 6, "kinds": {"carry": 5, "lut": 1}, "start": "a", "end": "b"}
    sets = {"count": 285, "registers": 15117, "clocks": 1, "enables": 213, "resets": 86, "small": 199}
    lutram = {
        "luts": 2035,
        "write_ports": 130,
        "slices": 255,
        "available": 36720,
        "share": 0.007,
        "of_all_slices": 82920,
    }
    structure = {"control_sets": sets, "lutram": lutram, "paths": [path], "latches": [], "loop": []}
    found["synthesis"]["structure"] = structure
    built = record("kcu1500", found)
    assert built["hardware"]["structure"] == structure
    text = stage.page(built)
    assert "Control sets: 285 for 15,117 registers (clocks 1, enables 213, resets 86),\n" in text
    assert "fill at least 255 of the 36,720\n  slices that can hold it (0.7 %); 44.3 % of all slices can." in text
    assert "| u_conv2d_1 | 6 | 5 carry, 1 lut | a to b |" in text
    assert "Latches: 0. Combinational loops: 0." in text


def test_a_sweep_over_seeds_is_shown() -> None:
    found = results()
    trials = [{"seed": 1, "fmax_mhz": 24.5, "failure": None}, {"seed": 2, "fmax_mhz": 60.5, "failure": None}]
    trials.insert(1, {"seed": 9, "fmax_mhz": None, "failure": "cannot be routed"})
    found["timing"]["placements"] = {"chosen": 2, "trials": trials}
    text = page(record("quickstart", found))
    assert "seed 2 of 3 tried (fmax in MHz by seed: 1: 24.5, 2: 60.5; 1 gave no result)" in text
    assert "- Placement: seed" not in page(record("quickstart", results()))


def test_a_missed_clock_gives_no_time() -> None:
    found = results()
    found["timing"]["fmax_mhz"]["value"] = 20.0
    assert "not met" in record("quickstart", found)["hardware"]["latency_us"]["reason"]


def test_a_prediction_establishes_nothing() -> None:
    found = {"prediction": results()["prediction"]}
    built = record("kcu1500", found)
    verdicts = {gate["name"]: gate["holds"] for gate in built["gates"]}
    assert set(verdicts.values()) == {"not_established"}
    assert built["hardware"]["resources"]["lut"]["stage"] == "predicted"


@pytest.mark.parametrize("name", ["quickstart", "kcu1500"])
def test_with_nothing_every_null_has_a_reason(name: str) -> None:
    built = record(name, {})
    nulls: list[Any] = []

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            if "value" in value and value["value"] is None:
                nulls.append(value)
            for item in value.values():
                visit(item)
        elif isinstance(value, list):
            for item in value:
                visit(item)

    visit(built)
    assert nulls
    assert all(item.get("reason") for item in nulls)
    assert stage.page(built).startswith(f"# {name}\n")


def test_the_page_says_what_matters() -> None:
    text = stage.page(record("quickstart", results()))
    for words in (
        "2 executions agree on every element of 32 test patterns",
        "Accuracy of the hardware's integers, 5 shots: 0.840 (0.830 to 0.850); simulation, photons, condition `",
        "5,000 cycles (simulated, verilator)",
        "| broken frames | 12 | holds |",
        "exactly those of the cycle model; 70 pass",
        "Latency as a time: 200 us at 25 MHz (simulated, verilator)",
        "| LUT | 1,250 | 24,288 |",
        "nextpnr-ecp5 0.11",
        "| accuracy_k5 | at least 0.78 | 0.84 | holds |",
        "nothing here was measured on a board",
    ):
        assert words in text


def test_a_mismatch_is_not_hidden() -> None:
    found = results()
    found["verification"] |= {"mismatches": 3}
    text = stage.page(record("quickstart", found))
    assert "differ: 3 mismatches" in text
    assert "rtl: 3 mismatches" in text


def test_the_stage_writes_its_two_outputs(tmp_path: Path) -> None:
    inputs = {}
    for role, value in results().items():
        inputs[role] = tmp_path / f"{role}.json"
        inputs[role].write_text(json.dumps(value), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    stage.run(StageContext(load_spec(SPECS / "quickstart.yaml").slice("report"), inputs, out, tmp_path))
    assert sorted(path.name for path in out.iterdir()) == ["record.json", "report.md"]
    assert json.loads((out / "record.json").read_text(encoding="utf-8"))["model"]["parameters"] == 4960
