"""Every error that a user can meet.

Each says what is wrong, where, what was got, what is allowed and what to do next. The command line prints
`str(error)` and ends with `exit_code`; a traceback is a bug of ours (exit code 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One finding: `where` is `file:line:col` or a path of keys; empty fields are left out of the text."""

    what: str
    where: str = ""
    got: str = ""
    allowed: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        tail = [
            f"{label}: {text}"
            for label, text in (("got", self.got), ("allowed", self.allowed), ("next", self.next_step))
            if text
        ]
        return "\n    ".join([head, *tail])


class ForgeError(Exception):
    """Base of all errors shown to users; carries one or more `Problem`s."""

    exit_code = 1

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SpecError(ForgeError):
    """The spec, a target or a command-line value is not valid; lists all problems at once."""

    exit_code = 2


class DesignError(ForgeError):
    """No design exists: an IR rule is broken or no fold meets the target within the board's budget."""


class RangeError(ForgeError):
    """A value lies outside the range that the topology fixes for it."""


class StageError(ForgeError):
    """A stage or a tool failed; names its command, exit code, first error line and log."""


class StoreError(ForgeError):
    """The store is unusable (full disk, no permission) or holds damaged data that could not be rebuilt."""


class MismatchError(ForgeError):
    """Two executions differ; names the first layer, element and both values."""


class FormatError(ForgeError):
    """A file is not what it should be (not such a report, wrong magic, missing array)."""


def did_you_mean(word: str, allowed: Sequence[str]) -> str:
    """`did you mean 'x'?` for the nearest of `allowed`, or an empty string."""
    near = get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
