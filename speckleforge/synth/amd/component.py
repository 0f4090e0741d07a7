"""`component.xml` of a packed IP. Takes its text; says whether it is the IP of a design. Reads no file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_SPIRIT = "{http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009}"  # Source: IEEE Std 1685-2009
_FIELDS = ("vendor", "library", "name", "version", "description")


@dataclass(frozen=True)
class Component:
    """What a packed IP says of itself."""

    vendor: str
    library: str
    name: str
    version: str
    description: str


def parse_component(text: str) -> Component:
    """Identity and description of an IP; raises `FormatError` for anything that is no `component.xml`."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise FormatError(Problem("component.xml is no XML", got=str(error))) from error
    if root.tag != f"{_SPIRIT}component":
        raise FormatError(Problem("not the component.xml of an IP", got=root.tag))
    found = {name: (root.findtext(f"{_SPIRIT}{name}") or "").strip() for name in _FIELDS}
    missing = [name for name in _FIELDS[:4] if not found[name]]
    if missing:
        raise FormatError(Problem("component.xml does not name the IP", got=", ".join(missing)))
    return Component(**found)


def check_component(text: str, top: str, design_id: str) -> Component:
    """The IP's identity, if it is that of a design.

    Raises
    ------
    FormatError
        It is another design's, has another name, or its description does not say.
    """
    found = parse_component(text)
    if found.name != top:
        raise FormatError(Problem("the IP has another name", "component.xml", found.name, top))
    if f"design {design_id}" not in found.description:
        raise FormatError(
            Problem("the IP is of another design", "component.xml", found.description or "no description", design_id)
        )
    return found
