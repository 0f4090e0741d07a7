"""Variants of a spec: other precision, rate and arithmetic, everything else as written. Builds nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from speckleforge.spec import Spec, parse_spec

ANY = "any"  # the planner chooses for every layer
STEPS = (0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # rates tried, in units of what the spec asks for


@dataclass(frozen=True)
class Point:
    """One variant.

    Attributes
    ----------
    bits
        Of weights and activations; a layer's own precision stays.
    rate_khz
        Asked frames per millisecond.
    arithmetic
        `any`, or the only one that products may use.
    """

    bits: int
    rate_khz: float
    arithmetic: str

    @property
    def label(self) -> str:
        """Short name: `w4a4-1000khz-da`."""
        rate = f"{self.rate_khz:g}".replace(".", "p")
        return f"w{self.bits}a{self.bits}-{rate}khz-{self.arithmetic}"


def points(bits: Sequence[int], rates: Sequence[float], arithmetics: Sequence[str]) -> Iterator[Point]:
    """Every combination; the highest rate first."""
    for width in sorted(set(bits)):
        for rate in sorted(set(rates), reverse=True):
            for arithmetic in dict.fromkeys(arithmetics):
                yield Point(width, rate, arithmetic)


def default_rates(spec: Spec) -> tuple[float, ...]:
    """Rates around what the spec asks for; of a latency, the rate of frames that do not overlap."""
    hardware = spec.values["hardware"]
    asked = hardware.get("frame_rate_khz") or 1000 / hardware["latency_us"]
    return tuple(float(f"{asked * step:.3g}") for step in STEPS)


def default_bits(spec: Spec) -> tuple[int, ...]:
    """4 and 8 bits, and what the spec has."""
    return tuple(sorted({4, 8, int(spec.values["precision"]["weights"])}))


def variant(spec: Spec, point: Point) -> tuple[bytes, Spec]:
    """The YAML text of a variant, and the variant.

    Raises
    ------
    SpecError
        If the variant is no valid spec.
    """
    values: dict[str, Any] = yaml.safe_load(spec.path.read_bytes())
    text = yaml.safe_dump(changed(values, point), sort_keys=False, allow_unicode=True).encode()
    return text, parse_spec(text, spec.path, f"{spec.path.name} as {point.label}")


def changed(values: Mapping[str, Any], point: Point) -> dict[str, Any]:
    """The spec's values with those of the point. A latency is not asked for: the table shows what it becomes."""
    found = copy.deepcopy(dict(values))
    found["name"] = f"{found['name']}-{point.label}"
    found["precision"] = {**(found.get("precision") or {}), "weights": point.bits, "activations": point.bits}
    hardware = {key: value for key, value in found["hardware"].items() if key not in ("latency_us", "budget")}
    hardware["frame_rate_khz"] = point.rate_khz
    if point.arithmetic != ANY:
        hardware["arithmetic"] = [point.arithmetic]
    found["hardware"] = hardware
    found["gates"] = {}
    return found


def write_variant(spec: Spec, point: Point, folder: Path) -> Path:
    """Keep a variant's text under its label; its data files are still found beside the original."""
    path = folder / f"{point.label}.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"# A variant of {spec.path.name}, made by `forge explore`.\n".encode() + variant(spec, point)[0])
    return path
