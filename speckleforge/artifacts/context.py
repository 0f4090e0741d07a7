"""What a stage receives. Takes nothing from the environment; gives a stage its slice of the spec and its folders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def _silent(done: float, message: str) -> None:
    """Progress that nobody watches (direct calls in tests)."""


@dataclass(frozen=True)
class StageContext:
    """All that a stage may look at.

    Attributes
    ----------
    params
        The stage's own slice of the spec: JSON values only; part of the action key.
    inputs
        Input artifacts by role: read-only files or folders.
    out
        An empty folder; the stage writes each declared output there under its declared name.
    scratch
        A folder named by the action key; what is in it survives a kill, so that long work can go on.
    shared
        A folder that all runs of this stage share, for `artifacts.parts`; None where nobody offers one.
    progress
        Called with a fraction done in [0, 1] and a short line; may be called often.
    """

    params: Mapping[str, Any]
    inputs: Mapping[str, Path]
    out: Path
    scratch: Path
    progress: Callable[[float, str], None] = field(default=_silent)
    shared: Path | None = None

    def write_json(self, name: str, record: Any) -> None:
        """Write `record` as the output `name`: sorted keys, two spaces, one newline at the end (stable bytes)."""
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        (self.out / name).write_text(text + "\n", encoding="utf-8")

    def read_json(self, role: str) -> Any:
        """Read the JSON input of `role`."""
        return json.loads(self.inputs[role].read_text(encoding="utf-8"))
