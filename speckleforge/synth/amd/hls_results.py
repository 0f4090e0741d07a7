"""Reports of an HLS run to one record. Takes the folder that a run left; gives JSON values.

Counts and cycles of C synthesis are the tool's estimates (`csynthesised`); only co-simulation counts cycles
(`simulated`). All of it describes the HLS hardware.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from speckleforge.errors import FormatError, Problem, StageError
from speckleforge.parsers.cosim_report import parse_cosim_report
from speckleforge.parsers.hls_records import HlsSynthesis, Range
from speckleforge.parsers.hls_xml import parse_hls_xml
from speckleforge.synth.amd.belongs import Expected, check_manifest, check_part, read_manifest, report_text, tool_of
from speckleforge.synth.amd.causes import critical_record

CSYNTHESISED, SIMULATED = "csynthesised", "simulated"


def hls_record(folder: Path, expected: Expected, layers: Iterable[str]) -> dict[str, Any]:
    """What a run obtained.

    Parameters
    ----------
    folder
        `manifest.json`, `reports/syn/` and, where those steps ran, `reports/csim/`, `reports/cosim/`.
    layers
        Names of the design's instances: the tool's modules are called after them.

    Raises
    ------
    FormatError
        A report is missing, empty, cut, of another part or top; the manifest is of another build.
    StageError
        Co-simulation says that it failed.
    """
    manifest = read_manifest(folder)
    check_manifest(manifest, expected)
    top, tool = expected.top, tool_of(manifest, str(manifest.get("tool")))
    name = f"reports/syn/{top}_csynth.xml"
    found = parse_hls_xml(report_text(folder, name), name)
    check_part(found.part, expected.part, name)
    if found.top != top:
        raise FormatError(Problem("a report of another design", name, str(found.top), top))
    return {
        "tool": tool,
        "implementation": "hls",
        "stage": CSYNTHESISED,
        "part": expected.part,
        "steps": manifest["steps"],
        "latency_cycles": _range(found.latency_cycles, tool),
        "interval_cycles": _range(found.interval_cycles, tool),
        "clock": {
            "target_ns": found.clock_target_ns,
            "uncertainty_ns": found.clock_uncertainty_ns,
            "estimated_ns": found.clock_estimated_ns,
            "stage": CSYNTHESISED,
        },
        "resources": _resources(found, tool),
        "layers": _layers(folder, layers),
        "csim": {"passed": True, "tool": tool} if "csim" in manifest["steps"] else None,
        "cosim": _cosim(folder, top, tool) if "cosim" in manifest["steps"] else None,
        "weights_sha256": manifest.get("weights"),
        **critical_record(folder),
    }


def _range(found: Range, tool: str) -> dict[str, Any]:
    """Least and most cycles; null with the reason where the tool prints `?`."""
    if found.low is None and found.high is None:
        return {"value": None, "reason": f"{tool} does not know it: a loop has no fixed bound"}
    return {"value": found.high, "min": found.low, "max": found.high, "stage": CSYNTHESISED, "tool": tool}


def _resources(found: HlsSynthesis, tool: str) -> dict[str, Any]:
    records = {}
    for name, total in found.resources.items():
        share = round(total.used / total.available, 6) if total.used is not None and total.available else None
        records[name] = {
            "value": total.used,
            "available": total.available,
            "share": share,
            "stage": CSYNTHESISED,
            "tool": tool,
        }
    return records


def _layers(folder: Path, layers: Iterable[str]) -> list[dict[str, Any]]:
    """Each layer's module, by its name: the template's instance is called `<kind>_<layer>_c_s`.

    Loops that newer releases make modules of, `<kind>_<layer>_c_Pipeline_<label>`, lie within it.
    """
    modules = [path for path in sorted((folder / "reports" / "syn").glob("*_csynth.xml")) if path.stat().st_size]
    rows = []
    for layer in layers:
        named = re.compile(rf"[a-z]\w*_{re.escape(layer)}_c(_s)?_csynth\.xml")
        fitting = [path for path in modules if named.fullmatch(path.name)]
        if not fitting:
            continue
        path = min(fitting, key=lambda path: len(path.name))  # a name may end as another layer's does
        found = parse_hls_xml(path.read_text(encoding="utf-8", errors="replace"), path.name)
        rows.append(
            {
                "name": layer,
                "latency_cycles": found.latency_cycles.high,
                "interval_cycles": found.interval_cycles.high,
                "resources": {name: total.used for name, total in found.resources.items()},
            }
        )
    return rows


def _cosim(folder: Path, top: str, tool: str) -> dict[str, Any]:
    """Cycles of the simulated transactions; a failed co-simulation is an error."""
    name = f"reports/cosim/{top}_cosim.rpt"
    report = parse_cosim_report(report_text(folder, name), name)
    run = next((run for run in report.runs if run.passed is not None), None)
    if run is None or not run.passed:
        raise StageError(Problem("co-simulation failed", name, run.status if run else "no run", "Pass"))
    about: Mapping[str, Any] = {"stage": SIMULATED, "tool": tool}
    return {
        "status": run.status,
        "latency_cycles": {"value": run.latency_max_cycles, "min": run.latency_min_cycles, **about},
        "interval_cycles": {"value": run.interval_max_cycles, "min": run.interval_min_cycles, **about},
    }
