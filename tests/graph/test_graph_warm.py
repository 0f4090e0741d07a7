"""A build in which nothing changed runs nothing and loads nothing heavy (how long: `benchmarks/warm_build.py`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from speckleforge.graph.keys import PACKAGES

WARM = Path(__file__).parent / "warm.py"


def warm(command: list[str], packages: Path) -> list[str]:
    """Statuses of the stages, then the heavy packages that the process loaded."""
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()


def test_a_build_of_hits_loads_neither_a_scheduler_nor_a_numerical_package(tmp_path: Path) -> None:
    # A copy of the package: an edit while the test runs would be a reason to rebuild.
    shutil.copytree(PACKAGES["speckleforge"], tmp_path / "speckleforge")
    (tmp_path / "targets").symlink_to(PACKAGES["speckleforge"].parent / "targets")
    command = [sys.executable, str(WARM), str(tmp_path / "cache")]
    assert warm([*command, "fill"], tmp_path) == ["run", "skipped", "doit"]
    assert warm(command, tmp_path) == ["hit", "skipped"]
