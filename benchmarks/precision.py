"""Accuracy over precision, as a table in markdown: `python -m benchmarks.precision`.

Reads `build/<name>/report.json` of each spec (`--build` builds them first, as far as anything changed). The floats are
those of the specs' checkpoint, which they have to share; all rows answer the same episodes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from speckleforge.spec import Spec, load_spec

SPECS = ("specs/kcu1500.yaml", "specs/kcu1500-w4a4.yaml")
BUILT = (0, 4)  # exit codes behind which a report stands: gates may not hold
HEADER = (
    "precision",
    "method",
    "1-shot",
    "5-shot",
    "10-shot",
    "single against multi",
    "5-shot over seeds",
    "DSP",
    "LUT",
)
Record = Mapping[str, Any]


def report(spec: Spec, folder: Path) -> Record:
    """The record of a build of just this spec; ends the program where there is none."""
    path = folder / spec.name / "report.json"
    if not path.is_file():
        sys.exit(f"{path}: not built; run `forge build {spec.path}`, or add --build")
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    if record["spec"]["digest"] != spec.digest:
        sys.exit(f"{path}: built from another version of {spec.path}; run `forge build {spec.path}`, or add --build")
    if "integer" not in record["accuracy"] or "reason" in record["accuracy"]["integer"]:
        sys.exit(f"{path}: holds no accuracy of the integers")
    return record


def interval(found: Any, key: str = "mean") -> str:
    """`0.914 [0.905, 0.923]`; a dash where nobody obtained it."""
    if not isinstance(found, Mapping) or key not in found:
        return "-"
    low, high = found["ci95"]
    return f"{found[key]:.3f} [{low:.3f}, {high:.3f}]"


def accuracies(record: Record, numbers: str) -> list[str]:
    """Cells of the accuracy of `integer` or `float` numbers."""
    accuracy = record["accuracy"]
    pair = accuracy["single_vs_multi"].get(numbers, {})
    seeds = accuracy["seeds"].get(numbers, {})
    cells = [interval(accuracy[numbers].get(f"k{shots}")) for shots in (1, 5, 10)]
    return [*cells, interval(pair.get("k5"), "balanced"), interval(seeds.get("k5"))]


def comparable(record: Record) -> list[Any]:
    """What all rows have to share: data, episodes and checkpoint; a prototype has the bits of its own network."""
    accuracy = record["accuracy"]
    protocol = {key: value for key, value in accuracy["protocol"].items() if key != "prototype_bits"}
    return [accuracy["data"], protocol, accuracy["float"]]


def resources(record: Record) -> list[str]:
    """DSP and LUT, with the stage of each number."""
    found = record["hardware"]["resources"]
    return [
        f"{found[name]['value']:,} ({found[name]['stage']})" if found.get(name, {}).get("value") is not None else "-"
        for name in ("dsp", "lut")
    ]


def rows(specs: Sequence[Spec], records: Sequence[Record]) -> Iterator[list[str]]:
    """Floats once, then the integers of each spec."""
    yield ["float", "", *accuracies(records[0], "float"), "", ""]
    for spec, record in zip(specs, records, strict=True):
        bits = spec.values["precision"]
        name = f"W{bits['weights']}A{bits['activations']}, {bits['input']}-bit input"
        method = spec.values["quantize"]["method"].replace("_", "-")
        yield [name, method, *accuracies(record, "integer"), *resources(record)]


def page(specs: Sequence[Spec], records: Sequence[Record]) -> list[str]:
    """The table, and what its figures are of."""
    data, protocol = records[0]["accuracy"]["data"], records[0]["accuracy"]["protocol"]
    seeds = records[0]["accuracy"]["seeds"].get("seeds")
    about = f"{records[0]['accuracy']['particles']} test particles, {protocol['repeats']} episodes each"
    trained = f"training seeds {', '.join(map(str, seeds))}" if seeds else "one training seed"
    return [
        f"{data['stage']}; condition `{data['condition']}`; {about}; mean [95 % interval over particles]; {trained}.",
        "",
        *("| " + " | ".join(cells) + " |" for cells in (HEADER, ["---"] * len(HEADER), *rows(specs, records))),
    ]


def main() -> int:
    """Print the table; 1 where the rows cannot be compared or a build fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("specs", nargs="*", default=SPECS, help=f"default: {' '.join(SPECS)}")
    parser.add_argument("--build", action="store_true", help="build the specs first")
    parser.add_argument("--out", default="build", help="folder of the builds (default: build)")
    given = parser.parse_args()
    specs = [load_spec(path) for path in given.specs]
    for spec in specs if given.build else ():
        words = (sys.executable, "-m", "speckleforge.cli.main", "build", str(spec.path), "--out", given.out)
        if subprocess.run(words, stdout=sys.stderr, check=False).returncode not in BUILT:
            return 1
    records = [report(spec, Path(given.out)) for spec in specs]
    first = comparable(records[0])
    for spec, record in zip(specs, records, strict=True):
        if comparable(record) != first:
            print(f"{spec.name} and {specs[0].name} differ in data, episodes or checkpoint", file=sys.stderr)
            return 1
    print("\n".join(page(specs, records)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
