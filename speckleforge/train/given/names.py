"""Which tensor of a file is which of ours. Takes names and shapes; gives pairs of names; touches no value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from speckleforge.errors import FormatError, Problem, did_you_mean

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]
IGNORE = "ignore"
MAP = "write train.names: {theirs: ours}"


@dataclass
class Pairs:
    """Our tensor -> theirs; what is wrong; our tensors that are zero because theirs has none."""

    of: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    zero: list[str] = field(default_factory=list)


def layer_of(name: str) -> str:
    """The layer of a tensor: `features.0` of `features.0.weight`."""
    return name.rpartition(".")[0]


def _leaf(name: str) -> str:
    return name.rpartition(".")[2]


def _natural(name: str) -> list[tuple[int, str]]:
    """A sorting key under which `layer10` comes after `layer9`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _layers(shapes: Shapes, names: Sequence[str]) -> dict[str, dict[str, Shape]]:
    """Layer -> shapes of its tensors, in order of its first one; PyTorch calls the slope of a PReLU its weight."""
    found: dict[str, dict[str, Shape]] = {}
    for name in names:
        found.setdefault(layer_of(name), {})[_leaf(name)] = shapes[name]
    return {
        layer: {"slope": own["weight"]} if set(own) == {"weight"} and len(own["weight"]) == 1 else own
        for layer, own in found.items()
    }


def match(theirs: Shapes, ours: Shapes, *, ordered: bool, names: Mapping[str, str], optional: frozenset[str]) -> Pairs:
    """Pair tensors: by the map, then by equal names, else by order and shape of layers.

    Parameters
    ----------
    theirs, ours
        Name -> shape; ours in the order of the network, theirs in the order of the file.
    ordered
        The file's order is the model's; else layers are told apart by shape, and by number where shapes are equal.
    names
        The user's map: a tensor or layer of the file -> ours, or `ignore`.
    optional
        Tensors of ours that may be missing: biases before a batch normalisation.
    """
    found = Pairs()
    left = _mapped(found, theirs, ours, names)
    wanted = [name for name in ours if name not in found.of]
    if any(name in ours for name in left) or not left:
        for name in left:
            if name in wanted:
                found.of[name] = name
            else:
                hint = did_you_mean(name, wanted) or f"{MAP}, or `{name}: ignore`"
                found.problems.append(Problem(f"extra tensor '{name}'", "", str(theirs[name]), "none", hint))
    else:
        _by_layers(found, _layers(theirs, left), _layers(ours, wanted), ordered=ordered, optional=optional)
    _check(found, theirs, ours, optional)
    return found


def _mapped(found: Pairs, theirs: Shapes, ours: Shapes, names: Mapping[str, str]) -> list[str]:
    """Apply the user's map; returns the names of theirs that it does not speak of."""
    left = dict.fromkeys(theirs)
    for source, target in names.items():
        where = f"train.names.{source}"
        here = [name for name in theirs if name == source or name.startswith(f"{source}.")]
        if not here:
            allowed = list(dict.fromkeys([*(layer_of(name) for name in theirs), *theirs]))
            hint = did_you_mean(source, allowed)
            found.problems.append(
                Problem("the file has no such tensor or layer", where, source, ", ".join(allowed), hint)
            )
        for name in here:
            left.pop(name, None)
            if target != IGNORE:
                _assign(found, name, target + name.removeprefix(source), ours, where)
    return list(left)


def _assign(found: Pairs, name: str, target: str, ours: Shapes, where: str) -> None:
    """One tensor of the map."""
    slope = f"{layer_of(target)}.slope"
    target = slope if target not in ours and slope in ours and _leaf(target) == "weight" else target
    if target not in ours:
        allowed = list(dict.fromkeys([*(layer_of(own) for own in ours), *ours]))
        hint = did_you_mean(layer_of(target) or target, allowed)
        problem = Problem("the network has no such tensor or layer", where, target, ", ".join(allowed), hint)
        found.problems.append(problem)
    elif target in found.of:
        what = f"both '{found.of[target]}' and '{name}' are '{target}'"
        found.problems.append(Problem(what, where, next_step="map one of them elsewhere"))
    else:
        found.of[target] = name


Layers = Mapping[str, Mapping[str, Shape]]


def _fits(theirs: Mapping[str, Shape], ours: Mapping[str, Shape], layer: str, optional: frozenset[str]) -> bool:
    """True if two layers have the same tensors; a bias that does nothing may be missing."""
    missing = {leaf for leaf in ours if leaf not in theirs}
    return all(f"{layer}.{leaf}" in optional for leaf in missing) and {
        leaf: shape for leaf, shape in ours.items() if leaf not in missing
    } == dict(theirs)


def _by_layers(found: Pairs, theirs: Layers, ours: Layers, *, ordered: bool, optional: frozenset[str]) -> None:
    """Pair layer by layer: in order, else by shapes that only one layer has, else as far as a comparison goes."""
    pairs: list[tuple[str, str]] | None = list(zip(theirs, ours, strict=False))
    in_order = len(theirs) == len(ours) and all(_fits(theirs[a], ours[b], b, optional) for a, b in pairs or ())
    if not (ordered and in_order):
        groups = _by_shape(theirs, ours, optional)
        pairs = _numbered(groups) if groups else _aligned(theirs, ours)
    if pairs is None:
        what = "layers of equal shapes whose order the file does not tell"
        found.problems.append(Problem(what, "", ", ".join(theirs), ", ".join(ours), MAP))
        found.of |= {f"{b}.{leaf}": "" for b in ours for leaf in ours[b]}
    for a, b in pairs or ():
        for leaf in {**ours.get(b, {}), **theirs.get(a, {})}:
            _pair(found, (a, b, leaf), theirs, ours)


def _pair(found: Pairs, names: tuple[str, str, str], theirs: Layers, ours: Layers) -> None:
    """One tensor of a pair of layers; either may lack it, and either layer may be missing (an empty name)."""
    layer, own, leaf = names
    real = "weight" if leaf == "slope" else leaf
    if leaf not in ours.get(own, {}):
        shape, hint = str(theirs[layer][leaf]), f"{MAP}, or `{layer}: ignore`"
        found.problems.append(Problem(f"extra tensor '{layer}.{real}'", "", shape, "none", hint))
    elif leaf in theirs.get(layer, {}):
        found.of[f"{own}.{leaf}"] = f"{layer}.{real}" if layer else real


def _by_shape(theirs: Layers, ours: Layers, optional: frozenset[str]) -> list[tuple[list[str], list[str]]]:
    """Groups of layers of equal shapes, theirs and ours; none if a group does not have as many of both."""
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for own in ours:
        alike = [layer for layer in theirs if _fits(theirs[layer], ours[own], own, optional)]
        groups.setdefault(str(alike), (alike, []))[1].append(own)
    whole = all(len(alike) == len(mine) for alike, mine in groups.values())
    return list(groups.values()) if whole and sum(len(alike) for alike, _ in groups.values()) == len(theirs) else []


def _numbered(groups: list[tuple[list[str], list[str]]]) -> list[tuple[str, str]] | None:
    """Pairs of the layers of every group in the order of their numbers; None if names differ in more than numbers."""
    if any(len({re.sub(r"\d+", "#", layer) for layer in alike}) > 1 for alike, _ in groups):
        return None
    return [pair for alike, mine in groups for pair in zip(sorted(alike, key=_natural), mine, strict=True)]


def _aligned(theirs: Layers, ours: Layers) -> list[tuple[str, str]]:
    """Pairs for the messages of a match that failed: what is alike in order, the rest beside each other."""
    a, b = list(theirs), list(ours)
    first_marks, own_marks = ([str(sorted(own.items())) for own in layers.values()] for layers in (theirs, ours))
    pairs: list[tuple[str, str]] = []
    for _, first, last, start, stop in SequenceMatcher(None, first_marks, own_marks, autojunk=False).get_opcodes():
        for step in range(max(last - first, stop - start)):
            left = a[first + step] if first + step < last else ""
            pairs.append((left, b[start + step] if start + step < stop else ""))
    return pairs


def _check(found: Pairs, theirs: Shapes, ours: Shapes, optional: frozenset[str]) -> None:
    """Every tensor of ours is there, in its shape; unused layers were reported where they were met."""
    for name, shape in ours.items():
        source = found.of.get(name)
        if source is None and name in optional:
            found.zero.append(name)
        elif source is None:
            found.problems.append(Problem(f"missing tensor '{name}'", "", "missing", str(shape), MAP))
        elif source and theirs[source] != shape:
            what = f"tensor '{name}'" if source == name else f"tensor '{source}' for '{name}'"
            found.problems.append(Problem(f"{what} has another shape", "", str(theirs[source]), str(shape)))


def refuse(problems: Sequence[Problem], file: str) -> None:
    """Raise all problems at once, each with the file's name where it has no place of its own."""
    if problems:
        raise FormatError([Problem(p.what, p.where or file, p.got, p.allowed, p.next_step) for p in problems])
