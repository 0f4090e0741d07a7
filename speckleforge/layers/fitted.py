"""Resource formulas whose coefficients come from synthesis runs. Takes terms that a layer's `cost.py` counts; gives
`Resources`.

A layer says what its hardware is made of: so many product bits, register bits, table entries (`terms`). How many LUTs
one of them takes on a family stands in the layer's `cost.json`, which `python -m benchmarks.fit_cost` renews together
with its error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.resources import Resources
from speckleforge.layers.blocks import MemoryCost

FOLDER = Path(__file__).parent
FITTED = ("logic", "ff")  # logic: LUTs that are no memory; memories and blocks are counted, never fitted

# Per resource: how much there is of each term.
Terms = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Fit:
    """Coefficients of one formula.

    Attributes
    ----------
    coefficients
        resource -> term -> count for one unit of the term.
    error
        resource -> `median` and `worst` relative error and number of `runs`; None until fitted from runs.
    tool
        What the coefficients come from.
    """

    coefficients: Mapping[str, Mapping[str, float]]
    error: Mapping[str, Mapping[str, float]] | None
    tool: str

    @property
    def stage(self) -> str:
        """`fitted` or `unfitted`: how far to trust it."""
        return "fitted" if self.error else "unfitted"

    def count(self, resource: str, terms: Mapping[str, float]) -> int:
        """Predicted count of one resource."""
        known = self.coefficients[resource]
        return max(0, round(sum(known[term] * amount for term, amount in terms.items())))


@cache
def load(path: Path, family: str) -> Fit:
    """The fit of one family.

    Raises
    ------
    DesignError
        If the file has none for that family.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    if family not in record:
        raise DesignError(
            Problem("no cost formula for this family", path.parent.name, family, ", ".join(sorted(record)),
                    "run `python -m benchmarks.fit_cost`")
        )  # fmt: skip
    entry = record[family]
    return Fit(entry["coefficients"], entry["error"], entry["tool"])


@cache
def layer_fit(kind: str, family: str) -> Fit:
    """The fit in `layers/<kind>/cost.json`."""
    return load(FOLDER / kind / "cost.json", family)


def predict(fit: Fit, terms: Terms, memory: MemoryCost, dsp: int = 0) -> Resources:
    """Fitted counts of logic and FF, and exact counts of memory and blocks; LUTs include those used as memory."""
    logic = fit.count("logic", with_mux(terms, memory)["logic"])
    return Resources(logic + memory.lutram, memory.lutram, fit.count("ff", terms["ff"]), dsp, memory.bram)


def with_mux(terms: Terms, memory: MemoryCost) -> Terms:
    """The terms with the multiplexers that deep memories need, which are logic.

    Those of LUT memory always; those of block RAM where a layer names `deep_bits`.
    """
    deep = {"deep_bits": memory.row_bits} if "deep_bits" in terms["logic"] else {}
    return {**terms, "logic": {**terms["logic"], "mux_bits": memory.mux_bits, **deep}}
