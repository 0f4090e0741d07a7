"""Text form of topologies and designs: one line a value, print and parse are inverse.

conv2d_1 = conv2d(compand_1) {filters=7, kernel=[5, 5], padding="valid", weights=s8, out=u8} : u8[7,61,61]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import DesignError, Problem, did_you_mean
from speckleforge.fixed.types import parse_int_type
from speckleforge.ir.op import FieldValue, Op
from speckleforge.ir.topology import Node, Topology
from speckleforge.ir.types import TensorType

VERSION = 1
OpResolver = Callable[[str], type[Op]]

_LINE = re.compile(r"(?P<name>\w+) = (?P<kind>\w+)\((?P<source>\w*)\) \{(?P<fields>.*)\} : (?P<type>\S+)")
_FIELD = re.compile(r'\s*(\w+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,\s]+)\s*(?:,|$)')


@dataclass(frozen=True)
class Line:
    """One parsed line: a value's name, kind, source, fields and type text."""

    name: str
    kind: str
    source: str
    fields: Mapping[str, FieldValue]
    type: str


def print_value(value: FieldValue) -> str:
    """Text of one field value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def parse_value(text: str) -> FieldValue:
    """Inverse of `print_value`; raises `DesignError` for anything else."""
    if text in ("true", "false"):
        return text == "true"
    if text.startswith('"') and text.endswith('"') and len(text) >= 2:
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        if text.startswith("["):
            return tuple(int(part) for part in text[1:-1].split(",") if part.strip())
        if re.fullmatch(r"-?\d+", text):
            return int(text)
    except ValueError as error:
        raise DesignError(Problem("not a field value", got=text)) from error
    return parse_int_type(text)


def print_line(name: str, kind: str, source: str, fields: Mapping[str, FieldValue], type_text: str) -> str:
    """One line of the text form."""
    inner = ", ".join(f"{key}={print_value(value)}" for key, value in fields.items())
    return f"{name} = {kind}({source}) {{{inner}}} : {type_text}"


def parse_line(text: str, number: int = 0) -> Line:
    """Inverse of `print_line`; raises `DesignError` with the line number."""
    match = _LINE.fullmatch(text.strip())
    if not match:
        raise DesignError(
            Problem("not a line of the text form", f"line {number}", text, "name = kind(source) {fields} : type")
        )
    fields: dict[str, FieldValue] = {}
    rest, position = match["fields"], 0
    while position < len(rest):
        field = _FIELD.match(rest, position)
        if not field:
            raise DesignError(Problem("not a field", f"line {number}", rest[position:], "key=value"))
        fields[field[1]] = parse_value(field[2])
        position = field.end()
    return Line(match["name"], match["kind"], match["source"], fields, match["type"])


def parse_tensor_type(text: str) -> TensorType:
    """Parse `u8[7,61,61]`; raises `DesignError`."""
    match = re.fullmatch(r"([us]\d+)\[(\d+(?:,\d+)*)\]", text)
    if not match:
        raise DesignError(Problem("not a tensor type", got=text, allowed="such as u8[7,61,61]"))
    return TensorType(parse_int_type(match[1]), tuple(map(int, match[2].split(","))))


def build(kind: type[Any], fields: Mapping[str, Any], where: str) -> Any:
    """Construct the dataclass `kind` from parsed fields; unknown or missing ones raise `DesignError`."""
    allowed = list(kind.__dataclass_fields__)
    for key in fields:
        if key not in allowed:
            raise DesignError(Problem("unknown field", where, key, ", ".join(allowed), did_you_mean(key, allowed)))
    try:
        return kind(**fields)
    except TypeError as error:
        raise DesignError(Problem(f"missing field ({error})", where)) from error


def print_topology(topology: Topology) -> str:
    """The topology's text; equal topologies have equal texts."""
    lines = [f"topology {VERSION}"]
    for node in topology.nodes:
        attributes = node.op.attributes() if node.op else {}
        lines.append(print_line(node.name, node.kind, node.source, attributes, str(node.out)))
    return "\n".join(lines) + "\n"


def parse_topology(text: str, resolve: OpResolver) -> Topology:
    """Inverse of `print_topology`; verifies.

    Parameters
    ----------
    text
        What `print_topology` gave.
    resolve
        Gives the `Op` class of a kind: `speckleforge.layers.op_class`.
    """
    lines = text.splitlines()
    if not lines or lines[0] != f"topology {VERSION}":
        raise DesignError(
            Problem("not a topology", got=lines[0] if lines else "empty text", allowed=f"topology {VERSION}")
        )
    nodes = []
    for number, raw in enumerate(lines[1:], start=2):
        line = parse_line(raw, number)
        op = None if line.kind == "input" else build(resolve(line.kind), line.fields, f"line {number}")
        nodes.append(Node(line.name, op, line.source, parse_tensor_type(line.type)))
    return Topology(tuple(nodes))
