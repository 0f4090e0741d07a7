"""Scheduling. Takes stages and a session; calls it for each stage in turn. The only module that knows doit.

doit orders the stages, runs what is ready on a few threads and goes on after a failure. What is up to date it asks the
session, which asks the store. doit's own memory of earlier runs is a dictionary that dies with the process.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from doit.action import BaseAction
from doit.control import TaskControl
from doit.dependency import Dependency
from doit.exceptions import TaskFailed
from doit.reporter import ZeroReporter
from doit.runner import MThreadRunner
from doit.task import Stream, Task

from speckleforge.graph.session import Session
from speckleforge.graph.stage import Stage


def schedule(stages: tuple[Stage, ...], session: Session, jobs: int) -> None:
    """Let doit run the stages, at most `jobs` at a time."""
    tasks = [
        Task(
            stage.name,
            [_Action(partial(session.make, stage))],
            task_dep=list(stage.needs),
            uptodate=[partial(session.is_hit, stage)],
        )
        for stage in stages
    ]
    control = TaskControl(tasks)
    control.process(None)
    memory = Dependency(_Memory, "")
    runner = MThreadRunner(memory, _Reporter(None, {}), continue_=True, stream=Stream(0), num_process=max(1, jobs))
    runner.run_all(control.task_dispatcher())


class _Action(BaseAction):  # type: ignore[misc]
    """Calls a function; unlike doit's own action it leaves `sys.stdout` alone, which threads share."""

    def __init__(self, call: partial[bool]) -> None:
        self.call = call
        self.task = self.out = self.err = self.result = None
        self.values: dict[str, Any] = {}

    def execute(self, out: Any = None, err: Any = None) -> TaskFailed | None:
        """Run it; doit skips what depends on a failed task."""
        return None if self.call() else TaskFailed("failed")


class _Reporter(ZeroReporter):  # type: ignore[misc]
    """Says nothing (outcomes do), but lets no error of doit's own pass."""

    def runtime_error(self, msg: str) -> None:
        """A wrong task graph is a bug of ours."""
        raise ValueError(msg)


class _Memory:
    """doit's database, held in memory: the store alone knows what is up to date."""

    def __init__(self, name: str, codec: Any = None, *, module_name: str | None = None) -> None:
        self.name = name
        self.values: dict[str, dict[str, Any]] = {}

    def get(self, task: str, name: str) -> Any:
        """One value of a task, or None."""
        return self.values.get(task, {}).get(name)

    def set(self, task: str, name: str, value: Any) -> None:
        """Note one value of a task."""
        self.values.setdefault(task, {})[name] = value

    def in_(self, task: str) -> bool:
        """True if anything is noted of the task."""
        return task in self.values

    def remove(self, task: str) -> None:
        """Forget a task."""
        self.values.pop(task, None)

    def remove_all(self) -> None:
        """Forget everything."""
        self.values.clear()

    def dump(self) -> None:
        """Nothing is written."""
