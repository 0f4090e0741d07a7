"""Whether results belong to a design. Takes a manifest, heads of reports, and what is expected; refuses the rest.

Results are mixed up easily: those of another device, of the design before, of other sources for the same design. Each
of these is an error that names both sides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.part_name import parse_part
from speckleforge.parsers.vivado_header import Header
from speckleforge.synth.amd.vendor_plan import MANIFEST


@dataclass(frozen=True)
class Expected:
    """What results must be of.

    Attributes
    ----------
    implementation
        `rtl` or `hls`.
    sources
        `trees.tree_digest` of the sources.
    settings
        `settings.hls_settings` or `settings.vivado_settings`: what else shaped the results. Empty: not compared.
    """

    implementation: str
    part: str
    top: str
    design_id: str
    sources: str
    clock_khz: int
    settings: str = ""

    def facts(self) -> dict[str, Any]:
        """As a manifest has them."""
        return {name: value for name, value in vars(self).items() if name != "settings" or value}


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a run says of itself; raises `FormatError` where it did not get to its end."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        got = error.strerror if isinstance(error, OSError) else str(error)
        step = "a run writes it at its end: look into its log"
        raise FormatError(Problem("no manifest of a run", MANIFEST, str(got), next_step=step)) from error
    if not isinstance(found, dict) or not isinstance(found.get("steps"), list):
        raise FormatError(Problem("not the manifest of a run", MANIFEST, str(found)[:80]))
    return found


def tool_of(manifest: Mapping[str, Any], name: str) -> str:
    """Name and release of the tool, as records say it."""
    return f"{name} {manifest['version']}" if manifest.get("version") else f"{name} (release not told)"


def check_manifest(manifest: Mapping[str, Any], expected: Expected) -> None:
    """Refuse the results of another design, device or clock, or of other sources; all differences at once."""
    problems = list(differences(manifest, expected))
    if problems:
        raise FormatError(problems)


def differences(manifest: Mapping[str, Any], expected: Expected) -> Iterator[Problem]:
    """What does not fit."""
    words = {
        "design_id": "results of another design",
        "sources": "results of other sources for the same design",
        "part": "results for another part",
        "top": "results of another top",
        "clock_khz": "results for another clock",
        "implementation": "results of the other implementation",
        "settings": "results of other settings of the spec or other constraints of the board",
    }
    step = "run the project of this build: build/<name>/project/run.sh"
    wrong = {name for name, value in expected.facts().items() if manifest.get(name) != value}
    if "design_id" in wrong:
        wrong.discard("sources")  # it follows
    for name in (name for name in words if name in wrong):
        got = manifest.get(name)
        yield Problem(words[name], MANIFEST, "nothing" if got is None else str(got), str(expected.facts()[name]), step)


def check_header(header: Header, expected: Expected, top: str, where: str) -> None:
    """Refuse a report of another part or another top."""
    check_part(header.device, expected.part, where)
    if header.design is not None and header.design != top:
        raise FormatError(Problem("a report of another design", where, header.design, top))


def check_part(device: str | None, part: str, where: str) -> None:
    """Refuse a report of another part; names are written in many ways, so all that both give must agree."""
    found, wanted = parse_part(device or ""), parse_part(part)
    if found is None or wanted is None or not found.may_be(wanted):
        raise FormatError(Problem("a report of another part", where, device or "none", part))


def report_text(folder: Path, name: str) -> str:
    """A report that a run must have left; raises `FormatError` where it is missing or empty."""
    path = folder / name
    if not path.is_file() or path.stat().st_size == 0:
        what = "a report is empty" if path.is_file() else "a report is missing"
        raise FormatError(Problem(what, name, next_step="look into the run's log"))
    return path.read_text(encoding="utf-8", errors="replace")
