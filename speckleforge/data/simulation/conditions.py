"""Reads the named conditions, `conditions/<name>.yaml`. Takes a name; gives a frozen `Condition` or all problems.

A condition is part of what a trained model means, so a published one never changes: a better one gets a new name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from speckleforge.data.simulation.condition import Condition
from speckleforge.errors import Problem, SpecError, did_you_mean

READS = ("conditions/*.yaml",)

FOLDER = Path(__file__).resolve().parent / "conditions"
GROUPS = ("beam", "sample", "multi", "droplets", "background", "detector", "raw")
WORDS = {float: "a number", int: "a whole number", tuple: "a list"}


class _Unique(yaml.SafeLoader):
    """YAML in which a key may stand once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {', '.join(twice)} stands twice")
        return dict(super().construct_mapping(node, deep))


def names() -> tuple[str, ...]:
    """Names of all conditions, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def condition(name: str) -> Condition:
    """Return the condition `name`.

    Raises
    ------
    SpecError
        If there is no such condition (names the nearest one), or its file is not complete and strict.
    """
    if name not in names():
        step = did_you_mean(name, names())
        raise SpecError(Problem(f"no condition '{name}'", "data.condition", repr(name), ", ".join(names()), step))
    return read_condition(FOLDER / f"{name}.yaml")


def read_condition(path: Path) -> Condition:
    """Read a condition's file: every value of every group, nothing else, and a reason for each group.

    Raises
    ------
    SpecError
        If the file is not so; lists all problems.
    """
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), _Unique)
    except yaml.YAMLError as error:
        raise SpecError(Problem("not such a YAML file", path.name, str(error).replace("\n", " "))) from None
    if not isinstance(tree, dict):
        raise SpecError(Problem("no condition in the file", path.name, allowed="about, " + ", ".join(GROUPS)))
    problems = list(_keys(path.name, tree, {"about", *GROUPS}))
    hints = get_type_hints(Condition)
    groups: dict[str, Any] = {}
    for group in GROUPS:
        values = tree.get(group)
        groups[group] = _group(
            f"{path.name}: {group}", hints[group], values if isinstance(values, dict) else {}, problems
        )
    if not isinstance(tree.get("about"), str):
        problems.append(Problem("says nothing of itself", f"{path.name}: about", allowed="text"))
    if problems:
        raise SpecError(problems)
    return Condition(path.stem, str(tree["about"]), _digest(groups), **groups)


def _group(where: str, kind: type, values: Mapping[str, Any], problems: list[Problem]) -> Any:
    """One group as its dataclass, or None and more problems."""
    before = len(problems)
    names_ = [field.name for field in fields(kind)]
    problems += _keys(where, values, {*names_, "reason"})
    if "reason" in values and not isinstance(values["reason"], str):
        problems.append(Problem("needs a text", f"{where}.reason", repr(values["reason"])))
    hints, found = get_type_hints(kind), {}
    for name in names_:
        if name in values:
            found[name], fits = _value(values[name], hints[name])
            if not fits:
                problems.append(
                    Problem(
                        "not such a value", f"{where}.{name}", repr(values[name]), _wanted(hints[name]), _hint(name)
                    )
                )
    return kind(**found) if len(problems) == before else None


def _keys(where: str, values: Mapping[str, Any], wanted: set[str]) -> list[Problem]:
    """Keys that miss and keys that nobody reads."""
    missing = [Problem(f"'{key}' misses", where) for key in sorted(wanted - set(values))]
    unknown = sorted(str(key) for key in set(values) - wanted)
    return missing + [
        Problem(f"'{key}' is not defined", where, key, "", did_you_mean(key, sorted(wanted))) for key in unknown
    ]


def _value(value: Any, hint: Any) -> tuple[Any, bool]:
    """A YAML value as its type, and whether it fits; whole numbers are numbers, `true` is none."""
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        if not isinstance(value, list) or (Ellipsis not in kinds and len(value) != len(kinds)):
            return value, False
        items = [_value(item, kinds[0]) for item in value]
        return tuple(item for item, _ in items), all(fits for _, fits in items)
    if isinstance(value, bool) or not isinstance(value, int if hint is int else (int, float)):
        return value, False
    return hint(value), value >= 0


def _wanted(hint: Any) -> str:
    origin = get_origin(hint) or hint
    return f"{WORDS.get(origin, str(origin))}, not negative"


def _hint(name: str) -> str:
    return "YAML 1.1 reads 1e10 as text: write 1.0e+10" if "fluence" in name else ""


def _digest(groups: Mapping[str, Any]) -> str:
    """SHA-256 of all values: reasons and comments may be worded anew."""
    values = {name: asdict(group) for name, group in groups.items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
