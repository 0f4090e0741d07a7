"""The scientist's part of the page: accuracy. Takes the record; gives the lines of its sections.

Every section names the stage and the condition of its data, and every figure its interval where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from speckleforge.report.markdown import Record, by_class, interval, number, origin, percent, table
from speckleforge.report.page_conditions import applicability, over_area, over_photons
from speckleforge.report.quantity import dig

Lines = Iterator[str]
COLUMNS = ("float", "integers, prototypes", "integers, nearest support", "baseline: intensity alone")


def accuracy(record: Record) -> Lines:
    """All that is known of the accuracy."""
    found = {**record["accuracy"], "classes": record["spec"]["classes"]}
    yield "## Accuracy"
    yield ""
    yield from _protocol(found)
    for section in (_shots, _margin, _pair, _seeds, _veto, over_photons, over_area, applicability, _head):
        yield from section(found)
    yield from _figures(record)


def shots_of(by_shots: Any) -> list[str]:
    """`k1`, `k5`, ... in their order."""
    names = [name for name in by_shots or () if name[:1] == "k" and name[1:].isdigit()]
    return sorted(names, key=lambda name: int(name[1:]))


def headline(found: Record) -> str:
    """`k5`: the number of shots that stands for all; empty where nothing was evaluated."""
    shots = dig(found, "protocol", "headline_shots")
    names = shots_of(found["integer"])
    return f"k{shots}" if shots and f"k{shots}" in names else next(iter(names), "")


def _protocol(found: Record) -> Lines:
    if shots_of(found["integer"]) or shots_of(found["float"]):
        particles = dig(found["integer"], headline(found), "particles")
        of = f"{particles} particles" if particles else "particles"
        yield f"Few-shot, balanced over the classes, on {of} that training never saw: **{origin(found)}**."
        yield "In brackets: 95 %, bootstrap over particles."
        yield ""
    for left in dig(found, "protocol", "left_out") or ():
        yield f"{left['shots']} shots are left out: {left['reason']}."
        yield ""
    for kind in ("float", "integer"):
        if found[kind].get("reason"):
            yield f"{kind}: {found[kind]['reason']}."
            yield ""


def _columns(found: Record, name: str, key: str) -> list[str]:
    """Float, integers with both rules, baseline, at one number of shots."""
    integer = dig(found, "integer", name)
    return [interval(value, key) for value in (dig(found, "float", name), integer, dig(integer, "nearest"))]


def _shots(found: Record) -> Lines:
    names = shots_of(found["integer"]) or shots_of(found["float"])
    baseline = dig(found, "baseline", "few_shot")
    rows = [(name[1:], *_columns(found, name, "mean"), interval(dig(baseline, name))) for name in names]
    if not rows:
        return
    yield from table(("shots", *COLUMNS), rows, right=(0,))
    chosen = headline(found)
    best = dig(found, "integer", chosen)
    if dig(best, "worst_decile") is not None:
        share = f"{best['worst_decile']:.3f}, the baseline's {number(dig(baseline, chosen, 'worst_decile'))}"
        yield f"- Worst tenth of the particles at {chosen[1:]} shots ({origin(found)}): {share}."
    recall = by_class(dig(best, "recall"), found)
    if recall:
        text = ", ".join(f"{name} {share:.3f}" for name, share in recall.items() if share is not None)
        yield f"- Decided right of each class at {chosen[1:]} shots ({origin(found)}): {text}."


def _pair(found: Record) -> Lines:
    pair = found["single_vs_multi"]
    names = shots_of(pair.get("integer"))
    baseline = dig(found, "baseline", "few_shot")
    if names:
        yield f"### Single against multi by itself: {origin(found)}"
        yield ""
        worst = [dig(pair, "integer", name, "worst_decile") for name in names]
        cells = [_columns(pair, name, "balanced") for name in names]
        base = [interval(dig(baseline, name, "single_vs_multi"), "balanced") for name in names]
        rows = [
            (name[1:], *row, other, "-" if low is None else f"{low:.3f}")
            for name, row, other, low in zip(names, cells, base, worst, strict=True)
        ]
        yield from table(("shots", *COLUMNS, "integers, worst tenth"), rows, right=(0,))
    elif pair.get("balanced") is not None:
        yield f"Single against multi by itself: {pair['balanced']:.3f} (balanced)."
        yield ""
    elif pair.get("reason"):
        yield f"Single against multi: {pair['reason']}."
        yield ""


def _margin(found: Record) -> Lines:
    margin, linear = dig(found, "baseline", "margin"), dig(found, "baseline", "linear")
    if dig(margin, "mean") is not None:
        yield f"- Margin over the baseline at {margin['shots']} shots ({origin(found)}): {interval(margin)}."
    if dig(margin, "linear", "mean") is not None:
        trained = f"a linear discriminant on all {number(linear['trained_on'])} labelled training patterns"
        yield f"- Margin over {trained}, which has {interval(linear)}: {interval(margin['linear'])}."
    yield ""


def _seeds(found: Record) -> Lines:
    seeds = found.get("seeds") or {}
    if not seeds.get("seeds"):
        if seeds.get("reason"):
            yield f"Scatter between trainings: {seeds['reason']}."
            yield ""
        return
    name = f"k{seeds['headline_shots']}"
    about = f"{seeds['headline_shots']} shots, training seeds {', '.join(map(str, seeds['seeds']))}"
    yield f"### Over {len(seeds['seeds'])} trainings, {about}: {origin(found)}"
    yield ""
    words = {
        "float": "float",
        "integer": "integers, prototypes",
        "single_vs_multi": "single against multi, integers",
        "baseline": "baseline: intensity alone",
    }
    rows = [(words[key], seeds[key][name]) for key in words if dig(seeds, key, name)]
    rows += [("margin over the baseline", seeds["margin"])] if seeds.get("margin") else []
    cells = [
        (word, interval(value), f"{value['spread']:.4f}", ", ".join(f"{one:.3f}" for one in value["by_seed"]))
        for word, value in rows
    ]
    header = ("", "mean (95 %, over particles and seeds)", "standard deviation of a seed", "each seed")
    yield from table(header, cells, right=(2,))


def _veto(found: Record) -> Lines:
    veto = found.get("veto") or {}
    points: Mapping[str, Any] = veto.get("at") or {}
    if not points:
        return
    yield f"### Veto, {veto['shots']} shots: {origin(found)}"
    yield ""
    priors = ", ".join(f"{name} {percent(share)}" for name, share in by_class(veto["priors"], found).items())
    yield f"Declared shares of the frames, not measured: {priors}. Area below the ROC: {veto['auc']:.4f}."
    yield ""
    rest = [name for name in by_class(veto["priors"], found) if name != "single"]
    rows = [(percent(point["kept_single"]), *_veto_cells(point, rest)) for point in points.values()]
    header = ("single hits kept", "purity", "data reduction", "kept", *(f"{name} kept" for name in rest))
    yield from table(header, rows, right=range(3, 4 + len(rest)))


def _veto_cells(point: Record, rest: Sequence[str]) -> list[str]:
    """Purity, data reduction, one frame of how many, and what is kept of each other class."""
    purity = interval({"mean": point["purity"], "ci95": point.get("purity_ci95")})
    reduction = interval({"mean": point["data_reduction"], "ci95": point.get("data_reduction_ci95")})
    kept = [percent(point["kept"].get(name)) for name in rest]
    return [purity, reduction, f"1 in {point['reduction_factor']:.1f}", *kept]


def _head(found: Record) -> Lines:
    """What the head decides with the prototypes of the weight image."""
    head = found.get("head") or {}
    if not head:
        return
    veto = head["veto"]
    yield f"### Boot image's own prototypes: {origin(found)}"
    yield ""
    decided = f"balanced accuracy {head['balanced_accuracy']:.3f}, {percent(head['unknown'])} unknown"
    yield f"Head with the image's own prototypes: {decided}."
    kept = ", ".join(f"{name} {percent(share)}" for name, share in by_class(veto["kept"], found).items())
    yield f"Veto: {percent(veto['kept_of_all'])} of all frames kept ({kept})."
    yield ""
    confusion = by_class(head["confusion"], found)
    names = [*confusion, "unknown"]
    rows = [(truth, *(number(counts[name]) for name in names)) for truth, counts in confusion.items()]
    yield from table(("true / decided", *names), rows, right=range(1, len(names) + 1))


def _figures(record: Record) -> Lines:
    """The pictures beside the page, each with what it shows."""
    for picture in record.get("figures") or ():
        yield f"![{picture['caption']}]({picture['path']})"
        yield ""
        yield f"*{picture['caption']}*"
        yield ""
