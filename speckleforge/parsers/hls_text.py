"""What the text reports of HLS have in common.

Takes text; gives head fields, times in ns, and resource names of columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speckleforge.parsers.hls_records import RESOURCES
from speckleforge.parsers.printed_numbers import integer, real

_FIELD = re.compile(r"^\s*\* (?P<key>[A-Z][A-Za-z ]+):\s+(?P<text>\S.*?)\s*$")
_TIME = re.compile(r"^(?P<number>[0-9.]+)\s*(?P<unit>ns|us|ms)?$")
_NANOSECONDS = {None: 1.0, "ns": 1.0, "us": 1e3, "ms": 1e6}
_USED = re.compile(r"^(?P<count>[0-9]{1,12})(?:\s*\([^)]*\))?$")


@dataclass(frozen=True)
class HlsHead:
    """Fields of the head; None where it has no such line."""

    version: str | None
    part: str | None
    family: str | None
    project: str | None
    solution: str | None
    flow_target: str | None


def read_head(lines: Sequence[str]) -> HlsHead:
    """The head: lines `* Version: 2018.2 (Build ...)` and their like before the first table."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.lstrip().startswith("+-"):
            break
        match = _FIELD.match(line)
        if match:
            fields.setdefault(match["key"], match["text"])
    version = re.match(r"20[0-9]{2}\.[0-9]+(?:\.[0-9]+)?", fields.get("Version", ""))
    solution = fields.get("Solution", "")
    flow = re.search(r"\((?P<flow>Vivado IP|Vitis Kernel) Flow Target\)", solution)
    return HlsHead(
        version=version[0] if version else None,
        part=fields.get("Target device"),
        family=fields.get("Product family"),
        project=fields.get("Project"),
        solution=solution.split(" (")[0] or None,
        flow_target=flow["flow"].split()[0].lower() if flow else None,
    )


def nanoseconds(text: str | None) -> float | None:
    """A time as `5.00`, `5.00 ns` or `1.200 us`, in ns."""
    match = _TIME.match((text or "").strip())
    value = real(match["number"]) if match else None
    return value * _NANOSECONDS[match["unit"]] if match and value is not None else None


def used(text: str | None) -> int | None:
    """A count with or without its share behind it: `12`, `12 (3%)`, `-` (None)."""
    match = _USED.match((text or "").strip())
    return integer(match["count"]) if match else None


def counts(row: Mapping[str, str]) -> dict[str, int | None]:
    """Resources in a row, by common name."""
    return {RESOURCES[column]: used(text) for column, text in row.items() if column in RESOURCES}
