"""`forge check SPEC...`: every mistake in every spec, or what each spec is."""

from __future__ import annotations

import argparse
from typing import Any

from speckleforge.cli.console import Console
from speckleforge.errors import Problem, SpecError
from speckleforge.spec import Spec, load_spec


def run(args: argparse.Namespace, console: Console) -> int:
    """Check all; raises `SpecError` with the problems of all."""
    good: list[Spec] = []
    problems: list[Problem] = []
    for name in args.specs:
        try:
            good.append(load_spec(name))
        except SpecError as error:
            problems.extend(error.problems)
    for spec in good:
        console.say(f"{spec.path}: ok: {describe(spec)}")
    if problems:
        raise SpecError(problems)
    console.document({"specs": [record(spec) for spec in good]})
    return 0


def describe(spec: Spec) -> str:
    """A spec in one line."""
    hardware = spec.values["hardware"]
    units = {"latency_us": "us", "frame_rate_khz": "kHz"}
    asked = " and ".join(f"{hardware[key]:g} {unit}" for key, unit in units.items() if key in hardware)
    size = f"{spec.topology.network_parameters:,} parameters, {spec.topology.macs:,} MACs"
    return f"{size}; {spec.target.name} at {hardware['clock_mhz']:g} MHz, {asked} asked"


def record(spec: Spec) -> dict[str, Any]:
    """A spec for machines."""
    return {
        "path": str(spec.path),
        "name": spec.name,
        "digest": spec.digest,
        "target": spec.target.name,
        "parameters": spec.topology.network_parameters,
        "macs": spec.topology.macs,
    }
