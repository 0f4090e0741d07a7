"""Per-image standardisation against companding: `python -m benchmarks.standardise`.

The network of a spec (`specs/quickstart.yaml`) is trained twice on the same frames, with the same bits at its input:
once with standardised images, once with the square-root companding that the spec has. Both float accuracies on test
particles are printed, and what standardisation would cost in the fabric, where it needs a frame in memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.timing import machine
from speckleforge.artifacts.context import StageContext
from speckleforge.data import stage as data_stage
from speckleforge.spec import Spec, load_spec
from speckleforge.spec.load import spec_of
from speckleforge.spec.read import decode_tree, read_tree
from speckleforge.spec.topology import compand_keys, word_bits
from speckleforge.train import stage as train_stage


def standardised(path: Path) -> Spec:
    """The spec with `standardise` in the place of `compand`, for as many bits."""
    tree = read_tree(path)
    steps = [step for step in tree.values["preprocess"] if "compand" not in step]
    bits = tree.values["precision"]["input"]
    values = {**tree.values, "preprocess": [*steps, {"standardise": {"bits": bits}}]}
    return spec_of(decode_tree(json.dumps(values).encode(), str(path)), path)


def accuracy(spec: Spec, folder: Path) -> Mapping[str, Any]:
    """Train once, from nothing; the float accuracies by shots."""
    data, train = (StageContext({}, {}, folder / name, folder / f"{name}_scratch") for name in ("data", "train"))
    for ctx in (data, train):
        ctx.out.mkdir(parents=True)
        ctx.scratch.mkdir()
    data_stage.run(StageContext(spec.slice("data"), spec.files("data"), data.out, data.scratch))
    inputs = {"dataset": data.out / "dataset"}
    train_stage.run(StageContext(spec.slice("train"), inputs, train.out, train.scratch, _say))
    record = json.loads((train.out / "training.json").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = record["accuracy"]["float"]
    return found


def _say(done: float, message: str) -> None:
    print(f"  {message}", file=sys.stderr)


def fabric_cost(rows: int, columns: int, bits: int, clock_mhz: float) -> str:
    """What mean and deviation of an image cost before its first word may leave. Predicted, from the sizes alone."""
    pixels = rows * columns
    sums = bits + pixels.bit_length(), 2 * bits + pixels.bit_length()
    return (
        f"predicted, in the fabric at one pixel a cycle: a frame buffer of {pixels:,} words x {bits} bits = "
        f"{pixels * bits:,} bits ({2 * pixels * bits:,} where frames follow one another), sums of {sums[0]} and "
        f"{sums[1]} bits, a square root and a division, and {pixels:,} cycles more latency "
        f"({pixels / clock_mhz:.1f} us at {clock_mhz:g} MHz); companding: thresholds, and no frame"
    )


def main() -> int:
    """Train both, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", nargs="?", type=Path, default=Path("specs/quickstart.yaml"))
    path = parser.parse_args().spec
    plain = load_spec(path)
    compand = compand_keys(plain.values)
    if compand is None:
        parser.error(f"{path} has no compand step to compare with")
    print(f"{path}, condition {plain.values['data'].get('condition', '-')}, simulated, photons: {machine()}")
    for name, spec in (("compand", plain), ("standardise", standardised(path))):
        start = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            found = accuracy(spec, Path(folder))
        shown = ", ".join(
            f"{shots}: {row['mean']:.3f} ({row['ci95'][0]:.3f} to {row['ci95'][1]:.3f})"
            for shots, row in sorted(found.items(), key=lambda item: int(item[0].removeprefix("k")))
        )
        print(f"{name:<12} {compand['bits']} bits, float accuracy {shown}; {time.process_time() - start:.0f} CPU s")
    _, rows, columns = plain.values["model"]["input"]
    print(fabric_cost(rows, columns, word_bits(plain.values), plain.clock_khz / 1000))
    return 0


if __name__ == "__main__":
    sys.exit(main())
