"""`forge explore SPEC`: what other precisions, rates and arithmetics would cost, and which no other one beats."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from speckleforge.cli.build import build_spec, show_failures
from speckleforge.cli.console import Console, table
from speckleforge.cli.cost import RESOURCES, Cost, predict
from speckleforge.cli.exploring.front import Reached, front
from speckleforge.cli.exploring.points import Point, default_bits, default_rates, points, variant, write_variant
from speckleforge.cli.opening import open_spec
from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.spec import Spec
from speckleforge.store.files import write_bytes
from speckleforge.store.store import Store

Obtained = dict[str, Mapping[str, Any]]  # label -> `synthesis.json`


def run(args: argparse.Namespace, console: Console) -> int:
    """Plan every variant, show the front, synthesise what was asked for; 1 where no variant has a design."""
    spec, store = open_spec(args.spec, args.cache)
    wanted = list(points(args.bits or default_bits(spec), args.rates or default_rates(spec), args.arithmetic))
    chosen = [_named(label, wanted) for label in args.synthesise]
    found = [_reach(spec, point, store, f"{i}/{len(wanted)}", console) for i, point in enumerate(wanted, start=1)]
    best = front(found)
    folder = Path(args.out) / spec.name / "explore"
    obtained = _synthesised(spec, chosen, store, args, console)
    record = document(spec, found, best, obtained)
    write_bytes(folder / "explore.json", (json.dumps(record, indent=2) + "\n").encode())
    console.document(record)
    for line in lines(found, best, obtained):
        console.say(line)
    if best and not args.no_plot:
        from speckleforge.report.figures.front import plot

        write_bytes(folder / "front.png", plot(record))
        console.say(f"plot: {folder / 'front.png'}")
    return 0 if best else 1


def _reach(spec: Spec, point: Point, store: Store, number: str, console: Console) -> Reached:
    """Plan one variant; a variant that is no valid spec has no design."""
    console.note(f"plan {number}: {point.label}")
    try:
        return Reached(point, predict(variant(spec, point)[1], store))
    except SpecError as error:
        return Reached(point, Cost(error=str(error)))


def _named(label: str, wanted: Sequence[Point]) -> Point:
    """The point of a label."""
    labels = [point.label for point in wanted]
    if label not in labels:
        step = did_you_mean(label, labels) or "name one of the variants in the table"
        raise SpecError(Problem("no such variant", "--synthesise", label, ", ".join(labels), step))
    return wanted[labels.index(label)]


def _synthesised(
    spec: Spec, chosen: Sequence[Point], store: Store, args: argparse.Namespace, console: Console
) -> Obtained:
    """Build each chosen variant as far as its synthesis."""
    found: Obtained = {}
    for point in chosen:
        write_variant(spec, point, Path(args.out) / spec.name / "explore")
        build = build_spec(variant(spec, point)[1], store, args, ("synth",), console)
        show_failures(build, console)
        entry = build.outcome("synth").entry
        if entry is not None:
            found[point.label] = json.loads(store.cas.read(entry.outputs["synthesis.json"]))
    return found


def document(spec: Spec, found: Sequence[Reached], best: Sequence[Reached], obtained: Obtained) -> dict[str, Any]:
    """All variants for machines."""
    rows = []
    for one in found:
        point = one.point
        row: dict[str, Any] = {
            "label": point.label, "bits": point.bits, "asked_rate_khz": point.rate_khz, "arithmetic": point.arithmetic,
            "on_front": one in best, "error": one.cost.error or None,
        }  # fmt: skip
        if one.feasible:
            row |= {"prediction": dict(one.record), "obtained": _resources(obtained.get(point.label))}
        rows.append(row)
    return {"spec": spec.name, "digest": spec.digest, "target": spec.target.name, "variants": rows}


def _resources(synthesis: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if synthesis is None else dict(synthesis["resources"])


def lines(found: Sequence[Reached], best: Sequence[Reached], obtained: Obtained) -> list[str]:
    """A table of the front; then what was synthesised beside its prediction, and what has no design."""
    header = ("variant", "kHz", "interval", "core latency us", *(f"{name.upper()} %" for name in RESOURCES))
    rows = [[one.point.label, *_cells(one)] for one in sorted(best, key=lambda one: (one.point.bits, -one.rate_khz))]
    text = table(rows, header, right=range(1, len(header))) if rows else []
    able = sum(one.feasible for one in found)
    text = [f"{len(best)} of {able} designs are beaten by no other one (predicted):", *text]
    for one in found:
        synthesis = _resources(obtained.get(one.point.label))
        if synthesis is not None:
            text.append(f"synthesised {one.point.label}: " + ", ".join(_beside(one, synthesis)))
    hopeless = [one for one in found if not one.feasible]
    if hopeless:
        text.append(f"no design: {', '.join(one.point.label for one in hopeless)}")
        text.append(f"  {hopeless[0].point.label}: {hopeless[0].cost.error}")
    return text


def _cells(one: Reached) -> list[str]:
    cycles = one.cost.totals["interval cycles"]
    shares = [f"{100 * one.share(name):.1f}" for name in RESOURCES]
    return [f"{one.rate_khz:,.4g}", f"{cycles:,}", _microseconds(one.latency_us), *shares]


def _microseconds(value: float) -> str:
    """Three figures, never an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _beside(one: Reached, synthesis: Mapping[str, Any]) -> list[str]:
    """Obtained counts, and how far off the prediction was."""
    text = []
    for name in RESOURCES:
        got, said = synthesis[name].get("value"), one.count(name)
        off = f" (predicted {100 * (said / got - 1):+.1f} %)" if got else ""
        text.append(f"{name.upper()} {got:,}{off}" if got is not None else f"{name.upper()} unknown")
    return text
