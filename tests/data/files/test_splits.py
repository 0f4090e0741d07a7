"""Whole groups go to a split: no particle, run or block of time is in two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.data.files.labels import Labels
from speckleforge.data.files.settings import SplitSettings
from speckleforge.data.files.split import assign, groups_of
from speckleforge.errors import FormatError
from tests.data.files.makers import by_run, open_files, run_files, skopi_files


@given(st.lists(st.integers(0, 12), min_size=30, max_size=60), st.integers(0, 99), st.floats(0.05, 0.4))
def test_no_group_is_in_two_splits(members: list[int], seed: int, share: float) -> None:
    groups = np.array([f"g{member}" for member in [*members, 0, 1, 2, 3]])
    settings = SplitSettings("run", share, share, 1, seed)
    names = len(set(groups.tolist()))
    if names < 1 + 2 * max(1, round(share * names)):
        with pytest.raises(FormatError, match="too few groups"):
            assign(groups, settings)
        return
    split = assign(groups, settings)
    held = [set(groups[split == number].tolist()) for number in range(3)]
    assert sum(len(found) for found in held) == names
    assert set().union(*held) == set(groups.tolist())
    assert len(held[1]) == len(held[2]) == max(1, round(share * names))
    assert np.array_equal(assign(groups, settings), split)


def test_the_seed_chooses(tmp_path: Path) -> None:
    files = skopi_files(tmp_path, tuple(f"p{n}" for n in range(9)), 2)
    first, again, other = (
        np.concatenate([chunk.split for chunk in open_files(files, seed=seed).chunks(64)]) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_time_blocks_are_consecutive_frames_of_a_run() -> None:
    count, size = 50, 10
    rng = np.random.default_rng(0)
    time = rng.permutation(count).astype(np.float64)
    run = np.repeat(["a", "b"], count // 2)
    labels = Labels(run, np.full(count, -1), run=run, time=time)
    settings = SplitSettings("time_block", 0.2, 0.2, size, 0)
    groups = groups_of(labels, run, settings)
    for name in np.unique(run):
        mine = np.flatnonzero(run == name)
        ordered = mine[np.argsort(time[mine])]
        expected = [f"{name}/{n // size}" for n in range(len(mine))]
        assert groups[ordered].tolist() == expected
    without = groups_of(Labels(run, labels.hits), np.repeat(["f"], count), settings)
    assert without.tolist() == [f"f/{n // size}" for n in range(count)], "the file is the run"


@pytest.mark.parametrize("by", ["run", "time_block"])
def test_test_frames_were_never_seen(tmp_path: Path, by: str) -> None:
    source = by_run(run_files(tmp_path), split={"by": by, "validate": 0.25, "test": 0.25, "block": 4})
    chunks = list(source.chunks(64))
    frames = np.concatenate([chunk.frames for chunk in chunks])
    split = np.concatenate([chunk.split for chunk in chunks])
    seen = [{frame.tobytes() for frame in frames[split == number]} for number in range(3)]
    assert all(seen)
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]
    assert not seen[0] & seen[1]
    groups = source.record()["split"]["groups"]
    assert sum(groups.values()) == {"run": 4, "time_block": 12}[by]
    particle = np.concatenate([chunk.particle for chunk in chunks])
    held = [set(particle[split == number].tolist()) - {-1} for number in range(3)]
    assert not held[0] & held[2], "an episode's particle is a run or a block of its own split"


def test_too_few_groups_and_unknown_particles_are_told(tmp_path: Path) -> None:
    files = run_files(tmp_path, 2)
    with pytest.raises(FormatError, match=r"too few groups to split by run(.|\n)*2 \(r0, r1\)(.|\n)*3 or more"):
        by_run(files)
    with pytest.raises(FormatError, match=r"no particle is known(.|\n)*split by run or time_block"):
        by_run(files, split={"by": "particle", "validate": 0.2, "test": 0.2, "block": 1})


@pytest.mark.parametrize("none", ["", "-1"])
@pytest.mark.parametrize("runs", [1, 6])
def test_a_pool_without_particles_is_in_every_split(tmp_path: Path, none: str, runs: int) -> None:
    files = run_files(tmp_path, runs, 120 // runs)
    n = np.arange(120 // runs * runs)
    particle = np.where(n % 3 == 2, none, np.char.add("p", (n // 3 % 8).astype(np.str_)))
    label = np.array(["single", "multi", "background"])[n % 3]
    np.savez(tmp_path / "l.npz", label=label, particle=particle, run=n // (120 // runs))
    split = {"by": "particle", "validate": 0.25, "test": 0.25, "block": 50}
    source = by_run(files, labels={"file": "l.npz"}, split=split, class_map={}, exclude={})
    chunks = list(source.chunks(64))
    where, shown, known = (
        np.concatenate([getattr(c, name) for c in chunks]) for name in ("split", "label", "particle")
    )
    assert all(set(shown[where == number].tolist()) == {0, 1, 2} for number in range(3))
    held = [set(known[where == number].tolist()) - {-1} for number in range(3)]
    assert sum(len(found) for found in held) == len(set.union(*held)) == 8
    if runs == 6:
        pool = [set((n // 20)[(shown == 0) & (where == number)].tolist()) for number in range(3)]
        assert sum(len(found) for found in pool) == 6, "where there are runs enough, a run is in one split"


@pytest.mark.parametrize("by", ["run", "time_block"])
def test_a_particle_of_two_runs_is_one_in_each(tmp_path: Path, by: str) -> None:
    files, n = run_files(tmp_path), np.arange(48)
    label = np.array(["single", "multi"])[n % 2]
    np.savez(tmp_path / "l.npz", label=label, run=n // 12, particle=np.array(["p", "q"])[n // 2 % 2])
    split = {"by": by, "validate": 0.25, "test": 0.25, "block": 4}
    source = by_run(files, labels={"file": "l.npz"}, split=split, class_map={}, exclude={})
    chunks = list(source.chunks(64))
    where, known = (np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in ("split", "particle"))
    held = [set(known[where == number].tolist()) for number in range(3)]
    groups = {"run": 4, "time_block": 12}[by]
    assert sum(len(found) for found in held) == len(set.union(*held)) == 2 * groups
    assert source.record()["split"]["shared_particles"] == 2
    label_free = by_run(files, split=split)
    assert "shared_particles" not in label_free.record()["split"]
    assert open_files(skopi_files(tmp_path)).record()["split"]["shared_particles"] == 0
