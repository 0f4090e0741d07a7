"""A build in which nothing changed is over before one looks."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

WARM = Path(__file__).parent / "warm.py"
LIMIT_S = 0.5


def test_a_build_of_hits_takes_less_than_half_a_second(tmp_path: Path) -> None:
    command = [sys.executable, str(WARM), str(tmp_path / "cache")]
    assert subprocess.run([*command, "fill"], capture_output=True, text=True, check=True).stdout.strip() == "run"
    walls = []
    for _ in range(5):
        started = time.perf_counter()
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        walls.append(time.perf_counter() - started)
        assert out.strip() == "hit"
    # The fastest, not the median: other work on the machine is no fault of ours.
    assert min(walls) < LIMIT_S, walls
