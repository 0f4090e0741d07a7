"""Planted faults turn verification red, and it names layer, element and both values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import QUICKSTART, Forge

pytestmark = pytest.mark.built


def verdict(home: Path, source: str, before: str, after: str) -> str:
    """What `forge build --to verify` says with `before` replaced in one source file."""
    path = home / "speckleforge" / source
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    command = [sys.executable, "-m", "speckleforge.cli.main", "build", str(QUICKSTART), "--to", "verify"]
    command += ["--cache", "cache", "--out", "fault"]
    environment = {**os.environ, "PYTHONPATH": str(home)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=home, env=environment, check=False)
    finally:
        path.write_text(text, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr[done.stderr.index("error:") :]


def test_a_fault_in_a_kernel_is_named(forge: Forge) -> None:
    home: Path = forge.home  # type: ignore[attr-defined]
    error = verdict(home, "layers/rtl/sf_max_tree.sv", "(a ^ FLIP) > (b ^ FLIP)", "(a ^ FLIP) < (b ^ FLIP)")
    assert "rtl" in error
    assert "maxpool2d_1" in error
    assert "channel" in error
    assert "row" in error


def test_a_fault_in_a_golden_vector_is_named(forge: Forge) -> None:
    home: Path = forge.home  # type: ignore[attr-defined]
    save = '        np.save(folder / f"{node.name}.npy"'
    fault = '        values[node.name].reshape(-1)[7] ^= int(node.name == "relu_2")\n'
    error = verdict(home, "export/vectors.py", save, fault + save)
    assert "relu_2" in error
    assert "channel 0" in error
