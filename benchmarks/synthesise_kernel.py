"""One kernel through open synthesis, alone. `python -m benchmarks.synthesise_kernel SCRIPT` runs a yosys script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from speckleforge.ir.kernel import Kernel
from speckleforge.layers.rtl import sources
from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.usage import resources_of

CELLS = {"ecp5": ecp5.CELLS, **dict.fromkeys(xilinx.YOSYS_FAMILY, xilinx.CELLS)}
SYNTHESISE = {"ecp5": "synth_ecp5", **{family: xilinx.Xilinx(family).command for family in xilinx.YOSYS_FAMILY}}
REPOSITORY = Path(__file__).parents[1]


def synthesise(kernel: Kernel, family: str, banks: int, limit_s: float) -> dict[str, int] | None:
    """Resources obtained; None if it took longer than `limit_s` seconds."""
    cells = synthesised_cells(kernel, family, banks, limit_s)
    return None if cells is None else resources_of(cells, CELLS[family])


def synthesised_cells(kernel: Kernel, family: str, banks: int, limit_s: float) -> dict[str, int] | None:
    """Cells obtained, by type; None if it took longer than `limit_s` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        script = write_script(kernel, family, banks, Path(folder))
        command = [sys.executable, "-m", "benchmarks.synthesise_kernel", str(script)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=limit_s, cwd=REPOSITORY)
        except subprocess.TimeoutExpired:
            return None
        except subprocess.CalledProcessError as error:
            text = (error.stderr or error.stdout).decode()[-500:]
            raise SystemExit(f"{kernel.kind} {kernel.generics()}: {text}") from error
        report = json.loads((Path(folder) / "stat.json").read_text(encoding="utf-8"))
    return dict(report["design"]["num_cells_by_type"])


def write_script(kernel: Kernel, family: str, banks: int, folder: Path) -> Path:
    """Write the yosys script: read the kernel with these parameters as its top, synthesise flat, count cells."""
    *shared, own = sources([kernel.kind])
    # yosys 0.70 cannot derive a top with `-chparam` where a module below drives part of a port: put the values in as
    # defaults.
    text = own.read_text(encoding="utf-8")
    for name, value in {**kernel.generics(), "BANKS": banks}.items():
        text = re.sub(rf"(parameter \w+ +{name} *=)[^,)/\n]*[^,)/\s]", rf"\g<1> {value}", text, count=1)
    (folder / "kernel.sv").write_text(text, encoding="utf-8")
    lines = [f"read_verilog -sv -defer {path}" for path in (*shared, folder / "kernel.sv")]
    lines += [f"hierarchy -top sf_{kernel.kind}", SYNTHESISE[family], f"tee -q -o {folder / 'stat.json'} stat -json"]
    script = folder / "synth.ys"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return script


if __name__ == "__main__":
    from pyosys import libyosys

    libyosys.run_pass(f"script {sys.argv[1]}", libyosys.Design())
