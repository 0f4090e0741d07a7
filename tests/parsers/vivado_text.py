"""Small reports in the manner of Vivado, written for these tests: heads, boxed tables, ruled tables."""

from __future__ import annotations

from collections.abc import Sequence


def head(
    command: str = "report_x -file x.rpt",
    device: str = "xcku115-flvb2104-2-e",
    version: str = "2024.2",
    build: str = "5239630",
    **fields: str,
) -> str:
    """The head of a report; `fields` come behind the device, an underscore for each blank in a name."""
    names = {
        "Tool Version": f"Vivado v.{version} (lin64) Build {build} Fri Nov 08 22:34:34 MST 2024",
        "Date": "Mon Jan  6 10:00:00 2025",
        "Host": "somewhere running 64-bit Linux",
        "Command": command,
        "Design": "top",
        "Device": device,
        **{name.replace("_", " "): text for name, text in fields.items()},
    }
    width = max(len(name) for name in names)
    lines = [f"| {name.ljust(width)} : {text}" for name, text in names.items()]
    rule = "-" * max(len(line) for line in lines)
    return "\n".join(["Copyright 1986-2022 Xilinx, Inc. All Rights Reserved.", rule, *lines, rule, "", ""])


def box(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A boxed table; the first column is set left, the others right."""
    widths = [max(len(row[at]) for row in [columns, *rows]) for at in range(len(columns))]
    border = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [border, _row([name.center(w) for name, w in zip(columns, widths, strict=True)]), border]
    lines += [
        _row([cell.rjust(w) if at else cell.ljust(w) for at, (cell, w) in enumerate(zip(row, widths, strict=True))])
        for row in rows
    ]
    return "\n".join([*lines, border, ""])


def rows(*lines: str) -> list[list[str]]:
    """Rows of a table, written with bars between the cells."""
    return [line.split("|") for line in lines]


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """A boxed table of names and values without a header."""
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    border = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    return "\n".join(
        [border, *(_row([cell.ljust(w) for cell, w in zip(r, widths, strict=True)]) for r in rows), border, ""]
    )


def section(title: str, *parts: str) -> str:
    """A title, underlined, and what stands below it."""
    return "\n".join([title, "-" * len(title), "", *parts, ""])


def ruled(texts: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of a timing report: texts set left, numbers right under their names, empty cells left empty."""
    lefts = [max(len(row[at]) for row in [texts, *rows]) + 4 for at in range(len(texts))]
    widths = [max(11, len(name)) for name in numbers]
    lines = []
    for row in [[*texts, *numbers], ["-" * len(name) for name in [*texts, *numbers]], *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row, lefts, strict=False)]
        cells += [f"  {cell.rjust(width)}" for cell, width in zip(row[len(texts) :], widths, strict=True)]
        lines.append("".join(cells) + "  ")
    return "\n".join([*lines, "", ""])


def banner(title: str) -> str:
    """A heading of a timing report."""
    rule = "-" * 96
    return "\n".join([rule, f"| {title}", f"| {'-' * len(title)}", rule, "", ""])


def _row(cells: Sequence[str]) -> str:
    """A row of a boxed table."""
    return "| " + " | ".join(cells) + " |"


def heading(text: str) -> str:
    """A heading between rules, as HLS writes it."""
    rule = "=" * 64
    return f"{rule}\n== {text}\n{rule}\n"
