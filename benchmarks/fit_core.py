"""Renews the formula for what surrounds the kernels: `python -m benchmarks.fit_core`.

Lowers and prints a few whole designs, synthesises them with the open tools, takes the kernels' modules off the totals,
and fits the rest. Writes `benchmarks/cost_runs/core.json` (with what was predicted and obtained for each whole design)
and `speckleforge/lower/data/core.json`.
"""

from __future__ import annotations

import json
import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.fit_cost import RUNS, fitted, summary
from speckleforge.artifacts.context import StageContext
from speckleforge.emit.rtl import rtl_files
from speckleforge.layers.fitted import FITTED
from speckleforge.lower.overhead import DATA, terms
from speckleforge.lower.plan import lower_topology
from speckleforge.spec.load import parse_spec
from speckleforge.synth import stage

SPECS = Path(__file__).parents[1] / "specs"
# (spec, target, changes of its hardware slice and of the target's)
DESIGNS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("quickstart", {}, {}),
    ("quickstart", {"latency_us": 600}, {"slots": 12}),
    ("quickstart", {"latency_us": 400}, {"interface": "stream"}),
    ("quickstart", {"latency_us": 800}, {"interface": "stream", "slots": 16}),
    ("kcu1500", {"latency_us": 2000, "clock_khz": 50_000}, {"family": "ecp5"}),
    ("quickstart", {}, {"family": "ultrascale", "interface": "stream"}),
    ("quickstart", {"latency_us": 400}, {"family": "ultrascale", "interface": "stream", "slots": 16}),
    ("kcu1500", {}, {}),
    ("kcu1500", {"latency_us": 200}, {}),
    ("kcu1500", {"latency_us": 400}, {"slots": 24}),
)
TOOLCHAINS = {"ecp5": "ecp5", "ultrascale": "xilinx"}


def main() -> None:
    """Run all designs and fit each family."""
    rows = [run(*design) for design in DESIGNS]
    RUNS.mkdir(exist_ok=True)
    (RUNS / "core.json").write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for family in TOOLCHAINS:
        fit(family, [row for row in rows if row["family"] == family])


def run(name: str, hardware: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    """Synthesise one design; what is left without its kernels."""
    text = (SPECS / f"{name}.yaml").read_text(encoding="utf-8")
    if "slots" in target:
        text = re.sub(r"prototypes: \d+", f"prototypes: {target['slots']}", text)
    spec = parse_spec(text.encode(), SPECS / f"{name}.yaml")
    lowering = spec.slice("lower")
    lowering["hardware"] |= hardware
    lowering["target"] |= target
    design, prediction = lower_topology(spec.topology, lowering["hardware"], lowering["target"])
    full = {**spec.target.values, **target}
    with tempfile.TemporaryDirectory() as folder:
        rtl, out = Path(folder) / "rtl", Path(folder) / "out"
        rtl.mkdir()
        out.mkdir()
        for file, content in rtl_files(design, full).items():
            (rtl / file).parent.mkdir(exist_ok=True)
            (rtl / file).write_text(content, encoding="utf-8")
        family = design.settings.family
        params = {"target": full, "toolchain": TOOLCHAINS[family], "clock_mhz": design.settings.clock_mhz}
        stage.run(StageContext(params, {"rtl": rtl}, out, Path(folder)))
        record = json.loads((out / "synthesis.json").read_text(encoding="utf-8"))
    obtained = {key: entry["value"] for key, entry in record["resources"].items()}
    kernels = {f"sf_{item.kernel.kind}" for item in design.instances}
    mine = [m for m in record["modules"] if m["name"] in kernels]
    taken = {key: sum(m["resources"][key] * m["instances"] for m in mine) for key in obtained}
    counted = terms(design.topology, design.settings.interface)
    print(name, family, "predicted", prediction.total.as_dict(), "obtained", obtained, flush=True)
    return {
        "spec": name, "hardware": hardware, "target": target, "family": family, "terms": counted,
        "predicted": prediction.total.as_dict(), "obtained": obtained,
        "without_kernels": {key: obtained[key] - taken[key] for key in obtained},
    }  # fmt: skip


def fit(family: str, rows: list[dict[str, Any]]) -> None:
    """Coefficients and error of one family."""
    goals = {
        "logic": [row["without_kernels"]["lut"] - row["without_kernels"]["lutram"] for row in rows],
        "ff": [row["without_kernels"]["ff"] for row in rows],
    }
    terms_of = [row["terms"] for row in rows]
    coefficients = fitted(terms_of, goals)
    table: dict[str, list[float]] = {name: [] for name in FITTED}
    for index, row in enumerate(rows):
        left_out = fitted(terms_of, goals, index)
        for name in FITTED:
            guess = sum(left_out[name][term] * value for term, value in row["terms"][name].items())
            table[name].append(abs(guess - goals[name][index]) / goals[name][index])
    error = {"lut" if name == "logic" else name: summary(found) for name, found in table.items()}
    coefficients["logic"]["mux_bits"] = 0.0  # boot image and frame buffer are block RAM
    path = DATA / "core.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record[family] = {"coefficients": coefficients, "error": error, "tool": f"yosys {version('pyosys')}"}
    path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(family, coefficients, error)


if __name__ == "__main__":
    main()
