"""A build in which nothing changed is over before one looks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from speckleforge.graph.keys import PACKAGES

WARM = Path(__file__).parent / "warm.py"
LIMIT_S = 0.5


def cpu_s() -> float:
    """Processor seconds of the children that have ended: other work on the machine does not count."""
    times = os.times()
    return times.children_user + times.children_system


def warm(command: list[str], packages: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_a_build_of_hits_takes_less_than_half_a_second(tmp_path: Path) -> None:
    # A copy of the package: an edit while the test runs would be a reason to rebuild.
    shutil.copytree(PACKAGES["speckleforge"], tmp_path / "speckleforge")
    (tmp_path / "targets").symlink_to(PACKAGES["speckleforge"].parent / "targets")
    command = [sys.executable, str(WARM), str(tmp_path / "cache")]
    assert warm([*command, "fill"], tmp_path) == "run"
    used = []
    for _ in range(5):
        before = cpu_s()
        assert warm(command, tmp_path) == "hit"
        used.append(cpu_s() - before)
    assert min(used) < LIMIT_S, used
