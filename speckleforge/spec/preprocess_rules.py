"""What a schema cannot say of `preprocess`. Takes filled-in values and a tree; gives problems in place.

Units are followed from the source to the network: each step takes some and gives others (`UNITS` in its own file).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.errors import Problem
from speckleforge.spec import offers
from speckleforge.spec.topology import compand_keys
from speckleforge.spec.tree import Tree

ON_THE_LINK = ("raw ADU", "photons", "levels")
FABRIC = {
    "pedestal": (("raw ADU",), "raw ADU"),
    "mask": (("raw ADU", "photons"), "same"),
    "compand": (("raw ADU", "photons"), "levels"),
}
"""Units that the layers of the fabric take, and what they give."""
_FILE_UNITS = {"photons": "photons", "adu": "ADU", "raw_adu": "raw ADU"}


def preprocess_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Each step once, upstream ones first, units that fit, and bits that the network expects."""
    kinds = [next(iter(step)) for step in values["preprocess"]]
    twice = [index for index, kind in enumerate(kinds) if kind in kinds[:index]]
    found = [
        tree.problem(("preprocess", index, kinds[index]), "a step that is there already", key=True) for index in twice
    ]
    gain = next((index for index, kind in enumerate(kinds) if kind == "gain"), None)
    if gain is not None and {"adu_per_photon", "file"} <= values["preprocess"][gain]["gain"].keys():
        path = ("preprocess", gain, "gain", "file")
        found.append(tree.problem(path, "adu_per_photon and file exclude each other", key=True, next_step="keep one"))
    return [*found, *([] if found else _unit_rules(values, tree)), *_bit_rules(values, tree)]


def source_units(data: Mapping[str, Any]) -> str:
    """Units of the source's frames."""
    if data["source"] == "simulation":
        return "raw ADU" if data["raw"] else "photons"
    return _FILE_UNITS[data["units"]]


def in_fabric(step: Mapping[str, Any]) -> bool:
    """True if a step runs in the hardware of the spec."""
    kind, keys = next(iter(step.items()))
    return kind == "compand" or (isinstance(keys, Mapping) and keys.get("place") == "fabric")


def _unit_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Follow the units; the first step that does not fit is the one to explain."""
    units, steps = source_units(values["data"]), values["preprocess"]
    first_fabric = ""
    for index, step in enumerate(steps):
        kind = next(iter(step))
        path = ("preprocess", index, kind)
        if in_fabric(step):
            first_fabric = first_fabric or kind
        elif first_fabric:
            what, advice = f"comes after {first_fabric}", f"move it before {first_fabric}, which is behind the link"
            return [tree.problem(path, what, key=True, next_step=advice)]
        takes, gives = FABRIC[kind] if in_fabric(step) else offers.step_units()[kind]
        if units not in takes:
            what, advice = f"{kind} takes {' or '.join(takes)}, and gets {units}", _advice(values, index, units, takes)
            return [tree.problem(path, what, key=True, next_step=advice)]
        units = units if gives == "same" else gives
    if units not in ON_THE_LINK:
        what = f"ends with {units}, and the detector link carries whole numbers"
        return [
            tree.problem(("preprocess",), what, key=True, next_step=_advice(values, len(steps), units, ("photons",)))
        ]
    return []


def _advice(values: Mapping[str, Any], index: int, units: str, takes: tuple[str, ...]) -> str:
    """The steps that lead from `units` to what is taken: to be added, or to be moved here from below."""
    data, kinds = values["data"], [next(iter(step)) for step in values["preprocess"]]
    missing = _way(units, takes)
    here = f"before {kinds[index]}" if index < len(kinds) else "at the end"
    if units == "levels":
        return "move it before standardise: levels are final"
    if not missing:
        other = "set data.raw: true" if data["source"] == "simulation" else "change data.units"
        return f"remove it, or {other} if frames are {' or '.join(takes)}"
    below = [kind for kind in missing if kind in kinds[index:]]
    if below == missing:
        return f"move {' and '.join(missing)} {here}"
    return f"put {' and '.join(missing)} {here}"


def _way(units: str, takes: tuple[str, ...]) -> list[str]:
    """The shortest list of upstream steps that turn `units` into one of `takes`; empty if there is none."""
    ways: list[tuple[str, list[str]]] = [(units, [])]
    seen = {units}
    while ways:
        reached, way = ways.pop(0)
        if reached in takes:
            return way
        for kind, (wanted, gives) in offers.step_units().items():
            if reached in wanted and gives not in ("same", *seen):
                seen.add(gives)
                ways.append((gives, [*way, kind]))
    return []


def _bit_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """The last levels have the network's input bits."""
    bits, compand = values["precision"]["input"], compand_keys(values)
    index, standardise = next(
        ((index, step["standardise"]) for index, step in enumerate(values["preprocess"]) if "standardise" in step),
        (0, dict[str, Any]()),
    )
    kind, keys = ("compand", compand) if compand else ("standardise", standardise)
    found = []
    if keys and keys["bits"] != bits:
        place = next(place for place, step in enumerate(values["preprocess"]) if kind in step)
        step = f"write {keys['bits']}, or change preprocess[{place}].{kind}.bits"
        what, path = f"does not agree with {kind}'s bits", ("precision", "input")
        found.append(tree.problem(path, what, got=str(bits), allowed=str(keys["bits"]), next_step=step))
    if standardise and standardise["low"] >= standardise["high"]:
        got, allowed = f"{standardise['low']:g}", f"below high, {standardise['high']:g}"
        what = "leaves no range for levels"
        found.append(tree.problem(("preprocess", index, "standardise", "low"), what, got=got, allowed=allowed))
    return found
