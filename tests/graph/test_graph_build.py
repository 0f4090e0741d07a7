"""The engine on real child processes: what runs, what does not, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toy import CHAIN, Toy, ToySpec, statuses

from speckleforge.graph.events import Event
from speckleforge.graph.plan import plan
from speckleforge.graph.stage import Stage
from speckleforge.graph.why import changes, summary


def params(text: str) -> dict[str, dict[str, str]]:
    return {"source": {"text": text}}


def test_second_build_is_all_hits_and_first_shows_results(toy: Toy) -> None:
    events: list[Event] = []
    assert statuses(toy.build(params("abc"), listener=events.append)) == "run run run"
    assert (toy.root / "build/report/n.txt").read_text() == "n = 3"
    assert "a line for the log" in (toy.root / "build/logs/source.log").read_text()
    assert any(event.kind == "progress" and event.message == "half way" for event in events)
    assert not list((toy.root / "cache/work").iterdir())
    assert statuses(toy.build(params("abc"))) == "hit hit hit"


def test_equal_content_stops_the_rebuild_early(toy: Toy) -> None:
    toy.build(params("abc"))
    again = toy.build(params("xyz"))
    assert statuses(again) == "run run hit"
    assert again.outcome("source").why == "text: abc -> xyz"
    assert again.outcome("length").why == "input text changed"


def test_an_older_result_is_found_again(toy: Toy) -> None:
    toy.build(params("abc"))
    toy.build(params("abcd"))
    again = toy.build(params("abc"))
    assert statuses(again) == "hit hit hit"
    assert "earlier build" in again.outcome("source").why
    assert (toy.root / "build/text.txt").read_text() == "abc"


def test_comments_do_not_rebuild_but_code_does(toy: Toy) -> None:
    toy.build(params("abc"))
    toy.write("words.py", '"""Another docstring."""\n\n# a comment\nFACTOR = 1\n')
    assert statuses(toy.build(params("abc"))) == "hit hit hit"
    toy.write("words.py", "FACTOR = 2\n")
    built = toy.build(params("abc"))
    assert statuses(built) == "hit run run"
    assert built.outcome("length").why == "code toy.words changed"
    assert (toy.root / "build/report/n.txt").read_text() == "n = 6"


def test_an_edit_that_keeps_size_and_time_is_seen(toy: Toy) -> None:
    import os

    toy.build(params("abc"))
    path = toy.root / "toy/words.py"
    before = path.stat()
    toy.write("words.py", '"""Shared."""\nFACTOR = 3\n')
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    toy.build(params("abc"))
    assert (toy.root / "build/report/n.txt").read_text() == "n = 9"


def test_failure_stops_only_what_depends_on_it(toy: Toy) -> None:
    toy.write("length.py", "def run(ctx):\n    raise ValueError('no length')\n")
    other = Stage("other", "toy.source", ("other.txt",))
    toy.write("other.py", "def run(ctx):\n    (ctx.out / 'other.txt').write_text('x')\n")
    built = toy.build(params("abc"), (*CHAIN, Stage("other", "toy.other", other.outputs)))
    assert statuses(built) == "run failed skipped run"
    assert built.exit_code == 1
    failed = built.outcome("length")
    assert "ValueError: no length" in failed.why
    assert failed.log is not None
    assert "Traceback" in failed.log.read_text()
    assert built.outcome("report").why == "needs length"
    assert not (toy.root / "build/report").exists()


def test_a_structured_error_arrives_as_it_was_raised(toy: Toy) -> None:
    toy.write(
        "source.py",
        "from speckleforge.errors import Problem, RangeError\n"
        "def run(ctx):\n    raise RangeError(Problem('too large', 'conv1.bias', '300', '-128..127', 'retrain'))\n",
    )
    error = toy.build(params("abc")).outcome("source").error
    assert type(error).__name__ == "RangeError"
    assert str(error) == "conv1.bias: too large\n    got: 300\n    allowed: -128..127\n    next: retrain"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("pass", "text.txt is missing"),
        ("(ctx.out / 'text.txt').write_text('')", "text.txt is empty"),
        ("[(ctx.out / n).write_text('x') for n in ('text.txt', 'more')]", "more is not a declared output"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("(ctx.out / 'text.txt').write_text('x'); import sys; sys.exit(0)", "before its work was done"),
        ("import importlib; importlib.import_module('toy.hid' + 'den')", "toy.hidden"),
        ("import toy; open(toy.__path__[0] + '/data.txt').read()", "toy/data.txt"),
        ("import toy; open(toy.__path__[0] + '/hidden.py').read()", "toy/hidden.py"),
    ],
)
def test_a_stage_that_breaks_its_contract_fails(toy: Toy, body: str, what: str) -> None:
    toy.write("data.txt", "bytes")
    toy.write("source.py", f"def run(ctx):\n    {body}\n")
    failed = toy.build(params("abc"), CHAIN[:1]).outcome("source")
    assert failed.status == "failed"
    assert what in str(failed.error)


def test_declared_resources_and_loads_count(toy: Toy) -> None:
    text = (
        "READS = ('data.txt',)\nLOADS = ('toy.hidden',)\n"
        "from pathlib import Path\n"
        "def run(ctx):\n"
        "    import importlib\n"
        "    text = (Path(__file__).parent / 'data.txt').read_text()\n"
        "    (ctx.out / 'text.txt').write_text(text + str(importlib.import_module('toy.hid' + 'den').X))\n"
    )
    toy.write("source.py", text)
    toy.write("data.txt", "one")
    assert statuses(toy.build(params(""), CHAIN[:1])) == "run"
    toy.write("data.txt", "two")
    assert toy.build(params(""), CHAIN[:1]).outcome("source").why == "code toy/data.txt changed"
    toy.write("hidden.py", "X = 2\n")
    assert toy.build(params(""), CHAIN[:1]).outcome("source").why == "code toy.hidden changed"
    assert (toy.root / "build/text.txt").read_text() == "two2"


def test_an_edit_while_the_build_runs_is_not_stored(toy: Toy) -> None:
    def edit(event: Event) -> None:
        if event.kind == "started" and event.stage == "length":
            toy.write("words.py", "FACTOR = 5\n")

    built = toy.build(params("abc"), listener=edit)
    assert statuses(built) == "run failed skipped"
    assert "edited while the build ran" in built.outcome("length").why
    assert statuses(toy.build(params("abc"))) == "hit run run"


def test_plan_tells_what_the_build_then_does(toy: Toy) -> None:
    toy.build(params("abc"))
    spec = ToySpec(params("abcd"))
    rows = plan(spec, toy.store, stages=CHAIN, keys=toy.keys(spec))
    assert [row.fate for row in rows] == ["run", "depends", "depends"]
    assert rows[0].why == "text: abc -> abcd"
    assert rows[1].why == "depends on source"
    spec = ToySpec(params("abc"))
    assert [row.fate for row in plan(spec, toy.store, stages=CHAIN, keys=toy.keys(spec))] == ["hit"] * 3


def test_targets_build_what_they_need_and_no_more(toy: Toy) -> None:
    built = toy.build(params("abc"), targets=("length",))
    assert [outcome.name for outcome in built.outcomes] == ["source", "length"]


def test_edited_results_are_put_back(toy: Toy) -> None:
    toy.build(params("abc"))
    shown = toy.root / "build/text.txt"
    shown.chmod(0o644)
    shown.write_text("mine")
    (toy.root / "build/report/n.txt").unlink()
    assert statuses(toy.build(params("abc"))) == "hit hit hit"
    assert shown.read_text() == "abc"
    assert (toy.root / "build/report/n.txt").read_text() == "n = 3"


def test_outside_files_count_by_their_bytes(toy: Toy) -> None:
    given = toy.root / "given.txt"

    class WithFile(ToySpec):
        def files(self, stage: str) -> dict[str, Path]:
            return {"text": given} if stage == "length" else {}

    from speckleforge.graph.build import build

    spec, stages = WithFile(), (Stage("length", "toy.length", ("length.txt",)),)
    for text, status in (("ab", "run"), ("ab", "hit"), ("cd", "run")):
        given.write_text(text)
        assert statuses(build(spec, toy.store, stages=stages, keys=toy.keys(spec))) == status


def test_an_outside_file_may_be_named_relative_to_where_the_build_was_started(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WithFile(ToySpec):
        def files(self, stage: str) -> dict[str, Path]:
            return {"text": Path("given.txt")} if stage == "length" else {}

    from speckleforge.graph.build import build

    (toy.root / "given.txt").write_text("abc")
    monkeypatch.chdir(toy.root)
    spec, stages = WithFile(), (Stage("length", "toy.length", ("length.txt",)),)
    assert statuses(build(spec, toy.store, stages=stages, keys=toy.keys(spec))) == "run"


def test_differences_are_told_by_value() -> None:
    before = {
        "params": {"clock_mhz": 200, "topology": "a\nb 8\nc", "layers": [{"n": 1}, {"n": 2}]},
        "tools": {"x": "1"},
    }
    after = {"params": {"clock_mhz": 250, "topology": "a\nb 4\nc", "layers": [{"n": 1}, {"n": 3}]}, "tools": {"x": "2"}}
    found = changes(before, after)
    assert [str(change) for change in found] == [
        "clock_mhz: 200 -> 250",
        "layers[1].n: 2 -> 3",
        "topology[1]: b 8 -> b 4",
        "tools x: 1 -> 2",
    ]
    assert summary(found, 2) == "clock_mhz: 200 -> 250; layers[1].n: 2 -> 3; and 2 more"
    assert json.dumps([vars(change) for change in found])
