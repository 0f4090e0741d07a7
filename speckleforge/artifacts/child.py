"""Where a stage runs: `python -m speckleforge.artifacts.child JOB`. Takes a job file; gives a result file.

The job names a module, its parameters, inputs and folders; the module's `run(ctx)` does the work. Progress goes to file
descriptor 1 as JSON lines; whatever the stage prints goes to its log (descriptor 2). Descriptor 0 is a pipe that the
parent never writes to: when it closes, the parent is dead, and this process ends with all it has started.
The result says what of this package was really loaded, for the parent to compare with what the action key says.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.fresh import COMPILED, import_from_source
from speckleforge.errors import ForgeError, Problem, StageError, StoreError
from speckleforge.tools.sessions import kill_session

_SELF = "speckleforge.artifacts.child"


def main(job_file: str) -> int:
    """Run the job and write its result; the exit code is 0 if the stage succeeded."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    _end_with_parent()
    import_from_source(tuple(job["packages"]))
    resources: set[str] = set()
    _record_resources(tuple(job["packages"].values()), resources)
    progress = _take_over_output()
    error = _run(job, progress)
    files = _module_files()
    result = {
        "error": error,
        "modules": _loaded(files, tuple(job["packages"])),
        "resources": sorted(resources.difference(files.values())),
        "libraries": _libraries(),
    }
    Path(job["result"]).write_text(json.dumps(result), encoding="utf-8")
    return 1 if error else 0


def _run(job: dict[str, Any], progress: TextIO) -> dict[str, Any] | None:
    """Call the stage; give its error as JSON values, or None."""

    def report(done: float, message: str) -> None:
        progress.write(json.dumps({"done": round(float(done), 4), "message": message}) + "\n")
        progress.flush()

    try:
        inputs = {role: Path(path) for role, path in job["inputs"].items()}
        folders = {name: Path(job[name]) for name in ("out", "scratch", "shared") if name in job}
        module = importlib.import_module(job["module"])
        module.run(StageContext(params=job["params"], inputs=inputs, progress=report, **folders))
    except ForgeError as found:
        return _record(found)
    except OSError as found:
        traceback.print_exc()
        full = found.errno in (errno.ENOSPC, errno.EDQUOT)
        problem = Problem("the disk is full", str(found.filename or job["out"]), next_step="free some space, run again")
        return _record(StoreError(problem) if full else _bug(found))
    except Exception as found:
        traceback.print_exc()
        return _record(_bug(found))
    return None


def _bug(found: Exception) -> StageError:
    """An exception that no stage should let out."""
    return StageError(Problem(f"{type(found).__name__}: {found}"))


def _record(error: ForgeError) -> dict[str, Any]:
    """An error as JSON values."""
    return {"type": type(error).__name__, "problems": [vars(problem) for problem in error.problems]}


def _take_over_output() -> TextIO:
    """Keep descriptor 1 for progress; send everything else that is printed, from C code too, to the log."""
    progress = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout.flush()
    os.dup2(2, 1)
    return progress


def _end_with_parent() -> None:
    """End, with every process of our session, when the parent does: a killed build must leave no work running."""

    def watch(handle: int) -> None:
        while os.read(handle, 1):
            pass
        if os.getsid(0) == os.getpid():
            kill_session(os.getpid(), grace_s=0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    if os.getsid(0) == os.getpid():
        handle = os.dup(0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        threading.Thread(target=watch, args=(handle,), daemon=True).start()


def _record_resources(packages: tuple[str, ...], found: set[str]) -> None:
    """Note each file of our packages that this process opens."""
    roots = tuple(folder + os.sep for folder in packages)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(roots):
            path = Path(arguments[0])
            if "__pycache__" not in path.parts and not path.is_dir():
                found.add(arguments[0])

    sys.addaudithook(note)


def _module_files() -> dict[str, str]:
    """Loaded modules -> their files."""
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    return {_SELF if name == "__main__" else name: str(file) for name, file in files.items() if file}


def _loaded(files: dict[str, str], packages: tuple[str, ...]) -> dict[str, str]:
    """Loaded modules of our packages -> hash of the source that was compiled (empty for those that started us)."""
    return {name: COMPILED.get(name, "") for name in sorted(files) if name.partition(".")[0] in packages}


def _libraries() -> list[str]:
    """Names of the loaded top-level packages that are not part of Python."""
    names = {name.partition(".")[0] for name in list(sys.modules)}
    return sorted(names - sys.stdlib_module_names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
