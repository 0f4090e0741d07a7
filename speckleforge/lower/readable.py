"""A kernel's folding in a few words, as `forge plan` shows it. Takes kernels; gives text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speckleforge.ir.kernel import Kernel


def readable(kernel: Kernel) -> str:
    """Such as `22 lanes x 7 x 25 da/5, pool 2x2`: columns, channels and taps at once, and how they are multiplied.

    The FIFO's depth is left out; a field that is not known here is shown by its name.
    """
    fields = {name: value for name, value in kernel.folding().items() if name != "fifo"}
    if kernel.op is None:
        return _adapter(kernel, fields)
    products = " x ".join(
        str(fields.pop(name)) for name in ("unroll_in", "unroll_out", "unroll_channels") if name in fields
    )
    taps = fields.pop("unroll_taps", None)
    parts = [_lanes(kernel.source.lanes), products, "" if taps is None else str(taps)]
    head = " x ".join(part for part in parts if part)
    return ", ".join([head + _arithmetic(fields), *_rest(kernel, fields)])


def _lanes(count: int) -> str:
    return f"{count} lane{'s' if count > 1 else ''}"


def _adapter(kernel: Kernel, fields: Mapping[str, Any]) -> str:
    """A gearbox or a way between regions."""
    if "enters" in fields:
        return f"SLR{fields['leaves']} -> SLR{fields['enters']}, {_lanes(kernel.source.lanes)}"
    return f"{kernel.source.lanes} -> {_lanes(kernel.sink.lanes)}"


def _arithmetic(fields: dict[str, Any]) -> str:
    kind, group = fields.pop("arithmetic", ""), fields.pop("group", 1)
    return f" {kind}/{group}" if group > 1 else f" {kind}" if kind else ""


def _rest(kernel: Kernel, fields: dict[str, Any]) -> Iterator[str]:
    """What is computed inside, how the result leaves, and what else there is."""
    pool, ceil = fields.pop("pool", (1, 1)), fields.pop("pool_ceil", False)
    if pool != (1, 1):
        yield f"pool {pool[0]}x{pool[1]}" + " ceil" * ceil
    drain = fields.pop("unroll_requantise", None)
    if drain is not None and drain != getattr(kernel, "unroll_out", drain):
        yield f"drain {drain}"
    for name, value in fields.items():
        what = name.removeprefix("unroll_")
        yield f"{name} {value}" if what == name else f"{value} {what.removesuffix('s') if value == 1 else what}"
