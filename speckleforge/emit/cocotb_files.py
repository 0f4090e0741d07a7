"""The cocotb bench of the core: hand-written Python that reads the interface, the golden vectors and the weight image.

Gives file names and texts; nothing here imports cocotb.
"""

from __future__ import annotations

from pathlib import Path

READS = ("cocotb/sf_core_bench.py", "cocotb/run_cocotb.py")
FOLDER = Path(__file__).parent / "cocotb"


def cocotb_files() -> dict[str, str]:
    """Every file by name."""
    return {path: (FOLDER / path).read_text(encoding="utf-8") for path in ("sf_core_bench.py", "run_cocotb.py")}
