"""The head of a Vivado report: `| Tool Version : ...` between two lines.

Takes a report's text; gives its fields and the title below.

Source of the design states: headers of reports of Vivado 2014.4 to 2025.2 (`Synthesized`, `Optimized`, `Fully Placed`,
`Physopt postPlace`, `Routed`, `Fully Routed`, `Physopt postRoute`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.part_name import Part, parse_part

SYNTHESISED, PLACED, ROUTED = "synthesised", "placed", "placed_and_routed"

_FIRST = re.compile(r"^\|\s*Tool Version\s*:", re.MULTILINE)
_FIELD = re.compile(r"^\|\s*(?P<key>[A-Za-z][\w /]*?)\s*:\s?(?P<text>.*)$")
_RULE = re.compile(r"^-{20,}\s*$")
_VERSION = re.compile(r"^(?P<tool>.*?)\s+v\.?(?P<version>[0-9]+(?:\.[0-9]+)+)\S*(?:.*\bBuild (?P<build>[0-9]+))?")


@dataclass(frozen=True)
class Header:
    """What a head says; None where it has no such line.

    Attributes
    ----------
    tool, version, build
        `Vivado`, `2023.2`, `4029153`.
    date
        As printed.
    command
        The Tcl command that wrote the report.
    device
        As printed; spellings differ from report to report (see `part`).
    speed_file
        Speed grade and state of its data, as printed.
    design_state, temperature_grade
        As printed.
    """

    tool: str | None
    version: str | None
    build: str | None
    date: str | None
    command: str | None
    design: str | None
    device: str | None
    speed_file: str | None
    design_state: str | None
    temperature_grade: str | None

    @property
    def part(self) -> Part | None:
        """The part as device, speed file and temperature grade tell it together."""
        part = parse_part(self.device or "")
        speed = re.match(r"-(\w+)", self.speed_file or "")
        if part is None:
            return None
        return Part(
            part.device,
            part.package,
            part.speed or (speed[1].upper() if speed else None),
            part.temperature or self.temperature_grade,
            part.screen,
            part.prefixed,
        )

    @property
    def stage(self) -> str | None:
        """What numbers of a design in this state are worth; None where the head does not tell."""
        return stage_of(self.design_state)


@dataclass(frozen=True)
class VivadoReport:
    """What all reports of Vivado have.

    Attributes
    ----------
    header
        Its head.
    stage
        `synthesised`, `placed` or `placed_and_routed`; None where the report does not tell.
    """

    header: Header
    stage: str | None

    @property
    def tool(self) -> str | None:
        """The tool that wrote it."""
        return self.header.tool

    @property
    def version(self) -> str | None:
        """The tool's version."""
        return self.header.version


def stage_of(state: str | None) -> str | None:
    """The stage of a design state; routed counts only if nothing is said against it."""
    text = (state or "").casefold()
    if "partially" in text:
        return PLACED if "routed" in text else SYNTHESISED
    if text in ("routed", "fully routed") or "postroute" in text:
        return ROUTED
    if "placed" in text or "postplace" in text:
        return PLACED
    return SYNTHESISED if "synth" in text or "optimi" in text else None


def read_header(text: str, where: str) -> tuple[Header, str]:
    """The head, and the text behind it.

    Raises
    ------
    FormatError
        There is no such head, or it is cut.
    """
    text = text.replace("\r\n", "\n")
    start = _FIRST.search(text)
    if start is None:
        got = text.strip()[:60] or "an empty file"
        raise FormatError(Problem("not a report of Vivado: no line '| Tool Version'", where, got=got))
    fields: dict[str, str] = {}
    lines = text[start.start() :].split("\n")
    for at, line in enumerate(lines):
        if _RULE.match(line):
            return _header(fields), "\n".join(lines[at + 1 :])
        match = _FIELD.match(line)
        if match:
            fields.setdefault(match["key"].casefold(), match["text"].strip())
    raise FormatError(Problem("the report is cut within its head", where, got=lines[-1][:60]))


def report_title(body: str) -> str:
    """The first line of text behind the head, such as `Power Report`."""
    return next((line.strip() for line in body.split("\n") if line.strip()), "")


def _header(fields: dict[str, str]) -> Header:
    """The record of the fields found."""
    tool = _VERSION.match(fields.get("tool version", ""))
    names = ("date", "command", "design", "device", "speed file", "design state", "temperature grade")
    return Header(
        *((tool["tool"], tool["version"], tool["build"]) if tool else (None, None, None)),
        *(fields.get(name) or None for name in names),
    )
