"""Running one stage. Takes its key document and inputs; gives the stored result, or an error; knows no other stage.

The stage runs as a child process in a private folder. What it loaded is compared with what its key says: a result whose
key does not cover what shaped it is not stored.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speckleforge import errors
from speckleforge.errors import ForgeError, Problem, StageError
from speckleforge.graph.keys import CHILD
from speckleforge.store.ac import Entry
from speckleforge.store.code import SourceTree
from speckleforge.store.files import store_errors
from speckleforge.store.key import KeyDocument
from speckleforge.store.store import Store
from speckleforge.tools.catalogue import VENDOR, find_tool, installed
from speckleforge.tools.find import MISSING
from speckleforge.tools.process import CancelledError, Watch, minimal_environment, run_tool
from speckleforge.tools.vendor import vendor_folders


@dataclass(frozen=True)
class Job:
    """One stage, ready to run.

    Attributes
    ----------
    document
        What it can see.
    module
        Its module.
    outputs
        Names that it must write.
    inputs
        Role -> (file name, digest).
    files
        Role -> file from outside.
    sources
        Our packages, as they were when the key was computed.
    watched
        Python packages that must be in the key document if the stage loads them.
    """

    document: KeyDocument
    module: str
    outputs: tuple[str, ...]
    inputs: Mapping[str, tuple[str, str]]
    files: Mapping[str, Path]
    sources: SourceTree
    watched: frozenset[str] = frozenset()


def make(job: Job, store: Store, watch: Watch) -> tuple[Entry, bool]:
    """The result of `job`; and True if another build made it while we waited for its lock.

    Raises
    ------
    ForgeError
        The stage failed (its log is kept), was interrupted, or the store is unusable.
    """
    key = job.document.key()
    for tool, version in job.document.tools.items():
        if version == MISSING:
            find_tool(tool)  # raises, and says how to install it
    with store.lock(key, watch.cancel) as lock:
        entry = store.lookup(key)
        if entry is not None:
            return entry, True
        try:
            with store.work(key) as work:
                entry = _run(job, store, work, watch, lock)
        finally:
            store.drop_empty_scratch(key)
        store.forget_scratch(key)
        store.log(job.document.stage, key).unlink(missing_ok=True)
    return entry, False


def _run(job: Job, store: Store, work: Path, watch: Watch, lock: int) -> Entry:
    """Run the child and store what it made."""
    key, stage = job.document.key(), job.document.stage
    log = store.log(stage, key)
    log.unlink(missing_ok=True)
    _prepare(job, store, work)
    command = (sys.executable, "-P", "-m", CHILD, work / "job.json")
    try:
        finished = run_tool(
            command,
            cwd=work / "cwd",
            log=log,
            env=_environment(job, work),
            watch=watch,
            whole_session=True,
            keep_fds=(lock,),  # an orphan, should one survive us, keeps the key locked
        )
    except CancelledError:
        raise
    except StageError as error:
        raise _stage_error(job, work) or error from None
    loaded = _check_result(job, work)
    files = _outputs(job, work / "out")
    digest = store.cas.put_file(log)
    return store.publish(Entry(key, stage, {}, job.document.record(), finished.wall_s, digest, loaded), files)


def _prepare(job: Job, store: Store, work: Path) -> None:
    """Fill the work folder: inputs, empty folders, and the job file."""
    with store_errors(work):
        for name in ("out", "cwd", "tmp", "in"):
            (work / name).mkdir()
        inputs = {role: str(path.absolute()) for role, path in job.files.items()}
        for role, (name, digest) in job.inputs.items():
            (work / "in" / role).mkdir()
            store.cas.copy_out(digest, work / "in" / role / name)
            inputs[role] = str(work / "in" / role / name)
        record = {
            "module": job.module,
            "params": job.document.params,
            "inputs": inputs,
            "out": str(work / "out"),
            "scratch": str(store.scratch(job.document.key())),
            "shared": str(store.parts(job.document.stage)),
            "result": str(work / "result.json"),
            "packages": {name: str(folder) for name, folder in job.sources.packages.items()},
        }
        (work / "job.json").write_text(json.dumps(record), encoding="utf-8")


def _environment(job: Job, work: Path) -> dict[str, str]:
    """The child's environment: it imports exactly the packages whose bytes were hashed."""
    tools = [tool for name in job.document.tools if (tool := installed(name)) is not None]
    parents = dict.fromkeys(str(folder.parent) for folder in job.sources.packages.values())
    folders = [str(tool.root) for tool in tools]
    if any(name in VENDOR for name in job.document.tools):
        folders += vendor_folders()
    return minimal_environment({"PYTHONPATH": ":".join(parents)}, folders=folders, temporary=work / "tmp")


def _result(work: Path) -> dict[str, Any]:
    """What the child wrote at its end; empty if it did not get that far."""
    try:
        result: dict[str, Any] = json.loads((work / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return result


def _stage_error(job: Job, work: Path) -> ForgeError | None:
    """The error that the stage raised, as it raised it; None if the child died without a word."""
    error = _result(work).get("error")
    if not error:
        return None
    kind: type[ForgeError] = getattr(errors, error["type"], StageError)
    return kind([Problem(**problem) for problem in error["problems"]])


def _check_result(job: Job, work: Path) -> tuple[str, ...]:
    """Compare what was loaded with what the key says; give the names of what was loaded."""
    result = _result(work)
    if not result:
        raise StageError(Problem(f"stage '{job.document.stage}' ended before its work was done", job.module))
    modules: dict[str, str] = result.get("modules", {})
    resources = {job.sources.label(path): path for path in map(Path, result.get("resources", ()))}
    loaded = {*modules, *resources}
    hidden = sorted(loaded.difference(job.document.code))
    hidden += sorted(job.watched.intersection(result.get("libraries", ())).difference(job.document.packages))
    if hidden:
        step = "declare it: a facet, root or package of the stage, or READS or LOADS of the module"
        what = f"stage '{job.document.stage}' loaded what its key does not cover"
        raise StageError(Problem(what, job.module, got=", ".join(hidden), next_step=step))
    edited = [name for name, source in modules.items() if source and not job.sources.same_code(name, source)]
    edited += [name for name, path in resources.items() if not job.sources.same_bytes(path)]
    if edited:
        what = f"the code of stage '{job.document.stage}' was edited while the build ran"
        raise StageError(Problem(what, got=", ".join(edited), next_step="run the build again"))
    return tuple(sorted(loaded))


def _outputs(job: Job, out: Path) -> dict[str, Path]:
    """The declared outputs: all there, none empty, and nothing besides."""
    found = {path.name: path for path in out.iterdir()}
    bad = [f"{name} is missing" for name in job.outputs if name not in found]
    bad += [f"{name} is empty" for name in job.outputs if name in found and _is_empty(found[name])]
    bad += [f"{name} is not a declared output" for name in sorted(set(found) - set(job.outputs))]
    if bad:
        what = f"stage '{job.document.stage}' did not keep its promise"
        raise StageError(Problem(what, job.module, got="; ".join(bad), allowed=", ".join(job.outputs)))
    return {name: found[name] for name in job.outputs}


def _is_empty(path: Path) -> bool:
    """True for a file of no bytes or a folder without a file."""
    if path.is_dir():
        return not any(member.is_file() for member in path.rglob("*"))
    return path.stat().st_size == 0
