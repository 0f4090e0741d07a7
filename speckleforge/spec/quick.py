"""A quick yes to values that fit a JSON Schema. Takes plain values and a rule; gives True only if they surely fit.

`jsonschema` decides everything else and explains it; its import takes longer than everything else of a plan. A keyword
that is not known here gives False, never a wrong yes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Rule = Mapping[str, Any]


class _UnknownKeywordError(Exception):
    """The schema says something that this module does not understand."""


def fits(value: Any, rule: Rule) -> bool:
    """True if `value` obeys `rule`; False if not, or if that is not sure."""
    try:
        return _fits(value, rule)
    except _UnknownKeywordError:
        return False


def _fits(value: Any, rule: Rule) -> bool:
    unknown = rule.keys() - _RULES.keys() - _NOTES
    if unknown:
        raise _UnknownKeywordError(unknown)
    return all(_RULES[key](value, wanted, rule) for key, wanted in rule.items() if key in _RULES)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
}


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and bool(value == other)


def _type(value: Any, wanted: str | list[str], rule: Rule) -> bool:
    return any(_TYPES[name](value) for name in ([wanted] if isinstance(wanted, str) else wanted))


def _properties(value: Any, wanted: Mapping[str, Rule], rule: Rule) -> bool:
    return not isinstance(value, dict) or all(_fits(value[key], wanted[key]) for key in wanted if key in value)


def _additional(value: Any, wanted: bool | Rule, rule: Rule) -> bool:
    if not isinstance(value, dict):
        return True
    others = [item for key, item in value.items() if key not in rule.get("properties", ())]
    return not others if wanted is False else wanted is not True and all(_fits(item, wanted) for item in others)


def _unique(value: Any, wanted: bool, rule: Rule) -> bool:
    return not isinstance(value, list) or (all(isinstance(v, str) for v in value) and len(set(value)) == len(value))


def _bound(holds: Callable[[Any, Any], bool], measure: Callable[[Any], Any], kind: Any) -> Callable[..., bool]:
    """A rule on a number or a length; other kinds of values obey it."""

    def check(value: Any, wanted: Any, rule: Rule) -> bool:
        return isinstance(value, bool) or not isinstance(value, kind) or holds(measure(value), wanted)

    return check


def _at_least(value: Any, wanted: Any) -> bool:
    return bool(value >= wanted)


def _at_most(value: Any, wanted: Any) -> bool:
    return bool(value <= wanted)


def _itself(value: Any) -> Any:
    return value


_NUMBER = (int, float)
_RULES: Mapping[str, Callable[[Any, Any, Rule], bool]] = {
    "type": _type,
    "enum": lambda value, wanted, rule: any(_same(value, item) for item in wanted),
    "const": lambda value, wanted, rule: _same(value, wanted),
    "minimum": _bound(_at_least, _itself, _NUMBER),
    "maximum": _bound(_at_most, _itself, _NUMBER),
    "exclusiveMinimum": _bound(lambda value, wanted: bool(value > wanted), _itself, _NUMBER),
    "minItems": _bound(_at_least, len, list),
    "maxItems": _bound(_at_most, len, list),
    "minLength": _bound(_at_least, len, str),
    "minProperties": _bound(_at_least, len, dict),
    "maxProperties": _bound(_at_most, len, dict),
    "pattern": lambda value, wanted, rule: not isinstance(value, str) or re.search(wanted, value) is not None,
    "items": lambda value, wanted, rule: not isinstance(value, list) or all(_fits(item, wanted) for item in value),
    "uniqueItems": _unique,
    "properties": _properties,
    "required": lambda value, wanted, rule: not isinstance(value, dict) or all(key in value for key in wanted),
    "additionalProperties": _additional,
    "anyOf": lambda value, wanted, rule: any(_fits(value, branch) for branch in wanted),
    "oneOf": lambda value, wanted, rule: sum(_fits(value, branch) for branch in wanted) == 1,
}
_NOTES = {"$schema", "$id", "title", "description", "default"}
