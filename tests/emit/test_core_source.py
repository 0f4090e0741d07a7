"""The printed core: stable bytes, stable names, read without a warning by the tools, and free of learned values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from speckleforge.emit.board.wrapper import TOP
from speckleforge.emit.core_source import core_source
from speckleforge.emit.registers import Access, register_map
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import DesignError
from speckleforge.fixed.types import signed
from speckleforge.ir.design import Design, Instance, parse_design, print_design
from speckleforge.ir.types import TensorType
from speckleforge.layers import kernel_class, op_class
from speckleforge.tools.find import find_tool, installed
from speckleforge.tools.process import minimal_environment, run_tool
from tests.emit.board.test_wrapper import pll_model
from tests.emit.designs import chain, head_only, small
from tests.networks import topology

needs_verilator = pytest.mark.skipif(installed("verilator") is None, reason="needs verilator")


@pytest.fixture(scope="module")
def target() -> dict[str, Any]:
    text = (Path(__file__).parents[2] / "targets" / "ulx3s-25f.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def write(files: dict[str, str], folder: Path) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def lint(folder: Path, top: str, names: list[str]) -> None:
    """Verilator with all warnings as errors."""
    tool = find_tool("verilator")
    command = [*tool.command, "--lint-only", "-Wall", "--top-module", top, *names]
    run_tool(command, cwd=folder, log=folder / "lint.log", env=minimal_environment(tool.env))


DESIGNS = {
    "small": small,
    "wide": lambda: small(4, fold=0.0),
    "pairs": lambda: small(2, fold=0.0, arithmetic="dsp2"),
    "tables": lambda: small(2, fold=0.0, arithmetic="da"),
    "folded, one bank": lambda: small(1, fold=1.0, banks=1),
    "gearbox": lambda: small(3, repack={"conv2d_1": 2}),
    "one slot": lambda: head_only(7, 1, 1, 1),
    "one word": lambda: head_only(3, 3, 4, 4, 1),
    "an image into the head": lambda: chain(
        topology(
            [("maxpool2d", {"size": 2}), ("flatten", {}), ("head", {"prototypes": 2})],
            TensorType(signed(4), (2, 4, 6)),
        ),
        2,
    ),
}


@pytest.mark.tools
@needs_verilator
@pytest.mark.parametrize("name", DESIGNS)
def test_the_core_is_lint_clean(name: str, tmp_path: Path) -> None:
    files = rtl_files(DESIGNS[name](), {})
    write(files, tmp_path)
    index = json.loads(files["files.json"])
    lint(tmp_path, "sf_core", [*index["models"], *index["core_files"]])


@pytest.mark.tools
@needs_verilator
def test_the_board_top_is_lint_clean(target: dict[str, Any], tmp_path: Path) -> None:
    files = rtl_files(small(interface="uart"), target)
    write(files | {"EHXPLLL.v": pll_model()}, tmp_path)
    index = json.loads(files["files.json"])
    assert index["top"] == TOP
    assert index["core"] == "sf_core"
    lint(tmp_path, TOP, ["EHXPLLL.v", *index["models"], *index["files"]])


@pytest.mark.tools
@pytest.mark.skipif(installed("pyosys") is None, reason="needs pyosys")
def test_yosys_reads_it_and_finds_no_latch(tmp_path: Path) -> None:
    files = rtl_files(head_only(), {})
    write(files, tmp_path)
    names = " ".join(json.loads(files["files.json"])["core_files"])
    passes = [f"read_verilog -sv {names}", "hierarchy -check -top sf_core", "proc", "flatten", "opt_clean"]
    passes += ["memory_collect", "check -assert", "select -assert-none t:$dlatch", "select -assert-min 3 t:$mem_v2"]
    lines = ["from pyosys import libyosys as ys", "design = ys.Design()"]
    lines += [f"ys.run_pass({text!r}, design)" for text in passes]
    (tmp_path / "read.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_tool([*find_tool("pyosys").command, "read.py"], cwd=tmp_path, log=tmp_path / "yosys.log")


def test_the_same_design_gives_the_same_bytes() -> None:
    first = small()
    again = parse_design(print_design(first), op_class, kernel_class)
    assert rtl_files(first, {}) == rtl_files(again, {})


def test_another_folding_changes_the_core_but_not_the_weight_layout() -> None:
    one, other = rtl_files(small(fold=0.0), {}), rtl_files(small(fold=1.0), {})
    assert one["sf_core.sv"] != other["sf_core.sv"]
    assert one["boot.hex"] == other["boot.hex"]


def test_without_a_boot_image_only_the_boot_memory_differs() -> None:
    one, other = small(), small(boot=False)
    assert parse_design(print_design(other), op_class, kernel_class) == other
    assert len(rtl_files(other, {})["boot.hex"].split()) == other.boot_bytes < one.boot_bytes
    assert one.layout == other.layout
    with pytest.raises(DesignError, match="boots from its bitstream"):
        small(interface="uart", boot=False)


def test_names_are_those_of_the_design() -> None:
    design = small(3, repack={"conv2d_1": 2})
    text = core_source(design)
    for item in design.instances:
        assert re.search(rf"\) u_{item.name} \(", text), item.name
        assert f".out_data (s_{item.name}_data)" in text.replace("  ", " ")
    assert design.design_id in text
    assert len(re.findall(r"^\s+\.par_valid", text, re.MULTILINE)) == 1 + len({s.node for s in design.layout.segments})


def test_every_file_is_listed_once_and_ordered() -> None:
    files = rtl_files(small(), {})
    index = json.loads(files["files.json"])
    names = index["files"]
    assert len(names) == len(set(names))
    assert index["models"] == ["models/DSP48E2.sv"]  # a simulation's, never given to synthesis
    assert {*names, *index["models"]} == {name for name in files if name.endswith(".sv")}
    assert not set(names) & set(index["models"])
    assert names[-1] == "sf_core.sv"
    for text in files.values():
        assert str(Path(__file__).parents[2]) not in text
        assert "/tmp/" not in text


def test_only_the_kernels_in_use_are_copied() -> None:
    assert "sf_conv2d.sv" not in rtl_files(head_only(), {})
    assert "sf_conv2d.sv" in rtl_files(small(), {})


def test_a_chain_without_a_head_is_refused() -> None:
    design = small()
    head = design.instances[-1]
    last = design.instances[-2]
    shorter = Design(
        type(design.topology)(design.topology.nodes[:-1]),
        design.settings,
        (*design.instances[:-2], Instance(last.name, last.kernel, last.boundary)),
    )
    assert head.kernel.kind == "head"
    with pytest.raises(DesignError, match="a core needs a head"):
        rtl_files(shorter, {})


def test_register_addresses_are_unique_and_constants_tell_the_design() -> None:
    design = small()
    registers = register_map(design)
    assert len({r.address for r in registers}) == len({r.name for r in registers}) == len(registers)
    values = {r.name: r.value for r in registers if r.access is Access.CONSTANT}
    assert values["layout_id"] == design.layout.layout_id
    assert values["image_bytes"] == design.layout.image_bytes
    assert values["slots"] == 3
    for register in registers:
        taken = [bit for b in register.bits for bit in range(b.low, b.high + 1)]
        assert len(taken) == len(set(taken)), register.name
