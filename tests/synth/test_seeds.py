"""The sweep over placement seeds, without tools: when it ends, what it keeps, and what a kill loses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.errors import Problem, StageError
from speckleforge.synth.seeds import Asked, Trial, best, spread_record, sweep

Result = tuple[float | None, bool | None]


class Placer:
    """Gives the frequencies of a list, one for each seed; counts its calls."""

    def __init__(self, clock_mhz: float, fmax_mhz: list[float | None]) -> None:
        self.clock_mhz, self.fmax_mhz = clock_mhz, fmax_mhz
        self.calls: list[int] = []

    def __call__(self, seed: int, folder: Path) -> Result:
        assert list(folder.iterdir()) == []
        self.calls.append(seed)
        (folder / "placed.config").write_text(str(seed))
        (folder / "nextpnr.log").write_text(f"seed {seed}")
        found = self.fmax_mhz[len(self.calls) - 1]
        if found is None:
            raise StageError(Problem(f"seed {seed} cannot be placed"))
        return found, found >= self.clock_mhz


def test_it_ends_with_the_first_seed_that_meets_the_clock(tmp_path: Path) -> None:
    placer = Placer(60, [58.0, 55.0, 61.0, 90.0])
    trials, folder = sweep(Asked(5, 4), tmp_path, placer)
    assert placer.calls == [5, 6, 7]
    assert [(trial.seed, trial.fmax_mhz, trial.holds) for trial in trials] == [
        (5, 58.0, False),
        (6, 55.0, False),
        (7, 61.0, True),
    ]
    assert (folder / "placed.config").read_text() == "7"
    assert sorted(path.name for path in (tmp_path / "seed-5").iterdir()) == ["nextpnr.log", "trial.json"]


def test_all_seeds_and_the_best_is_kept(tmp_path: Path) -> None:
    asked, placer = Asked(1, 3, "all"), Placer(60, [61.0, 70.0, 65.0])
    trials, folder = sweep(asked, tmp_path, placer)
    assert (folder / "placed.config").read_text() == "2"
    record = spread_record(asked, trials)
    assert record["chosen"] == 2
    assert record["fmax_mhz"] == {"least": 61.0, "median": 65.0, "most": 70.0}
    assert [trial["seed"] for trial in record["trials"]] == [1, 2, 3]


def test_a_kill_loses_the_seed_under_way_and_no_other(tmp_path: Path) -> None:
    def killed(seed: int, folder: Path) -> Result:
        (folder / "placed.config").write_text(f"half of {seed}")
        if seed == 3:
            raise KeyboardInterrupt
        return 50.0 + seed, False

    with pytest.raises(KeyboardInterrupt):
        sweep(Asked(1, 4), tmp_path, killed)
    placer = Placer(60, [40.0, 41.0])
    trials, folder = sweep(Asked(1, 4), tmp_path, placer)
    assert placer.calls == [3, 4]
    assert [trial.fmax_mhz for trial in trials] == [51.0, 52.0, 40.0, 41.0]
    assert (folder / "placed.config").read_text() == "half of 2"


def test_a_seed_that_fails_is_told_and_the_next_one_tried(tmp_path: Path) -> None:
    trials, folder = sweep(Asked(1, 3), tmp_path, Placer(60, [None, 62.0]))
    assert folder.name == "seed-2"
    assert trials[0] == Trial(1, 0.0, failure="seed 1 cannot be placed")
    assert spread_record(Asked(1, 3), trials)["trials"][0]["failure"] == "seed 1 cannot be placed"
    with pytest.raises(StageError, match="seed 1 cannot be placed"):
        sweep(Asked(1, 2), tmp_path / "none", Placer(60, [None, None]))


def test_without_a_clock_one_seed_is_enough(tmp_path: Path) -> None:
    trials, _ = sweep(Asked(1, 4), tmp_path, lambda seed, folder: (None, None))
    assert trials == [Trial(1, trials[0].wall_s)]


def test_what_the_spec_may_say() -> None:
    assert Asked.of({"seed": 3}) == Asked(3, 1, "met")
    assert Asked.of({"seed": 3, "seeds": 2, "until": "all"}) == Asked(3, 2, "all")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 200), min_size=1, max_size=8))
def test_the_earlier_of_equals_is_best(found: list[float]) -> None:
    trials = [Trial(seed, 1.0, fmax) for seed, fmax in enumerate(found)]
    chosen = best(trials)
    assert chosen is not None
    assert chosen.seed == found.index(max(found))
