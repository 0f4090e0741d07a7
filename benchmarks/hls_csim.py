"""How fast the C simulation of the HLS sources is: `python -m benchmarks.hls_csim [SPEC]`.

The sources of a spec's design (default: `specs/kcu1500.yaml`) with random parameters, compiled with the stand-ins for
the vendor's headers and with the vendor's own, and the C simulation that hls4ml makes of a like network (floor pooling,
`ap_fixed<16,6>`, streams), which is the peer. Compiling and simulating, one thread, all in one run. The records of both
sets of headers are compared first.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.timing import arguments, machine
from speckleforge.emit.hls.files import hls_files
from speckleforge.ir.design import Design
from speckleforge.layers.weight_image import build_image
from speckleforge.lower.plan import lower_topology
from speckleforge.spec.load import parse_spec
from speckleforge.tools.find import package_folder
from speckleforge.verify.compiled import HLS, HLS_FLAGS, build_hls
from speckleforge.verify.library import Library
from tests.layers.hls.bench import VENDOR_QUIET
from tests.networks import random_parameters, random_words

PEER = "hls4ml, io_stream"


def main() -> int:
    """Measure and print; 1 where the two disagree or hls4ml is not installed."""
    parser = arguments(__doc__, 5)
    parser.add_argument("spec", nargs="?", default="specs/kcu1500.yaml", help="a spec (default: the published network)")
    parser.add_argument("--patterns", type=int, default=64, metavar="N", help="patterns a run (default: 64)")
    parser.add_argument("--peer", action="store_true", help="measure hls4ml alone, as JSON")
    given = parser.parse_args()
    if given.peer:
        print(json.dumps(_peer(given.patterns, given.runs)))
        return 0
    package = package_folder("hls4ml")
    if package is None:
        print("hls4ml is not installed: pip install 'speckleforge[dev]'", file=sys.stderr)
        return 1
    design = _design(Path(given.spec))
    words = random_words(design.topology, given.patterns)
    image = build_image(design.layout, random_parameters(design.topology).values)
    with tempfile.TemporaryDirectory() as name:
        ours, compiled = _ours(design, Path(name) / "stand-ins", HLS_FLAGS)
        theirs, vendor = _ours(design, Path(name) / "vendor", _vendor_flags(package / "templates/vivado/ap_types"))
        few = words[: max(4, given.patterns // 8)]
        if not all((a == b).all() for a, b in zip(_run(ours, image, few), _run(theirs, image, few), strict=True)):
            print("the two sets of headers disagree", file=sys.stderr)
            return 1
        rows = {
            "stand-ins": (compiled, _seconds(lambda: _run(ours, image, words), len(words), given.runs)),
            "the vendor's integers": (vendor, _seconds(lambda: _run(theirs, image, few), len(few), given.runs)),
        }
    # In a process of its own: its library and the vendor's types in ours would share symbols.
    again = [sys.executable, "-m", "benchmarks.hls_csim", "--peer", f"--runs={given.runs}", f"--patterns={len(few)}"]
    answer = subprocess.run(again, capture_output=True, text=True, check=True).stdout
    rows[PEER] = tuple(json.loads(answer.splitlines()[-1]))
    _print(rows, given.runs)
    return 0


def _design(path: Path) -> Design:
    spec = parse_spec(path.read_bytes(), path)
    asked = spec.slice("lower")
    return lower_topology(spec.topology, asked["hardware"], asked["target"])[0]


def _vendor_flags(types: Path) -> tuple[str, ...]:
    kept = tuple(flag for flag in HLS_FLAGS if flag != "-Icsim/ap_int")
    return (*kept, f"-isystem{types}", *VENDOR_QUIET)


def _ours(design: Design, folder: Path, flags: tuple[str, ...]) -> tuple[Library, float]:
    """The built library, and the seconds that compiling it took."""
    for name, text in hls_files(design).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    started = time.monotonic()
    build_hls(folder, folder, folder / "log", flags=flags)
    return Library(folder / HLS, "hls_csim"), time.monotonic() - started


def _run(library: Library, image: bytes, words: np.ndarray) -> list[np.ndarray]:
    """Every boundary; the image is loaded by turns first, as a host does it."""
    return list(library.load(image).run(words, library.outputs).values())


def _seconds(call: Callable[[], Any], patterns: int, runs: int) -> float:
    """Median seconds of the processor for a pattern; a first run is not counted."""
    call()
    times = []
    for _ in range(runs):
        started = time.process_time()
        call()
        times.append((time.process_time() - started) / patterns)
    return median(times)


def _peer(patterns: int, runs: int) -> tuple[float, float]:
    """hls4ml's C simulation of a like network: seconds to convert and compile, and for a pattern."""
    import hls4ml
    from torch import nn

    layers: list[Any] = [nn.Conv2d(1, 7, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(7, 3, 5), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Flatten(), nn.Linear(507, 100), nn.ReLU(), nn.Linear(100, 50)]
    network = nn.Sequential(*layers).eval()
    started = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        config = hls4ml.utils.config_from_pytorch_model(
            network, (1, 65, 65), default_precision="ap_fixed<16,6>", backend="Vitis", channels_last_conversion="full"
        )
        config["Model"] |= {"Strategy": "Resource", "ReuseFactor": 25}
        model = hls4ml.converters.convert_from_pytorch_model(
            network, hls_config=config, output_dir=folder, backend="Vitis", io_type="io_stream"
        )
        model.compile()
        compiled = time.monotonic() - started
        pixels = np.random.default_rng(1).poisson(1.0, (patterns, 65, 65, 1)).astype(np.float32)
        return compiled, _seconds(lambda: model.predict(pixels), patterns, runs)


def _print(rows: dict[str, tuple[float, float]], runs: int) -> None:
    base = rows[PEER][1]
    print(f"medians of {runs} runs: {machine()}\n")
    print("| C simulation | compiled in | ms a pattern | patterns/s | against hls4ml |")
    print("|---|---:|---:|---:|---:|")
    for name, (compiled, each) in rows.items():
        print(f"| {name} | {compiled:.1f} s | {1000 * each:.2f} | {1 / each:,.0f} | {base / each:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
