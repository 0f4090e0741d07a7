"""How fast the generated emulator is: `python -m benchmarks.emulator`.

The published network with random parameters, on random words: the emulator, onnxruntime (as an application runs it, and
with every node exposed, as verification does) and the integer reference, all on one thread, all in one run. Their
embeddings and decisions are compared first.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.timing import arguments, machine, measure, table
from speckleforge.emit.emulator import emulator_files
from speckleforge.export.model import build_model
from speckleforge.ir.layout import layout_of
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.compiled import build_emulator as compile_emulator
from speckleforge.verify.library import Library
from speckleforge.verify.onnx import OnnxExecution
from tests.networks import kcu1500, random_parameters, random_words


def main() -> int:
    """Measure and print; 1 where the executions differ."""
    parser = arguments(__doc__, 9)
    parser.add_argument("--patterns", type=int, default=128, metavar="N", help="patterns a run (default: 128)")
    given = parser.parse_args()
    network = kcu1500()
    params, words = random_parameters(network), random_words(network, given.patterns)
    model, last = build_model(network, params), network.nodes[-1].name
    with tempfile.TemporaryDirectory() as folder:
        for name, text in emulator_files(network).items():
            (Path(folder) / name).write_bytes(text)
        emulator = Library(compile_emulator(Path(folder), Path(folder) / "emulator.so", Path(folder) / "log"))
    emulator.load(build_image(layout_of(network), params.values))
    small, bare, exposed = (
        words.astype(np.uint16),
        *(OnnxExecution(model, network, boundaries=b) for b in (False, True)),
    )
    rivals = {
        "emulator": lambda: emulator.run(small)[last],
        "onnxruntime": lambda: bare.run(words)[last],
        "onnxruntime, every node exposed": lambda: exposed.run(words)[last],
        "integer reference": lambda: run_topology(network, words, params.values)[last],
    }
    results = [call() for call in rivals.values()]
    if not all((result == results[-1]).all() for result in results):
        print("the executions differ", file=sys.stderr)
        return 1
    print(f"{network.macs:,} multiply-accumulates a pattern, {given.patterns} patterns: {machine()}")
    rows = measure(rivals, given.runs, dict.fromkeys(rivals, given.patterns))
    print("\n".join(table(rows, "patterns")))
    print(f"emulator: {network.macs * rows[0].rate / 1e9:.2f} GMAC/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
