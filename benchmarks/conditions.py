"""Accuracy over conditions, as a table in markdown: `python -m benchmarks.conditions`.

Builds one spec up to its evaluation under each named condition, all else as the spec has it but for `GAINS`, and
prints the accuracies of the hardware's integers beside the baseline on intensity. One training seed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CONDITIONS = ("bright", "reference", "dim", "missing_modules")
GAINS = {"bright": 1}
"""Companding gains that suit a condition better than the spec's (the condition's own reason has why)."""
HEADER = ("condition", "float, 5-shot", "integers, 5-shot", "single against multi", "baseline", "baseline, all labels")
Record = Mapping[str, Any]


def derived(spec: Path, condition: str, folder: Path) -> Path:
    """Write the spec with another condition, a name of its own and one training seed; returns its path."""
    values = yaml.safe_load(spec.read_text(encoding="utf-8"))
    values["name"] = f"{values['name']}-{condition.replace('_', '-')}"
    values["data"]["condition"] = condition
    values.get("evaluate", {}).pop("seeds", None)
    for step in values.get("preprocess", ()):
        if "compand" in step and condition in GAINS:
            step["compand"]["gain"] = GAINS[condition]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{values['name']}.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path


def accuracy(spec: Path, out: Path) -> Record | None:
    """Build up to the evaluation; its record, or None where the build fails."""
    words = (sys.executable, "-m", "speckleforge.cli.main", "build", str(spec), "--to", "evaluate", "--out", str(out))
    if subprocess.run(words, stdout=sys.stderr, check=False).returncode:
        return None
    record: Record = json.loads((out / spec.stem / "accuracy.json").read_text(encoding="utf-8"))
    return record


def cell(found: Record, key: str = "mean") -> str:
    """`0.914 [0.905, 0.923]`."""
    low, high = found["ci95"]
    return f"{found[key]:.3f} [{low:.3f}, {high:.3f}]"


def row(record: Record) -> list[str]:
    """One line of the table."""
    baseline = record["baseline"]
    return [
        f"`{record['data']['condition']}`",
        cell(record["float"]["k5"]),
        cell(record["integer"]["k5"]),
        cell(record["single_vs_multi"]["integer"]["k5"], "balanced"),
        cell(baseline["few_shot"]["k5"]),
        cell(baseline["linear"]),
    ]


def main() -> int:
    """Print the table; 1 where a build fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("spec", nargs="?", type=Path, default=Path("specs/kcu1500.yaml"))
    parser.add_argument("--conditions", nargs="+", default=CONDITIONS)
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder of the builds (default: build)")
    given = parser.parse_args()
    print("| " + " | ".join(HEADER) + " |\n|" + "---|" * len(HEADER), flush=True)
    for condition in given.conditions:
        record = accuracy(derived(given.spec, condition, given.out / "conditions"), given.out)
        if record is None:
            return 1
        print("| " + " | ".join(row(record)) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
