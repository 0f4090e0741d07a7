"""Elaborated designs in yosys' intermediate language, cut into units. Takes text; gives the text of each unit.

A unit is a module that is mapped by itself, with all modules that are dissolved into it; of other units that it
instantiates it holds the ports alone. Numbers that yosys gave to nameless things depend on all that was read before
them: they are counted anew in each unit, so that a unit's text changes only with what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_MODULE = re.compile(r"^module (?P<name>\S+)$", re.MULTILINE)
_CELL = re.compile(r"^  cell (?P<kind>\S+) \S+$", re.MULTILINE)
_PORT = re.compile(r"^  wire .*\b(?:input|output|inout) \d+ .*$", re.MULTILINE)
_NUMBER = re.compile(r"\$(\d+)(?=[_.\s\[\]]|$)", re.MULTILINE)
_SOURCE = re.compile(r'^ *attribute \\src ".*"\n', re.MULTILINE)


OWN_UNIT = (
    100_000  # characters from which a module is mapped by itself: below, starting yosys takes longer than mapping
)


@dataclass(frozen=True)
class Unit:
    """What one run of yosys maps: the name of its top, as yosys writes it, and the text."""

    name: str
    text: str


def units(text: str, top: str, own_unit: int = OWN_UNIT) -> tuple[Unit, ...]:
    """The units of a design, the largest first; the last one holds `top`.

    Parameters
    ----------
    text
        An elaborated design. Modules with `keep_hierarchy` keep their borders, all others are dissolved.
    top
        Its top.
    own_unit
        Modules that keep their borders and have fewer characters than this share the unit of `top`.

    Raises
    ------
    FormatError
        The text has no module `top`.
    """
    modules = dict(_modules(_SOURCE.sub("", text)))
    root = f"\\{top}"
    if root not in modules:
        raise FormatError(Problem("the elaborated design has no such module", "elaborated.il", got=top))
    kept = {name for name, body in modules.items() if "attribute \\keep_hierarchy 1\n" in body} - {root}
    small = {name for name in kept if sum(len(modules[inner]) for inner in _inside(name, kept, modules)) < own_unit}
    shared = _inside(root, kept - small, modules)
    apart = sorted((_unit(name, _inside(name, kept, modules), modules) for name in kept - shared), key=_size)
    return (*apart, _unit(root, shared, modules))


def _size(unit: Unit) -> tuple[int, str]:
    """Largest first."""
    return -len(unit.text), unit.name


def _modules(text: str) -> Iterator[tuple[str, str]]:
    """Name and text, attributes included, of each module."""
    for part in re.split(r"(?<=^end\n)", text, flags=re.MULTILINE):
        match = _MODULE.search(part)
        if match:
            start = part.find("attribute ") if part.find("attribute ", 0, match.start()) >= 0 else match.start()
            yield match["name"], part[start:]


def _inside(root: str, borders: Set[str], modules: Mapping[str, str]) -> set[str]:
    """The root and all modules below it that are not behind one of the borders."""
    inside, waiting = {root}, [root]
    while waiting:
        found = _below(waiting.pop(), modules) - borders - inside
        inside |= found
        waiting += found
    return inside


def _below(name: str, modules: Mapping[str, str]) -> set[str]:
    """Modules that a module instantiates."""
    return set(_CELL.findall(modules[name])) & set(modules)


def _unit(root: str, inside: Set[str], modules: Mapping[str, str]) -> Unit:
    """A unit of these modules, the root first, the others in the order of names, and the ports of what is outside."""
    names = [root, *sorted(inside - {root})]
    numbers: dict[str, str] = {}
    body = _NUMBER.sub(
        lambda match: "$" + numbers.setdefault(match[1], str(len(numbers) + 1)), "\n".join(modules[n] for n in names)
    )
    outside = sorted(set().union(*(_below(name, modules) for name in names)) - inside)
    stubs = [_stub(name, modules[name]) for name in outside]
    return Unit(root, "\n".join([f"autoidx {len(numbers) + 1}\n", body, *stubs]))


def _stub(name: str, body: str) -> str:
    """A black box with the module's ports."""
    ports = "\n".join(_PORT.findall(body))
    return f"attribute \\blackbox 1\nmodule {name}\n{ports}\nend\n"
