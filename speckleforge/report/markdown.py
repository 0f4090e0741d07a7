"""Markdown for numbers that know where they come from. Takes records; gives text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from speckleforge.report.quantity import dig

Record = Mapping[str, Any]
STAGES = {"placed_and_routed": "placed and routed", "target": "asked"}


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """A Markdown table; columns in `right` are numbers."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'|'.join('---:' if index in right else '---' for index in range(len(header)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def shown(found: Any, unit: str = "") -> str:
    """A quantity with its stage, or why there is none."""
    value = dig(found, "value")
    if value is None:
        return f"not known ({dig(found, 'reason') or 'nothing obtained it'})"
    stage = dig(found, "stage")
    source = ", ".join(part for part in (STAGES.get(stage, stage), dig(found, "tool")) if part)
    return f"{number(value)}{' ' + unit if unit else ''}" + (f" ({source})" if source else "")


def number(value: Any) -> str:
    """A number for a reader: thousands apart, at most four decimals."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def percent(share: Any) -> str:
    """A share in percent."""
    return "-" if share is None else f"{100 * share:.1f} %"


def origin(found: Record) -> str:
    """`simulated, photons, condition reference`: where the data come from."""
    data = found["data"]
    stage = data.get("stage") or f"{data.get('source')}, {data.get('unit')}"
    condition = data.get("condition")
    return f"{stage}, condition `{condition}`" if condition else str(stage)


def interval(value: Any, key: str = "mean") -> str:
    """`0.912 (0.900 to 0.924)`; a dash for what is not there."""
    mean, ends = dig(value, key), dig(value, "ci95")
    if mean is None:
        return "-"
    return f"{mean:.3f} ({ends[0]:.3f} to {ends[1]:.3f})" if ends else f"{mean:.3f}"


def by_class(values: Any, found: Record) -> dict[str, Any]:
    """A mapping by class in the order of `found["classes"]`: files sort their keys by name."""
    return {name: values[name] for name in found["classes"] if name in (values or {})}
