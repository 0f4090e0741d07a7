"""Carries that nothing takes, in the netlist that yosys 0.70 wrote for `netlists/sf_core.sv`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speckleforge.synth.ecp5_netlist import end_carries
from speckleforge.synth.execute import execute
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.find import installed

TEXT = (Path(__file__).parent / "netlists" / "ecp5.json").read_text(encoding="utf-8")


def carries(text: str) -> dict[str, Any]:
    cells = json.loads(text)["modules"]["sf_core"]["cells"]
    return {name: cell["connections"] for name, cell in cells.items() if cell["type"] == "CCU2C"}


def test_only_the_carries_that_nothing_takes_end() -> None:
    before, after = carries(TEXT), carries(end_carries(TEXT))
    taken = {bit for pins in before.values() for bit in pins.get("CIN", ())}
    ended = {name for name, pins in after.items() if pins.get("COUT") == ["x"]}
    assert ended == {name for name, pins in before.items() if pins.get("COUT") and pins["COUT"][0] not in taken}
    assert len(ended) == 2  # of two adders
    for name, pins in before.items():
        assert {**pins, "COUT": None} == {**after[name], "COUT": None}
        assert name in ended or pins.get("COUT") == after[name].get("COUT")


def test_everything_else_stays() -> None:
    before, after = json.loads(TEXT), json.loads(end_carries(TEXT))
    for netlist in (before, after):
        for cell in netlist["modules"]["sf_core"]["cells"].values():
            if cell["type"] == "CCU2C":
                cell["connections"].pop("COUT", None)
    assert before == after


def test_a_carry_that_leaves_the_design_stays() -> None:
    cell = {"type": "CCU2C", "connections": {"COUT": [5]}}
    module = {"cells": {"c": cell}, "ports": {"carry": {"direction": "output", "bits": [5]}}}
    assert json.loads(end_carries(json.dumps({"modules": {"top": module}})))["modules"]["top"] == module


@pytest.mark.tools
@pytest.mark.skipif(not all(map(installed, ("pyosys", "nextpnr-ecp5"))), reason="needs pyosys, nextpnr-ecp5")
def test_nextpnr_takes_it_and_uses_less(tmp_path: Path) -> None:
    source = Path(__file__).parent / "netlists" / "sf_core.sv"
    script = f"read_verilog -sv {source}\nsynth_ecp5 -top sf_core\nwrite_json n.json\n"
    execute(Plan((("s.ys", script),), (Command("pyosys", ("s.ys",)),), ("n.json",)), tmp_path, tmp_path / "log")
    text = (tmp_path / "n.json").read_text(encoding="utf-8")
    used = []
    for name, netlist in (("before", text), ("after", end_carries(text))):
        arguments = ("--25k", "--package", "CABGA381", "--json", f"{name}.json", "--lpf-allow-unconstrained",
                     "--pack-only", "--write", f"{name}.out", "--quiet")  # fmt: skip
        plan = Plan(((f"{name}.json", netlist),), (Command("nextpnr-ecp5", arguments),), (f"{name}.out",))
        execute(plan, tmp_path, tmp_path / "log")
        modules = json.loads((tmp_path / f"{name}.out").read_text(encoding="utf-8"))["modules"]
        used.append(sum(cell["type"] == "TRELLIS_COMB" for m in modules.values() for cell in m["cells"].values()))
    assert used[0] - used[1] == 4  # two carries, two halves of a block each
