"""Gates. Takes the limits of a spec and the record of a build; gives a verdict for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from speckleforge.report.quantity import dig

Gate = dict[str, Any]
NOT_ESTABLISHED = "not_established"


def check_gates(limits: Mapping[str, Any], record: Mapping[str, Any]) -> list[Gate]:
    """All gates of the spec, in order of their names there."""
    return [gate for name, limit in limits.items() for gate in _CHECKS[name](limit, record)]


def _judged(name: str, rule: str, limit: float, found: Any) -> Gate:
    """Compare a quantity that a tool obtained; a prediction establishes nothing."""
    gate = {"name": name, "rule": rule, "limit": limit}
    value = dig(found, "value")
    if value is None:
        reason = dig(found, "reason") or "nothing obtained it"
        return {**gate, "value": None, "holds": NOT_ESTABLISHED, "reason": reason}
    stage = dig(found, "stage")
    gate |= {"value": value} | ({"stage": stage} if stage else {})
    if stage == "predicted":
        return {**gate, "holds": NOT_ESTABLISHED, "reason": "only predicted"}
    return {**gate, "holds": bool(value >= limit if rule == "at_least" else value <= limit)}


def _accuracy(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
    shots = f"k{limit['shots']}"
    found = dig(record, "accuracy", "integer", shots)
    reason = dig(record, "accuracy", "integer", "reason") or f"accuracy with {limit['shots']} shots was not evaluated"
    value = {"value": found["mean"]} if found else {"value": None, "reason": reason}
    yield _judged(f"accuracy_{shots}", "at_least", limit["at_least"], value)


def _single_vs_multi(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
    shots = f"k{limit['shots']}"
    found = dig(record, "accuracy", "single_vs_multi", "integer", shots)
    reason = dig(record, "accuracy", "single_vs_multi", "reason")
    reason = reason or f"single against multi with {limit['shots']} shots was not evaluated"
    value = {"value": found["balanced"]} if found else {"value": None, "reason": reason}
    yield _judged(f"single_vs_multi_{shots}", "at_least", limit["at_least"], value)


def _baseline_margin(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
    shots = f"k{limit['shots']}"
    found = dig(record, "accuracy", "baseline", "margins", shots)
    reason = dig(record, "accuracy", "baseline", "reason")
    reason = reason or f"the baseline with {limit['shots']} shots was not evaluated"
    value = {"value": found["mean"]} if found else {"value": None, "reason": reason}
    yield _judged(f"baseline_margin_{shots}", "at_least", limit["at_least"], value)


def _cycles(name: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Gate]]:
    def check(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
        yield _judged(name, "at_most", limit["at_most"], dig(record, "hardware", name))

    return check


def _latency_us(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
    gate = _judged("latency_us", "at_most", limit["at_most"], dig(record, "hardware", "latency_us"))
    cycles = dig(record, "hardware", "latency_cycles", "value")
    if cycles is not None:
        gate["needs_clock_mhz"] = round(cycles / limit["at_most"], 3)
    yield gate


def _utilisation(limit: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Gate]:
    for name, share in limit.items():
        found = dig(record, "hardware", "resources", name) or {}
        value = {**found, "value": found.get("share")}
        yield _judged(f"utilisation_{name}", "at_most", share, value)


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Gate]]] = {
    "accuracy": _accuracy,
    "single_vs_multi": _single_vs_multi,
    "baseline_margin": _baseline_margin,
    "latency_cycles": _cycles("latency_cycles"),
    "interval_cycles": _cycles("interval_cycles"),
    "latency_us": _latency_us,
    "utilisation": _utilisation,
}
