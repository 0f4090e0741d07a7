"""`forge report parse FILE...`: reports and logs of tools as records; all mistakes at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from speckleforge.cli.console import Console
from speckleforge.cli.report_view import show
from speckleforge.errors import FormatError, Problem, SpecError
from speckleforge.parsers.report_kinds import Report, decode_report, parse_report


def run(args: argparse.Namespace, console: Console) -> int:
    """Print each report; with `--json` a list of records.

    Raises
    ------
    SpecError
        A file cannot be read.
    FormatError
        A file is no report that is known, or it is cut. Nothing is printed then.
    """
    reports: list[tuple[str, Report]] = []
    unreadable: list[Problem] = []
    unknown: list[Problem] = []
    for name in args.reports:
        try:
            reports.append((name, parse_report(decode_report(Path(name).read_bytes()), name)))
        except OSError as error:
            unreadable.append(Problem(f"cannot be read: {error.strerror or error}", name))
        except FormatError as error:
            unknown.extend(error.problems)
    if unreadable:
        raise SpecError([*unreadable, *unknown])
    if unknown:
        raise FormatError(unknown)
    for name, report in reports:
        for line in show(name, report):
            console.say(line)
    console.document([{"file": name} | report.as_dict() for name, report in reports])
    return 0
