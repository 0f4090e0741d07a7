"""What yosys finds wrong in the structure of designs before it maps them: latches, loops, wires of two drivers or none.

Many designs in one process: starting it takes longer than reading a kernel.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

SCRIPT = r"""
import json, os, sys
from pyosys import libyosys
design = libyosys.Design()

def said(command):
    libyosys.run_pass(f"tee -q -o said.txt {command}", design)
    with open("said.txt") as file:
        return file.read().splitlines()

found = {}
for job in json.load(open(sys.argv[1])):
    print("DESIGN", job["name"], flush=True)
    os.chdir(job["folder"])
    libyosys.run_pass("design -reset", design)
    if job["boxes"]:
        libyosys.run_pass("read_verilog -lib " + " ".join(job["boxes"]), design)
    for name in job["files"]:
        libyosys.run_pass("read_verilog -sv -defer " + name, design)
    for command in ("hierarchy -check -top " + job["top"], "proc", "flatten", "opt_expr", "opt_clean"):
        libyosys.run_pass(command, design)
    latches = said("select -list t:$dlatch t:$adlatch t:$dlatchsr")
    found[job["name"]] = [line for line in said("check") if "Warning" in line] + [f"latch {line}" for line in latches]
    os.chdir(sys.argv[2])
with open("found.json", "w") as file:
    json.dump(found, file)
"""


@dataclass(frozen=True)
class Job:
    """A design: its top module, its files, the vendor primitives that it instantiates, and where it is read."""

    name: str
    top: str
    files: Sequence[str]
    folder: str
    boxes: Sequence[str] = ()


def black_box(library: str, module: str, folder: Path) -> str:
    """A vendor primitive without its inside, cut out of yosys' library: a file in `folder`."""
    yosys = pytest.importorskip("pyosys")
    text = (Path(yosys.__file__).parent / "share" / library).read_text(encoding="utf-8")
    found = re.search(rf"^module {module}\s*\(.*?^endmodule", text, re.MULTILINE | re.DOTALL)
    assert found, module
    path = folder / f"{module}_box.v"
    path.write_text(f"(* blackbox *)\n{found[0]}\n", encoding="utf-8")
    return str(path)


def problems(jobs: Sequence[Job], folder: Path) -> Mapping[str, list[str]]:
    """What is wrong with each design, by name: nothing for a good one."""
    pytest.importorskip("pyosys")
    (folder / "run.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "jobs.json").write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8")
    command = [sys.executable, "run.py", "jobs.json", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (re.findall("^DESIGN .*", done.stdout, re.MULTILINE)[-1:], done.stderr[-3000:])
    found: dict[str, list[str]] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found
