"""Predicted against obtained resources: `python -m benchmarks.predicted [NAME ...] [--table]`.

Lowers, prints and synthesises the whole cores of `CONFIGURATIONS` with the open tools, writes what was predicted and
what was obtained, for each core and for each kernel in it, to `benchmarks/predicted.json`, and a table with the errors
between the markers of `docs/performance.md`. Sources that have not changed are not synthesised again; predictions are
always new. `--table` renews predictions and table only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.emit.rtl import rtl_files
from speckleforge.errors import ForgeError
from speckleforge.ir.design import Design
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.prediction import Prediction
from speckleforge.spec.load import parse_spec
from speckleforge.spec.target import load_target
from speckleforge.synth import stage

REPOSITORY = Path(__file__).parents[1]
RECORD = Path(__file__).parent / "predicted.json"
PAGE = REPOSITORY / "docs" / "performance.md"
BEGIN, END = "<!-- predicted: python -m benchmarks.predicted -->", "<!-- end of predicted -->"
COUNTS = ("lut", "ff", "dsp", "bram")
LEAST = {"lut": 300, "ff": 300, "dsp": 4, "bram": 4}  # of a kernel: below, a percentage says nothing
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Configuration:
    """A spec with other wishes: `hardware` as in the lower stage's slice, `target` by name."""

    name: str
    spec: str
    hardware: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""


SLOW: Mapping[str, Any] = {"frame_rate_khz": None}  # only the latency is asked for
CONFIGURATIONS = (
    Configuration("quickstart", "quickstart"),
    Configuration("quickstart, 600 us", "quickstart", {"latency_us": 600}),
    Configuration("small", "small"),
    Configuration("separable", "separable"),
    Configuration("paper W4A4, 45 us", "ulx3s"),
    Configuration("paper W4A4, 200 us", "ulx3s", {"latency_us": 200}),
    Configuration("paper W4A4, 1,000 us", "ulx3s", {"latency_us": 1000}),
    Configuration("paper W8A8, 1,000 us", "kcu1500", {**SLOW, "latency_us": 1000, "clock_khz": 50_000}, "ulx3s-85f"),
    Configuration("quickstart, stream", "quickstart", {"clock_khz": 200_000, "latency_us": 50}, "kcu1500"),
    Configuration("separable, stream", "separable", {"clock_khz": 200_000, "latency_us": 50}, "kcu1500"),
    Configuration("paper W8A8, 45 us", "kcu1500", {**SLOW, "latency_us": 45}),
    Configuration("paper W8A8, 20 us", "kcu1500", {**SLOW, "latency_us": 20}),
    Configuration("paper W8A8, 1 MHz", "kcu1500"),
    Configuration("paper W8A8, 1 MHz, pairs", "kcu1500", {"arithmetic": ["dsp2"]}),
    Configuration("paper W4A4, 45 us, stream", "kcu1500-w4a4", {**SLOW, "latency_us": 45}),
    Configuration("paper W4A4, 100 kHz", "kcu1500-w4a4", {"frame_rate_khz": 100, "latency_us": None}),
    Configuration("paper W4A4, 1 MHz", "kcu1500-w4a4"),
)


def main() -> int:
    """Renew what changed; 1 where a configuration has no design or its synthesis failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="configurations (default: all)")
    parser.add_argument("--table", action="store_true", help="predict again and write the table; synthesise nothing")
    given = parser.parse_args()
    rows = {row["name"]: row for row in known_rows()}
    failed = False
    for configuration in CONFIGURATIONS:
        if given.names and configuration.name not in given.names:
            continue
        try:
            row = renewed(configuration, rows.get(configuration.name), synthesise=not given.table)
        except ForgeError as error:
            print(f"{configuration.name}: {error}", file=sys.stderr)
            failed = True
            continue
        if row is not None:
            rows[configuration.name] = row
            write(rows)
    return int(failed)


def known_rows() -> list[dict[str, Any]]:
    """What the record holds."""
    return list(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else []


def write(rows: Mapping[str, dict[str, Any]]) -> None:
    """Record and page; in the order of the configurations."""
    ordered = [rows[item.name] for item in CONFIGURATIONS if item.name in rows]
    RECORD.write_text(json.dumps(ordered, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(ordered)}\n{END}{after}", encoding="utf-8")


def renewed(configuration: Configuration, known: dict[str, Any] | None, *, synthesise: bool) -> dict[str, Any] | None:
    """The row of a configuration as sources and formulas are now; None where nothing was obtained for these sources."""
    design, prediction, target = lowered(configuration)
    files = rtl_files(design, target)
    tool = f"yosys {version('pyosys')}"
    digest = hashlib.sha256(json.dumps([tool, sorted(files.items())]).encode()).hexdigest()[:16]
    if known is not None and known["sources"] == digest:
        obtained = {key: known[key] for key in ("obtained", "kernels", "synthesis_s")}
    elif synthesise:
        obtained = synthesised(configuration.name, design, files, target)
    else:
        return known
    row = {
        "name": configuration.name,
        "family": design.settings.family,
        "target": target["name"],
        "clock_mhz": design.settings.clock_mhz,
        "latency_cycles": prediction.latency_cycles,
        "interval_cycles": prediction.interval_cycles,
        "sources": digest,
        "tool": tool,
        "predicted": prediction.total.as_dict(),
        **obtained,
    }
    guesses = {item.name: (item.summary, item.resources.as_dict()) for item in prediction.kernels}
    for kernel in row["kernels"]:
        kernel["folding"], kernel["predicted"] = guesses[kernel["name"]]
        kernel["error"] = errors(kernel["predicted"], kernel["obtained"])
    return {**row, "error": errors(row["predicted"], row["obtained"])}


def lowered(configuration: Configuration) -> tuple[Design, Prediction, dict[str, Any]]:
    """Design, prediction and board of a configuration."""
    path = REPOSITORY / "specs" / f"{configuration.spec}.yaml"
    spec = parse_spec(path.read_bytes(), path)
    board = load_target(configuration.target) if configuration.target else spec.target
    slice_ = spec.slice("lower")
    hardware = {**slice_["hardware"], **configuration.hardware}
    design, prediction = lower_topology(spec.topology, hardware, board.slice("lower"))
    return design, prediction, dict(board.values)


def synthesised(name: str, design: Design, files: Mapping[str, str], target: Mapping[str, Any]) -> dict[str, Any]:
    """What synthesis makes of the sources: the whole, each kernel, and the seconds that it took."""
    toolchain = load_target(str(target["name"])).toolchain
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rtl, out = Path(folder) / "rtl", Path(folder) / "out"
        rtl.mkdir()
        out.mkdir()
        for file, content in files.items():
            (rtl / file).parent.mkdir(exist_ok=True)
            (rtl / file).write_text(content, encoding="utf-8")
        params = {"target": target, "toolchain": toolchain, "clock_mhz": design.settings.clock_mhz}
        shared = REPOSITORY / "cache" / "parts" / "synth"  # as a build uses it
        stage.run(StageContext(params, {"rtl": rtl}, out, Path(folder), shared=shared))
        record = json.loads((out / "synthesis.json").read_text(encoding="utf-8"))
    seconds = round(time.monotonic() - start)
    obtained = {key: entry["value"] for key, entry in record["resources"].items()}
    print(name, obtained, f"{seconds} s", flush=True)
    built = {path.rpartition(".")[2]: m["resources"] for m in record["modules"] for path in m["instance_names"]}
    kernels = [
        {"name": item.name, "kind": item.kernel.kind, "obtained": built[f"u_{item.name}"]} for item in design.instances
    ]
    return {"obtained": obtained, "kernels": kernels, "synthesis_s": seconds}


def errors(predicted: Counts, obtained: Counts) -> dict[str, float | None]:
    """Relative error of each count, positive where too much was predicted; None where nothing was obtained."""
    return {n: round(predicted[n] / obtained[n] - 1, 4) if obtained[n] else None for n in COUNTS}


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Markdown: a line for each core, and the errors of cores and kernels."""
    rows = list(rows)
    lines = [
        "| core | target | interval | " + " | ".join(f"{name.upper()} predicted / obtained" for name in COUNTS) + " |",
        "|---|---|---:|" + "---:|" * len(COUNTS),
    ]
    for row in rows:
        cells = [pair(row["predicted"][name], row["obtained"][name]) for name in COUNTS]
        lines.append(f"| {row['name']} | {row['target']} | {row['interval_cycles']:,} | {' | '.join(cells)} |")
    lines += ["", "| errors | number | " + " | ".join(f"{name.upper()} median / worst" for name in COUNTS) + " |"]
    lines.append("|---|---:|" + "---:|" * len(COUNTS))
    for family in sorted({row["family"] for row in rows}):
        cores = [row for row in rows if row["family"] == family]
        kernels = [kernel for row in cores for kernel in row["kernels"]]
        for kind, found in (("cores", cores), ("kernels", kernels)):
            cells = [spread(found, name) for name in COUNTS]
            lines.append(f"| {kind}, {family} | {len(found)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def pair(predicted: int, obtained: int) -> str:
    """`1,200 / 1,150 (+4 %)`."""
    error = f" ({100 * (predicted / obtained - 1):+.0f} %)" if obtained else ""
    return f"{predicted:,} / {obtained:,}{error}"


def spread(rows: Iterable[Mapping[str, Any]], name: str) -> str:
    """Median and worst size of the relative errors of what is large enough."""
    counted = [row for row in rows if row["obtained"][name] >= LEAST[name]]
    found = [abs(row["error"][name]) for row in counted if row["error"][name] is not None]
    return f"{100 * median(found):.0f} % / {100 * max(found):.0f} %" if found else "-"


if __name__ == "__main__":
    sys.exit(main())
