"""How long training takes to the accuracy gate: `python -m benchmarks.training`.

For each spec: CPU seconds until the validation particles reach its accuracy gate, and in all; accuracy of the
float network on the test particles; and the digests of the checkpoints of two runs with one seed, which must be equal.
The data set is made once, by the data stage (`--dataset` takes one that exists).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import machine
from speckleforge.artifacts.context import StageContext
from speckleforge.data import stage as data_stage
from speckleforge.spec import Spec, load_spec
from speckleforge.train import stage as train_stage

SPECS = ("specs/kcu1500.yaml", "specs/triplet.yaml")


@dataclass(frozen=True)
class Run:
    """One training: CPU seconds at the end of each epoch and in all, what it wrote."""

    epoch_s: tuple[float, ...]
    whole_s: float
    record: Mapping[str, Any]
    digest: str


def folders(folder: Path) -> tuple[Path, Path]:
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True)
    return folder / "out", folder / "scratch"


def make_dataset(spec: Spec, folder: Path) -> Path:
    """The data set of a spec."""
    out, scratch = folders(folder)
    data_stage.run(StageContext(spec.slice("data"), spec.files("data"), out, scratch))
    return out / "dataset"


def train(spec: Spec, dataset: Path, folder: Path) -> Run:
    """Train once, from nothing."""
    out, scratch = folders(folder)
    start, ends = time.process_time(), []

    def progress(done: float, message: str) -> None:
        ends.append(time.process_time() - start)
        print(f"  {message}", file=sys.stderr)

    train_stage.run(StageContext(spec.slice("train"), {"dataset": dataset}, out, scratch, progress))
    whole_s = time.process_time() - start
    digest = hashlib.sha256((out / "checkpoint.safetensors").read_bytes()).hexdigest()
    return Run(tuple(ends), whole_s, json.loads((out / "training.json").read_text(encoding="utf-8")), digest)


def line(spec: Spec, first: Run, second: Run) -> str:
    """One row of the page."""
    gate = spec.values["gates"]["accuracy"]["at_least"]
    reached = [row["epoch"] for row in first.record["history"] if row["validate_accuracy"] >= gate]
    at = f"{first.epoch_s[reached[0] - 1]:.1f} s ({reached[0]})" if reached else "not reached"
    accuracy = first.record["accuracy"]["float"][f"k{spec.values['gates']['accuracy']['shots']}"]
    low, high = accuracy["ci95"]
    same = "equal" if first.digest == second.digest else f"DIFFERENT: {second.digest[:12]}"
    loss = spec.values["train"]["loss"]
    shown = f"{accuracy['mean']:.3f} ({low:.3f} to {high:.3f})"
    return f"| {loss} | {gate:g} | {at} | {first.whole_s:.1f} s | {shown} | `{first.digest[:12]}`, {same} |"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, help="a dataset folder that the data stage made for these specs")
    parser.add_argument("specs", nargs="*", default=SPECS)
    given = parser.parse_args()
    specs = [load_spec(path) for path in given.specs]
    if len({json.dumps(spec.slice("data"), sort_keys=True) for spec in specs}) > 1:
        parser.error("these specs have different data")
    with tempfile.TemporaryDirectory() as folder:
        dataset = given.dataset or make_dataset(specs[0], Path(folder) / "data")
        rows = []
        for spec in specs:
            runs = [train(spec, dataset, Path(folder) / f"{spec.name}_{number}") for number in (1, 2)]
            rows.append(line(spec, *runs))
    print(f"{specs[0].values['data'].get('condition', 'files')}, float network, one thread: {machine()}\n")
    print("| loss | gate | CPU time to it (epoch) | in all | 5-shot accuracy, test particles | two runs |")
    print("|---|---:|---:|---:|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
