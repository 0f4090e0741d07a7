"""UltraScale+ against UltraScale: `python -m benchmarks.families [KIND ...]`.

Synthesises small kernels of every kind and every arithmetic for both families and compares the cells, type by type;
writes `benchmarks/families.json`. Kernels are those of `kernels_to_fit`, the ones of each kind and arithmetic that are
predicted to be smallest. As long as all are equal, UltraScale+ needs no cost formulas of its own (docs/boards.md).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.fit_cost import KINDS
from benchmarks.kernels_to_fit import kernels
from benchmarks.synthesise_kernel import CELLS, synthesised_cells
from speckleforge.ir.kernel import Kernel
from speckleforge.layers import facet
from speckleforge.synth.usage import resources_of

RECORD = Path(__file__).parent / "families.json"
PAIR = ("ultrascale", "ultrascaleplus")
EACH = 2  # kernels of a kind and arithmetic
LIMIT_S = 600.0


def main() -> int:
    """Compare; 1 where a kernel differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", default=KINDS)
    wanted = parser.parse_args().kinds
    rows = [row for row in known_rows() if row["kind"] not in wanted]
    for kind in wanted:
        for kernel, banks in chosen(kind):
            start = time.monotonic()
            rows.append(compared(kernel, banks))
            print(json.dumps(rows[-1]), f"{time.monotonic() - start:.0f} s", flush=True)
            rows.sort(key=lambda row: KINDS.index(row["kind"]))
            RECORD.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return int(not all(row["equal"] for row in rows))


def known_rows() -> list[dict[str, Any]]:
    """What the record holds."""
    return list(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else []


def chosen(kind: str) -> Iterator[tuple[Kernel, int]]:
    """The smallest kernels of a kind, some of each arithmetic."""
    cost: Any = facet(kind, "cost")
    found = sorted(kernels(kind, PAIR[0]), key=lambda pair: cost.cost(pair[0], PAIR[0], pair[1]).lut)
    taken: dict[str, int] = {}
    for kernel, banks in found:
        way = getattr(kernel, "arithmetic", "")
        if taken.setdefault(way, 0) < EACH:
            taken[way] += 1
            yield kernel, banks


def compared(kernel: Kernel, banks: int) -> dict[str, Any]:
    """Cells of both families, and whether they are equal; a run past its limit is a difference."""
    cells = [synthesised_cells(kernel, family, banks, LIMIT_S) for family in PAIR]
    row: dict[str, Any] = {
        "kind": kernel.kind,
        "folding": dict(kernel.folding()),
        "banks": banks,
        "tool": f"yosys {version('pyosys')}",
        "equal": cells[0] is not None and cells[0] == cells[1],
    }
    for family, found in zip(PAIR, cells, strict=True):
        row[family] = None if found is None else resources_of(found, CELLS[family])
    return row


if __name__ == "__main__":
    sys.exit(main())
