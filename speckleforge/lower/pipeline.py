"""Runs passes in order and verifies after each one that changed something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speckleforge.errors import DesignError
from speckleforge.lower.draft import Draft, Pass


def run_passes(draft: Draft, passes: Sequence[Pass]) -> Draft:
    """The draft behind the last pass.

    Raises
    ------
    DesignError
        Naming the pass that failed, or whose result is not a valid design, and those before it.
    """
    done: list[str] = []
    for item in passes:
        try:
            changed = item.run(draft)
            if changed != draft and changed.joined:
                changed.design()
        except DesignError as error:
            raise named(error, item.name, done) from error
        draft = changed
        done.append(item.name)
    return draft


def named(error: DesignError, name: str, done: Sequence[str]) -> DesignError:
    """The error with the pass at the front of each `where`."""
    place = f"lower.{name}" + (f" (after {', '.join(done)})" if done else "")
    return DesignError([replace(p, where=f"{place}: {p.where}" if p.where else place) for p in error.problems])
