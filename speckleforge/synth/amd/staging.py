"""What the stages of a vendor's run have in common: trees from folders, work folders, results as outputs."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, Problem
from speckleforge.synth.amd.archive import members
from speckleforge.synth.amd.belongs import Expected
from speckleforge.synth.amd.run import Limit
from speckleforge.synth.amd.trees import BOOT_FILE, HlsTree, RtlTree, hls_tree, rtl_tree, tree_digest

INGESTED = "ingested"  # role of results that were made on another machine
ELSEWHERE = "made on another machine"
SHORT = 24  # characters of an id or a part that tell it from another one


def read_index(folder: Path) -> dict[str, Any]:
    """`files.json` of a tree."""
    try:
        found: dict[str, Any] = json.loads((folder / "files.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(Problem("no list of files", str(folder / "files.json"), str(error))) from error
    return found


def hls_tree_of(folder: Path) -> HlsTree:
    """The tree in a folder `hls/`: its digest is that of what becomes hardware, not of the bench."""
    index = read_index(folder)
    return hls_tree(index, digest=_digest(folder, (*index["sources"], *index["headers"])))


def rtl_tree_of(folder: Path, design: Path) -> RtlTree:
    """The tree in a folder `rtl/`, of the design in a file."""
    index = read_index(folder)
    design_id = hashlib.sha256(design.read_bytes()).hexdigest()
    return rtl_tree(index, design_id, digest=_digest(folder, (*index["files"], BOOT_FILE)))


def _digest(folder: Path, names: Iterable[str]) -> str:
    return tree_digest({name: (folder / name).read_bytes() for name in names})


def expected_of(tree: HlsTree | RtlTree, part: str, clock_khz: int, *, settings: str = "", top: str = "") -> Expected:
    """What results must be of."""
    kind = "hls" if isinstance(tree, HlsTree) else "rtl"
    return Expected(kind, part, top or tree.top, tree.design_id, tree.digest, clock_khz, settings)


def work_folder(ctx: StageContext) -> Path:
    """An empty folder for a run: what a killed one left there is removed."""
    folder = ctx.scratch / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def limit_of(ctx: StageContext, tool: str) -> Limit:
    """How long a run of `vivado` or `hls` may take."""
    return Limit(ctx.params[tool]["limit_hours"], f"hardware.{tool}.limit_hours")


def lay(source: Path, folder: Path, *, without: Iterable[str] = ()) -> None:
    """Copy a tree's files but not their modes (what comes from the store is read-only), some folders left out."""
    left = set(without)
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and name.parts[0] not in left:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def keep(work: Path, out: Path, more: Iterable[str] = ()) -> None:
    """Copy what a run left to an output folder: manifest, reports, logs, the packed IP, and `more`."""
    out.mkdir()
    for path in (*members(work), *(work / name for name in more if (work / name).is_file())):
        place = out / path.relative_to(work)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def write_stale(ctx: StageContext, name: str, error: FormatError) -> None:
    """Results of another machine that do not belong to this design any more: null, with what differs."""
    reasons = [
        f"{p.what} ({p.got[:SHORT]}, this is {p.allowed[:SHORT]})" if p.allowed else p.what for p in error.problems
    ]
    write_nothing(ctx, name, f"taken in from another machine, but not of this build: {'; '.join(reasons)}")


def write_nothing(ctx: StageContext, name: str, reason: str) -> None:
    """The outputs of a stage that has no result: null, and why."""
    ctx.write_json(f"{name}.json", {"value": None, "reason": reason})
    (ctx.out / name).mkdir()
    (ctx.out / name / "README.txt").write_text(f"No results: {reason}.\n", encoding="utf-8")
