"""Renews the formula for what surrounds the kernels: `python -m benchmarks.fit_core [--refit]`.

Prints whole designs with the kernels as black boxes, synthesises them with the open tools, and fits. Writes
`benchmarks/cost_runs/core.json` and `speckleforge/lower/data/core.json`. `--refit` fits to the runs that are there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.fit_cost import COUNTS, FAMILIES, RUNS, fitted, summary
from benchmarks.synthesise_kernel import CELLS, REPOSITORY, SYNTHESISE
from speckleforge.emit.board.wrapper import TOP as BOARD_TOP
from speckleforge.emit.rtl import TOP, rtl_files
from speckleforge.ir.design import Design, Instance, Settings
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.topology import Topology
from speckleforge.layers import facet
from speckleforge.layers.blocks import MemoryCost, memory_cost
from speckleforge.layers.fitted import Fit, predict
from speckleforge.lower.overhead import DATA, memories, terms
from speckleforge.spec.load import parse_spec
from speckleforge.synth.usage import resources_of

SPECS = Path(__file__).parents[1] / "specs"
# Spec, interface, words of the input side by side, prototype slots.
DESIGNS = (
    ("quickstart", "uart", 1, 8),
    ("quickstart", "stream", 1, 16),
    ("quickstart", "stream", 8, 8),
    ("small", "stream", 1, 4),
    ("small", "stream", 16, 8),
    ("kcu1500", "stream", 4, 8),
    ("kcu1500", "stream", 20, 24),
    ("kcu1500", "stream", 1, 8),
    ("small", "uart", 2, 8),
    ("kcu1500", "uart", 4, 16),
)


def main() -> None:
    """Run all designs and fit each family."""
    path = RUNS / "core.json"
    if "--refit" not in sys.argv:
        rows = [
            run(family, *design)
            for family in FAMILIES
            for design in DESIGNS
            if (family, design[1]) != ("ultrascale", "uart")
        ]
        RUNS.mkdir(exist_ok=True)
        path.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    rows = json.loads(path.read_text(encoding="utf-8"))
    for family in FAMILIES:
        fit(family, [row for row in rows if row["family"] == family])


def chain(topology: Topology, family: str, interface: str, lanes: int) -> Design:
    """A design whose kernels are the first that their kinds offer."""
    stream: StreamType = stream_of(topology.nodes[0].out, lanes)
    instances: list[Instance] = []
    for node, op, source in topology.steps():
        if op.kind in ("flatten", "batchnorm") or (op.kind == "relu" and not source.type.signed):
            last = instances.pop()
            instances.append(Instance(last.name, last.kernel, node.name))
            continue
        kernel = next(iter(facet(op.kind, "kernel").candidates(op, stream, 2, family)))
        instances.append(Instance(node.name, kernel, node.name))
        stream = kernel.sink
    return Design(topology, Settings(family, interface, 50_000, 2), tuple(instances))


def run(family: str, name: str, interface: str, lanes: int, slots: int) -> dict[str, Any]:
    """Synthesise what surrounds the kernels of one design."""
    text = re.sub(r"prototypes: \d+", f"prototypes: {slots}", (SPECS / f"{name}.yaml").read_text(encoding="utf-8"))
    spec = parse_spec(text.encode(), SPECS / f"{name}.yaml")
    design = chain(spec.topology, family, interface, lanes)
    board = parse_spec((SPECS / "quickstart.yaml").read_bytes(), SPECS / "quickstart.yaml").target.values
    start = time.monotonic()
    row: dict[str, Any] = {"spec": name, "interface": interface, "lanes": lanes, "slots": slots, "family": family}
    row |= counted(design)
    row["obtained"] = synthesise(design, rtl_files(design, board), family)
    print(
        row["spec"], interface, lanes, slots, family, row["obtained"], f"{time.monotonic() - start:.0f} s", flush=True
    )
    return row


def counted(design: Design) -> dict[str, Any]:
    """What the formula counts in a design."""
    interface, family = design.settings.interface, design.settings.family
    found = memories(design.topology, interface, design.source)
    counts = terms(design.topology, interface, design.source, found, family)
    return {"terms": counts, "memory": list(memory_cost(found, family))}


def synthesise(design: Design, files: Mapping[str, str], family: str) -> dict[str, int]:
    """Resources of a design without its kernels."""
    top = BOARD_TOP if f"{BOARD_TOP}.sv" in files else TOP
    boxes = {f"sf_{item.kernel.kind}.sv" for item in design.instances}
    names = [name for name in json.loads(files["files.json"])["files"] if name not in boxes]
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(box(content) if name in boxes else content, encoding="utf-8")
        lines = [f"read_verilog -sv {' '.join(sorted(boxes))}", f"read_verilog -sv -defer {' '.join(names)}"]
        lines += [f"hierarchy -top {top}", SYNTHESISE[family], "tee -q -o stat.json stat -json"]
        script = Path(folder) / "synth.ys"
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.synthesise_kernel", str(script)]
        environment = {"PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(command, capture_output=True, cwd=folder, env=environment, check=False)
        if done.returncode:
            raise SystemExit((done.stderr or done.stdout).decode()[-1000:])
        report = json.loads((Path(folder) / "stat.json").read_text(encoding="utf-8"))
    return resources_of(report["design"]["num_cells_by_type"], CELLS[family])


def box(text: str) -> str:
    """A kernel's module with its ports and nothing in it; their widths follow from its parameters."""
    head = re.search(r"^module .*?^\);\n", text, re.MULTILINE | re.DOTALL)
    assert head
    return f"(* blackbox, dynports *)\n{head.group()}endmodule\n"


def fit(family: str, rows: list[dict[str, Any]]) -> None:
    """Coefficients and error of one family."""
    goals = {
        "logic": [row["obtained"]["lut"] - row["obtained"]["lutram"] for row in rows],
        "ff": [row["obtained"]["ff"] for row in rows],
    }
    terms_of = [row["terms"] for row in rows]
    tool = f"yosys {version('pyosys')}"
    coefficients = fitted(terms_of, goals)
    coefficients["logic"]["mux_bits"] = 0.0  # boot image and frame buffer are block RAM
    table: dict[str, list[float]] = {name: [] for name in COUNTS}
    for index, row in enumerate(rows):
        left_out = Fit({**fitted(terms_of, goals, index)}, None, tool)
        left_out.coefficients["logic"]["mux_bits"] = 0.0  # type: ignore[index]
        guess = predict(left_out, row["terms"], MemoryCost(*row["memory"]))
        for name in COUNTS:
            if row["obtained"][name]:
                table[name].append(abs(getattr(guess, name) - row["obtained"][name]) / row["obtained"][name])
    error = {name: summary(found) for name, found in table.items() if found}
    path = DATA / "core.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record[family] = {"coefficients": coefficients, "error": error, "tool": tool}
    path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(family, coefficients, error)


if __name__ == "__main__":
    main()
