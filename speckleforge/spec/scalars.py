"""One YAML scalar to one value, with the traps of YAML 1.1 named. Takes a node; gives a value and perhaps a trap.

Source: https://yaml.org/type/bool.html, float.html, int.html (YAML 1.1); PyYAML follows them but for `y` and `n`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")
# What a reader takes for a number and YAML 1.1 for text: no dot, or an exponent without a sign.
_EXPONENT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")


@dataclass(frozen=True)
class Trap:
    """A scalar whose YAML 1.1 meaning is hardly the one meant."""

    what: str
    next_step: str


def scalar_value(node: yaml.ScalarNode) -> tuple[Any, Trap | None]:
    """The value of a scalar; with a trap it is what was likely meant."""
    text, kind = node.value, node.tag.removeprefix(_TAG)
    readers = {"bool": _boolean, "int": _integer, "float": _number}
    if kind in readers:
        return readers[kind](text)
    if kind in ("str", "timestamp"):
        return _text(node)
    if kind in ("null", "merge", "value"):
        return (None if kind == "null" else text), None
    return text, Trap(f"the tag {node.tag} is not allowed", "write a plain value")


def _boolean(text: str) -> tuple[Any, Trap | None]:
    """`true` and `false` only: yes, no, on, off are words to a reader."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true", None
    meaning = "true" if text.lower() in ("yes", "on") else "false"
    step = f'write {meaning}, or put it in quotes ("{text}") if the word is meant'
    return meaning == "true", Trap(f"YAML 1.1 reads `{text}` as the boolean {meaning}", step)


def _integer(text: str) -> tuple[Any, Trap | None]:
    """Decimal only: `010` is 8 in YAML 1.1 and `1:30` is 90."""
    plain = text.replace("_", "")
    if _INT.fullmatch(plain):
        return int(plain), None
    value = yaml.SafeLoader("").construct_yaml_int(yaml.ScalarNode(_TAG + "int", text))
    meant = plain.lstrip("0") or "0"
    step = f"write {value}" + (f" or {meant}" if meant.isdigit() and meant != str(value) else "")
    return value, Trap(f"YAML 1.1 reads `{text}` as the number {value}", step)


def _number(text: str) -> tuple[Any, Trap | None]:
    """Finite decimal numbers only."""
    plain = text.replace("_", "")
    if _FLOAT.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain), None
    return 0.0, Trap(f"`{text}` is not a finite decimal number", "write a number such as 0.001")


def _text(node: yaml.ScalarNode) -> tuple[Any, Trap | None]:
    """Text; an unquoted number with an exponent gets a word of warning."""
    text: str = node.value
    if node.style in (None, "") and _EXPONENT.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            step = f"write {_decimal(value)}, or put it in quotes if text is meant"
            return value, Trap(f"YAML 1.1 reads `{text}` as text; the number {_plain(value)} was likely meant", step)
    return text, None


def _plain(value: float) -> str:
    """A number without an exponent where that is readable."""
    return f"{value:.12f}".rstrip("0").rstrip(".") if 1e-9 <= abs(value) < 1e12 else repr(value)


def _decimal(value: float) -> str:
    """A spelling that YAML 1.1 reads as a number: with a dot, and a signed exponent if any."""
    if 1e-9 <= abs(value) < 1e12:
        return _plain(value)
    mantissa, _, exponent = f"{value:e}".partition("e")
    return f"{float(mantissa)}e{exponent}"
