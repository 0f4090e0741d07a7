"""Stages repeated for further training seeds: what they share, what they are called, whose results they find."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy import VENDOR, Toy, ToySpec, statuses

from speckleforge.errors import SpecError
from speckleforge.graph.build import build
from speckleforge.graph.events import Build
from speckleforge.graph.keys import Keys
from speckleforge.graph.plan import open_sources, plan
from speckleforge.graph.stage import Stage, bind
from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec, load_spec, parse_spec
from speckleforge.store.store import Store

ROOT = Path(__file__).parents[2]
QUICK = (ROOT / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
REPEATED = ("train", "quantize", "export", "weights", "evaluate")
LEARN = (
    Stage("source", "toy.source", ("text.txt",)),
    Stage("learn", "toy.learn", ("learnt.txt",), {"text": ("source", "text.txt")}, repeated=True),
    Stage("judge", "toy.judge", ("judged.txt",), {"learnt": ("learn", "learnt.txt")}, repeated=True),
    Stage("hardware", "toy.judge", ("made.txt",), {"learnt": ("learn", "learnt.txt")}),
    Stage("gather", "toy.gather", ("all.txt",), {"judged": ("judge", "judged.txt")}, gathers=frozenset({"judged"})),
)


@pytest.fixture
def learning(toy: Toy) -> Toy:
    read = "ctx.inputs[{!r}].read_text()"
    write = "def run(ctx):\n    (ctx.out / {!r}).write_text({})\n"
    toy.write("learn.py", write.format("learnt.txt", f"{read.format('text')} + str(ctx.params['seed'])"))
    toy.write(
        "judge.py",
        "def run(ctx):\n"
        "    for name in ctx.params['out'],:\n"
        "        (ctx.out / name).write_text('*' + ctx.inputs['learnt'].read_text())\n",
    )
    joined = "' '.join(ctx.inputs[role].read_text() for role in sorted(ctx.inputs))"
    toy.write("gather.py", write.format("all.txt", joined))
    return toy


def make(toy: Toy, seed: int, seeds: int, targets: tuple[str, ...] = ()) -> Build:
    params = {
        "source": {"text": "a"},
        "learn": {"seed": seed},
        "judge": {"out": "judged.txt"},
        "hardware": {"out": "made.txt"},
    }
    spec = _Seeded(params, seeds=seeds)
    return build(spec, toy.store, stages=LEARN, keys=toy.keys(spec), folder=toy.root / "build", targets=targets)


class _Seeded(ToySpec):
    """Only learning sees the seed, as in real specs."""

    def slice(self, stage_name: str) -> dict[str, object]:
        found = super().slice(stage_name)
        return found if stage_name.startswith("learn") else {k: v for k, v in found.items() if k != "seed"}


def names(built: Build, status: str) -> list[str]:
    return [outcome.name for outcome in built.outcomes if outcome.status == status]


def test_replicas_run_and_are_gathered(learning: Toy) -> None:
    built = make(learning, 0, 3)
    assert statuses(built) == " ".join(["run"] * 9)
    assert (learning.root / "build/all.txt").read_text() == "*a0 *a1 *a2"
    assert (learning.root / "build/made.txt").read_text() == "*a0", "only the first seed becomes hardware"
    assert (learning.root / "build/seeds/2/judged.txt").read_text() == "*a2"
    assert (learning.root / "build/seeds/2/logs/learn.log").is_file()
    assert statuses(make(learning, 0, 3)) == " ".join(["hit"] * 9)


def test_the_first_seed_does_not_wait_for_the_others(learning: Toy) -> None:
    order = [outcome.name for outcome in make(learning, 0, 3).outcomes]
    assert order == [
        *("source", "learn", "judge", "hardware"),
        *("learn@1", "judge@1", "learn@2", "judge@2"),
        "gather",
    ]


def test_the_next_seed_is_a_hit_and_the_other_way_round(learning: Toy) -> None:
    make(learning, 5, 2)
    alone = make(learning, 6, 1)
    assert names(alone, "hit") == ["source", "learn", "judge"]
    make(learning, 7, 1)
    moved = make(learning, 6, 2)
    assert names(moved, "run") == ["gather"]
    assert moved.outcome("learn@1").key == make(learning, 7, 1).outcome("learn").key


def test_fewer_seeds_leave_nothing_of_the_others(learning: Toy) -> None:
    make(learning, 0, 3)
    built = make(learning, 0, 2)
    assert names(built, "run") == ["gather"]
    assert (learning.root / "build/seeds/1/judged.txt").is_file()
    assert not (learning.root / "build/seeds/2").exists()
    make(learning, 0, 1)
    assert not (learning.root / "build/seeds").exists()
    assert (learning.root / "build/judged.txt").is_file()


def test_a_part_of_a_build_leaves_the_rest_in_place(learning: Toy) -> None:
    make(learning, 0, 2)
    built = make(learning, 0, 1, targets=("judge",))
    assert [outcome.name for outcome in built.outcomes] == ["source", "learn", "judge"]
    assert (learning.root / "build/seeds/1/judged.txt").is_file()


def test_why_of_a_replica_is_told_of_its_own_last_result(learning: Toy) -> None:
    make(learning, 0, 2)
    spec = _Seeded({"source": {"text": "a"}, "learn": {"seed": 3}}, seeds=2)
    rows = {row.name: row for row in plan(spec, learning.store, stages=LEARN, keys=learning.keys(spec))}
    assert rows["learn@1"].why == "seed: 1 -> 4"
    assert rows["judge@1"].on == ("learn@1",)


def test_a_failing_replica_stops_only_its_own_seed(learning: Toy) -> None:
    text = "def run(ctx):\n    assert ctx.params['seed'] != 1\n    (ctx.out / 'learnt.txt').write_text('x')\n"
    learning.write("learn.py", text)
    built = make(learning, 0, 3)
    assert names(built, "failed") == ["learn@1"]
    assert names(built, "skipped") == ["judge@1", "gather"]
    log = built.outcome("learn@1").log
    assert log is not None
    assert "AssertionError" in log.read_text()
    assert (learning.root / "build/seeds/1/logs/learn.log").read_text() == log.read_text()


def spec(seed: int, seeds: int) -> Spec:
    text = QUICK.replace("temperature: 0.1, seed: 0", f"temperature: 0.1, seed: {seed}")
    assert seed == 0 or text != QUICK
    return parse_spec(f"{text}\nevaluate: {{seeds: {seeds}}}\n".encode(), ROOT / "specs" / "quickstart.yaml")


def test_with_one_seed_the_graph_is_as_declared() -> None:
    pipeline = bind(STAGES, spec(0, 1))
    assert pipeline.stages == bind(STAGES, load_spec(ROOT / "specs" / "quickstart.yaml")).stages
    assert set(pipeline.absent) == {"seeds", *VENDOR}
    assert "evaluate.seeds" in pipeline.absent["seeds"]


def test_what_is_repeated_and_what_is_not() -> None:
    stages = {stage.name: stage for stage in bind(STAGES, spec(0, 3)).stages}
    assert {name for name in stages if "@" in name} == {f"{name}@{k}" for name in REPEATED for k in (1, 2)}
    assert stages["evaluate@2"].inputs["weights"] == ("weights@2", "weights.bin")
    assert stages["evaluate@2"].inputs["simulators"] == ("simulators", "simulators")
    assert list(stages["seeds"].inputs) == ["accuracy", "accuracy@1", "accuracy@2"]


def test_no_other_seed_reaches_synthesis_or_the_bitstream() -> None:
    pipeline = bind(STAGES, spec(0, 3))
    for target in ("bitstream", "synth", "simulators", "verify"):
        assert not [stage.name for stage in pipeline.upto((target,)) if "@" in stage.name]


def test_keys_are_those_of_a_spec_with_that_seed(tmp_path: Path) -> None:
    """Code, slice and inputs equal: the same key, in both directions."""
    many, plain = spec(0, 3), spec(2, 1)
    sources = open_sources(Store(tmp_path))
    replicas = {stage.name: stage for stage in bind(STAGES, many).stages}
    for stage in bind(STAGES, plain).stages:
        if stage.name in REPEATED:
            inputs = {role: f"blob:{role}" for role in stage.inputs}
            one = Keys(plain, sources).document(stage, inputs)
            other = Keys(many, sources).document(replicas[f"{stage.name}@2"], inputs)
            assert one.record() == other.record()
            assert one.key() == other.key()
    train = Keys(many, sources).document(replicas["train@1"], {"dataset": "blob:1"})
    assert train.params["train"]["seed"] == 1


def test_unknown_names_are_answered_without_all_replicas() -> None:
    with pytest.raises(SpecError) as caught:
        bind(STAGES, spec(0, 9)).stage("trian@1")
    assert "train@1" in str(caught.value), "the nearest name"
    assert "quantize@" not in str(caught.value)
