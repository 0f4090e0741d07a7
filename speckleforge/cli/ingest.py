"""`forge report SPEC --ingest DIR`: results of another machine into the same build record.

All of them are checked before any is taken: that they are of this very design, sources, part and clock, and that every
report can be read. Then what depends on them is built, which takes seconds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from speckleforge.cli.build import build_spec, show_failures
from speckleforge.cli.console import Console
from speckleforge.cli.record import compose, gates_code
from speckleforge.errors import ForgeError, FormatError, Problem, SpecError, StageError
from speckleforge.graph.plan import plan
from speckleforge.spec import Spec
from speckleforge.store.files import write_bytes
from speckleforge.store.store import Store
from speckleforge.synth.amd import csynth_stage, staging, vivado_stage
from speckleforge.synth.amd.archive import found_in, pack, unpack
from speckleforge.synth.amd.causes import LOG, find_cause
from speckleforge.synth.amd.vivado_results import vivado_record
from speckleforge.tools.vendor import HLS, why_not

STAGES: Mapping[str, str] = {"hls": "csynth", "vivado": "vivado", "ip": "vivado_ip"}  # of a project's `results/`


@dataclass(frozen=True)
class _Sources:
    """What the build has now: sources in a folder, and what the stages see of the spec."""

    folder: Path
    params: Mapping[str, Mapping[str, Any]]  # stage -> its parameters

    def packed(self, what: str, place: Path) -> bytes:
        """Results as one file, read as the stage will read them; raises where they do not belong here or are bad."""
        if not (place / LOG).is_file():
            what, step = "results without the log of their run", "bring the whole folder that run.sh left"
            raise FormatError(Problem(what, LOG, next_step=step))
        cause = find_cause(place / LOG)
        if cause is not None:
            problem = cause.problem(place / LOG)
            step = f"run it again; or remove {place} to take in the rest"
            raise StageError(replace(problem, what=f"a run that failed: {problem.what}", next_step=step))
        archive = pack(place)
        with tempfile.TemporaryDirectory() as work:
            (Path(work) / "results.tar").write_bytes(archive)
            unpack(Path(work) / "results.tar", Path(work) / "results")
            self._read(what, Path(work) / "results")
        return archive

    def _read(self, what: str, folder: Path) -> None:
        params = self.params[STAGES[what]]
        if what == "hls":
            tree, layers = staging.hls_tree_of(self.folder / "hls"), csynth_stage.layers_of(self.folder / "hls")
            csynth_stage.obtained(folder, tree, csynth_stage.expected_results(tree, params), layers)
            return
        names = {"hls": "hls", "rtl": "rtl", "design": "design.txt"}
        block = vivado_stage.block_of(params, {role: self.folder / name for role, name in names.items()})
        options = vivado_stage.options_of(params, reference=False, bitstream=block.whole)
        vivado_record(folder, vivado_stage.expected_results(block, options, params["target"]), params["target"])


def ingest(spec: Spec, store: Store, args: argparse.Namespace, console: Console) -> int:
    """Check, take in, build the report; the exit code."""
    folder = Path(args.ingest)
    found = found_in(folder, STAGES)
    if not spec.vendor:
        raise SpecError(
            Problem("the board names no vendor's tools", spec.target.name, next_step="choose another board")
        )
    if not found:
        allowed = "a project's folder with results/hls, results/vivado or results/ip"
        step = f"sh build/{spec.name}/project/run.sh where the tools are"
        raise SpecError(Problem("no results of a run", str(folder), "nothing of a run", allowed, step))
    with tempfile.TemporaryDirectory() as work:
        archives, problems = _checked(_sources(spec, store, Path(work)), found)
    if "ip" in found and "hls" not in found and "csynth" not in spec.ingested and why_not(HLS):
        what = "results of the packed IP without those of the HLS run that packed it"
        problems.append(Problem(what, str(found["ip"]), next_step="bring both: results/hls and results/ip"))
    if problems:
        raise StageError(problems)
    for what, archive in archives.items():
        write_bytes(store.ingest(spec.name) / f"{STAGES[what]}.tar", archive)
        console.note(f"taken in: {found[what]}")
    return _renew(replace(spec, ingested=store.ingested(spec.name)), store, args, console)


def _checked(sources: _Sources, found: Mapping[str, Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Each of the results as one file, and what is wrong with any."""
    archives: dict[str, bytes] = {}
    problems: list[Problem] = []
    for what, place in found.items():
        try:
            archives[what] = sources.packed(what, place)
        except ForgeError as error:
            problems += [_placed(problem, place) for problem in error.problems]
    return archives, problems


def _placed(problem: Problem, place: Path) -> Problem:
    """A problem with the folder that it was found in."""
    where = problem.where if problem.where.startswith(str(place)) else str(place / problem.where)
    return replace(problem, where=where)


def _sources(spec: Spec, store: Store, work: Path) -> _Sources:
    """The sources as the build has them; `StageError` where there are none yet."""
    rows = {row.name: row for row in plan(spec, store)}
    outputs: dict[str, str] = {}
    for name in ("lower", "emit"):
        entry = store.lookup(rows[name].key) if rows[name].fate == "hit" else None
        if entry is None:
            what = "results belong to a build, and this spec has none as it is now"
            raise StageError(Problem(what, str(spec.path), next_step=f"forge build {spec.path}"))
        outputs |= entry.outputs
    for name in ("design.txt", "hls", "rtl"):
        store.cas.copy_out(outputs[name], work / name)
    return _Sources(work, {stage: spec.slice(stage) for stage in STAGES.values()})


def _renew(spec: Spec, store: Store, args: argparse.Namespace, console: Console) -> int:
    """Build what depends on the results, and `report.json`."""
    build = build_spec(spec, store, args, (), console)
    folder = Path(args.out) / spec.name
    record = compose(spec, store, build, folder)
    write_bytes(folder / "report.json", (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())
    show_failures(build, console)
    return build.exit_code or gates_code(record, strict=args.strict)
