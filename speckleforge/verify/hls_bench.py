"""The HLS sources' own test bench, as a vendor's tool runs it. Takes a build's vectors and image; gives a record."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from speckleforge.errors import MismatchError, Problem, StageError
from speckleforge.tools.process import first_error_line, run_tool

PATTERNS = 16  # the library has compared all of them; this proves the bench
_VERDICT = re.compile(r"speckleforge: (\d+) patterns, (\d+) elements compared, (\d+) different, (\d+) boundaries seen")
_MISMATCH = re.compile(r"MISMATCH (.*)")


def run_bench(program: Path, vectors: Path, image: Path, scratch: Path) -> dict[str, Any]:
    """Run the bench on the first patterns.

    Raises
    ------
    MismatchError
        Something differs (the first difference is named), or nothing was compared.
    """
    data = scratch / "data"
    data.mkdir(parents=True, exist_ok=True)
    for name, target in (("vectors", vectors), ("weights.bin", image)):
        link = data / name
        link.unlink(missing_ok=True)
        link.symlink_to(target.resolve())
    log = scratch / "bench.log"
    log.unlink(missing_ok=True)
    failed = None
    try:
        run_tool([program, data, str(PATTERNS)], cwd=scratch, log=log)
    except StageError as error:
        failed = error
    text = log.read_text(encoding="utf-8", errors="replace")
    verdict, first = _VERDICT.search(text), _MISMATCH.search(text)
    if failed is not None or verdict is None or int(verdict[2]) == 0 or int(verdict[4]) == 0:
        what = first[1] if first else first_error_line(log) or "it compared nothing"
        raise MismatchError(Problem("the test bench of the HLS sources fails", str(log), what)) from failed
    names = ("patterns", "elements", "different", "boundaries")
    return dict(zip(names, map(int, verdict.groups()), strict=True))
