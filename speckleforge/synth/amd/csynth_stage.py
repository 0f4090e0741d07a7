"""The stage `csynth`: the HLS sources through a vendor's HLS tool, here or on another machine.

Outputs `csynth.json` and `csynth/`: reports, log, manifest; with a packed IP also `ip/` and a folder for a ruckus tree.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem
from speckleforge.synth.amd import staging
from speckleforge.synth.amd.archive import unpack
from speckleforge.synth.amd.belongs import Expected
from speckleforge.synth.amd.component import check_component
from speckleforge.synth.amd.hls import HlsJob
from speckleforge.synth.amd.hls_results import hls_record
from speckleforge.synth.amd.ip_ports import IpPorts, LitePort, PlainPort, StreamPort
from speckleforge.synth.amd.options import HlsOptions, part_of
from speckleforge.synth.amd.plans import hls_plan
from speckleforge.synth.amd.ruckus import archive_place, ruckus_ip_files
from speckleforge.synth.amd.run import reading, run_plan
from speckleforge.synth.amd.settings import hls_settings
from speckleforge.synth.amd.trees import HlsTree
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.vendor import HLS, front_end_of

NAME = "csynth"
STEPS = ("csynth", "export")


def run(ctx: StageContext) -> None:
    """Run the tool, or take results that were made elsewhere; write the record.

    Raises
    ------
    StageError
        The run failed: says where and why.
    FormatError
        A report is not what it should be.
    """
    tree = staging.hls_tree_of(ctx.inputs["hls"])
    expected = expected_results(tree, ctx.params)
    layers = layers_of(ctx.inputs["hls"])
    work = staging.work_folder(ctx)
    if staging.INGESTED in ctx.inputs:
        unpack(ctx.inputs[staging.INGESTED], work)
        try:
            record = obtained(work, tree, expected, layers) | {"from": staging.ELSEWHERE}
        except FormatError as error:
            staging.write_stale(ctx, NAME, error)
            return
    else:
        staging.lay(ctx.inputs["hls"], work / tree.folder, without=("csim",))
        no_data(work / tree.folder / tree.data)
        plan = hls_plan(job_of(tree, ctx.params, STEPS), *front_end_of(find_tool(HLS)))
        with reading(run_plan(plan, work, ctx.progress, staging.limit_of(ctx, "hls"))):
            record = obtained(work, tree, expected, layers)
    ctx.write_json(f"{NAME}.json", record)
    staging.keep(work, ctx.out / NAME)
    if (work / tree.archive).is_file():
        write_ruckus(ctx.out / NAME, work / tree.archive, tree, ip_ports(ctx.inputs["hls"]))


def job_of(tree: HlsTree, params: Mapping[str, Any], steps: tuple[str, ...], weights: str = "") -> HlsJob:
    """What HLS is asked for, as the spec says."""
    options = HlsOptions(steps, uncertainty_percent=params["hls"].get("uncertainty_percent"))
    return HlsJob(tree, part_of(params["target"]), int(params["clock_khz"]), options, weights)


def expected_results(tree: HlsTree, params: Mapping[str, Any]) -> Expected:
    """What results of these sources must be of, whatever steps ran."""
    job = job_of(tree, params, STEPS)
    return staging.expected_of(tree, job.part.part, job.clock_khz, settings=hls_settings(job.options))


def layers_of(hls: Path) -> tuple[str, ...]:
    """Names of the layers of a tree `hls/`."""
    return tuple(name for name in staging.read_index(hls)["boundaries"] if name != "input")


def no_data(folder: Path) -> None:
    """The bench's data folder, empty: C synthesis needs none, and no learned value may reach its key."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README").write_text("No vectors: this run simulates nothing.\n", encoding="utf-8")


def ip_ports(hls: Path) -> IpPorts:
    """The block's ports as the emitter lists them."""
    ports = staging.read_index(hls)["ports"]
    streams = tuple(StreamPort(**port) for port in ports["streams"])
    lites = tuple(LitePort(**port) for port in ports["lites"])
    return IpPorts(streams, lites, tuple(PlainPort(**port) for port in ports["plain"]))


def obtained(work: Path, tree: HlsTree, expected: Expected, layers: Iterable[str]) -> dict[str, Any]:
    """The record of the results in a folder, whose packed IP, if there is one, must be that of the design.

    Raises
    ------
    FormatError, StageError
        As `hls_record`; the archive has no `component.xml` at its root, or that of another design.
    """
    record = hls_record(work, expected, layers)
    if (work / tree.archive).is_file():
        check_component(_component(work / tree.archive, tree.archive), tree.top, tree.design_id)
    return record


def _component(archive: Path, where: str) -> str:
    """The text of an archive's `component.xml`."""
    try:
        with zipfile.ZipFile(archive) as found:
            return found.read("component.xml").decode("utf-8", errors="replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise FormatError(Problem("not a packed IP: no component.xml at its root", where, str(error))) from error


def write_ruckus(out: Path, archive: Path, tree: HlsTree, ports: IpPorts) -> None:
    """A folder that drops into a ruckus tree, with the packed IP."""
    for name, content in ruckus_ip_files(tree, ports).items():
        place = out / "ruckus" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    place = out / "ruckus" / archive_place(tree)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(archive, place)
