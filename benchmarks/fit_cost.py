"""Renews the cost formulas: `python -m benchmarks.fit_cost [KIND ...] [--family ecp5|ultrascale] [--refit]`.

Synthesises the kernels of `kernels_to_fit` with the open tools, writes the runs to `benchmarks/cost_runs/<kind>.json`,
fits the coefficients by least relative squares (none negative), and writes them with their leave-one-out error to
`speckleforge/layers/<kind>/cost.json`.
`--refit` fits to the runs that are there. A run whose kernel, sources and tool have not changed is not repeated.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.kernels_to_fit import kernels
from benchmarks.synthesise_kernel import synthesise
from speckleforge.ir.kernel import Kernel
from speckleforge.layers import facet
from speckleforge.layers.blocks import memory_cost
from speckleforge.layers.fitted import FITTED, Fit, Terms, predict, with_mux
from speckleforge.layers.rtl import sources

KINDS = (
    "relu", "repack", "crossing", "compand", "maxpool2d", "avgpool2d", "mask", "pedestal", "prelu", "head", "dense",
    "conv2d", "depthwise2d",
)  # fmt: skip
FAMILIES = ("ecp5", "ultrascale")  # UltraScale+ uses UltraScale's fit: benchmarks/families.py shows that it may
RUNS = Path(__file__).parent / "cost_runs"
LAYERS = Path(__file__).parents[1] / "speckleforge" / "layers"
LIMIT_S = 300.0
COUNTS = ("lut", "lutram", "ff", "dsp", "bram")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=KINDS)
    parser.add_argument("--family", choices=FAMILIES)
    parser.add_argument("--refit", action="store_true")
    options = parser.parse_args()
    for kind in options.kinds:
        for family in [options.family] if options.family else FAMILIES:
            if not options.refit:
                run(kind, family)
            fit(kind, family)


def run(kind: str, family: str) -> None:
    """Synthesise what is not there yet; every result is written at once."""
    rtl = _sources_digest(kind)
    tool = f"yosys {version('pyosys')}"
    known = {row["key"]: row for row in _runs(kind, family)}
    rows = []
    for kernel, banks in kernels(kind, family):
        row = _row(kernel, banks, rtl, tool)
        if row["key"] not in known:
            start = time.monotonic()
            row["obtained"] = synthesise(kernel, family, banks, LIMIT_S)
            print(kind, family, kernel.folding(), row["obtained"], f"{time.monotonic() - start:.0f} s", flush=True)
            known[row["key"]] = row
        rows.append(known[row["key"]])
        _write_runs(kind, family, rows)


def fit(kind: str, family: str) -> None:
    """Fit the runs that ended and write the coefficients with their error."""
    obtained = {row["key"]: row["obtained"] for row in _runs(kind, family)}
    rtl, tool = _sources_digest(kind), f"yosys {version('pyosys')}"
    pairs = [
        (k, b, obtained[key]) for k, b in kernels(kind, family) if obtained.get(key := _row(k, b, rtl, tool)["key"])
    ]
    if not pairs:
        return
    cost: Any = facet(kind, "cost")
    terms = [with_mux(cost.terms(k, family), memory_cost(cost.memories(k, b), family)) for k, b, _ in pairs]
    goals = {"logic": [c["lut"] - c["lutram"] for *_, c in pairs], "ff": [c["ff"] for *_, c in pairs]}
    coefficients = fitted(terms, goals)
    path = LAYERS / kind / "cost.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    record[family] = {
        "coefficients": coefficients,
        "error": errors(cost, pairs, family, terms, goals, tool),
        "tool": tool,
    }
    path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(kind, family, record[family]["error"])


def fitted(terms: list[Terms], goals: dict[str, list[int]], without: int = -1) -> dict[str, dict[str, float]]:
    """Coefficients of every fitted count, with one run left out (-1: none)."""
    kept = [i for i in range(len(terms)) if i != without]
    return {
        name: least_relative([dict(terms[i][name]) for i in kept], [goals[name][i] for i in kept]) for name in FITTED
    }


def least_relative(terms: list[dict[str, float]], goals: list[int]) -> dict[str, float]:
    """Non-negative coefficients with the least sum of squared relative errors.

    Source: Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23 (active set).
    """
    names = list(terms[0])
    weights = 1.0 / np.maximum(np.asarray(goals, float), 20.0)
    matrix = np.asarray([[row[name] for name in names] for row in terms], float) * weights[:, None]
    solution = _non_negative(matrix, np.asarray(goals, float) * weights)
    return {name: float(f"{value:.4g}") for name, value in zip(names, solution, strict=True)}


def _non_negative(matrix: NDArray[np.float64], goal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exact by trying every set of active terms: there are at most eight."""
    best, least = np.zeros(matrix.shape[1]), np.inf
    for mask in range(1, 1 << matrix.shape[1]):
        active = [i for i in range(matrix.shape[1]) if mask >> i & 1]
        part = np.linalg.lstsq(matrix[:, active], goal, rcond=None)[0]
        residual = float(np.sum((matrix[:, active] @ part - goal) ** 2))
        if (part >= 0).all() and residual < least * (1 - 1e-9):
            best, least = np.zeros(matrix.shape[1]), residual
            best[active] = part
    return best


def errors(  # noqa: PLR0917
    cost: Any,
    pairs: list[tuple[Kernel, int, dict[str, int]]],
    family: str,
    terms: list[Terms],
    goals: dict[str, list[int]],
    tool: str,
) -> dict[str, Any]:
    """Relative error of each count for a run that the coefficients were not fitted to (each is left out once).

    Median, worst, number of runs; something predicted where nothing was obtained counts as 100 %; a count that is 0 in
    all runs has none.
    """
    table: dict[str, list[float]] = {name: [] for name in COUNTS}
    for index, (kernel, banks, obtained) in enumerate(pairs):
        found = Fit(fitted(terms, goals, index), None, tool)
        blocks = cost.multipliers(kernel, family) if hasattr(cost, "multipliers") else 0
        guess = predict(found, cost.terms(kernel, family), memory_cost(cost.memories(kernel, banks), family), blocks)
        for name in COUNTS:
            if obtained[name] or getattr(guess, name):
                off = abs(getattr(guess, name) - obtained[name])
                table[name].append(off / obtained[name] if obtained[name] else 1.0)
    return {name: summary(found) for name, found in table.items() if found}


def summary(found: list[float]) -> dict[str, float]:
    """Median and worst of relative errors."""
    return {"median": round(float(np.median(found)), 4), "worst": round(max(found), 4), "runs": len(found)}


def _row(kernel: Kernel, banks: int, rtl: str, tool: str) -> dict[str, Any]:
    """A run before it ran; its key says what it depends on."""
    row: dict[str, Any] = {"generics": kernel.generics(), "banks": banks, "tool": tool, "rtl": rtl}
    row["key"] = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]
    return row


def _sources_digest(kind: str) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources([kind]))).hexdigest()[:16]


def _runs(kind: str, family: str) -> list[dict[str, Any]]:
    path = RUNS / f"{kind}.json"
    return json.loads(path.read_text(encoding="utf-8")).get(family, []) if path.exists() else []


def _write_runs(kind: str, family: str, rows: list[dict[str, Any]]) -> None:
    RUNS.mkdir(exist_ok=True)
    path = RUNS / f"{kind}.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    record[family] = rows
    path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
