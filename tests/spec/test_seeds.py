"""`evaluate.seeds`: what it asks of the rest of the spec, and what a replica may see."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import Spec, load_spec

SEEDED = "temperature: 0.1, seed: 0}"


def spec(kcu: str, folder: Path, seeds: int, train: str = SEEDED) -> Spec:
    assert SEEDED in kcu
    (folder / "net.safetensors").write_bytes(b"x")
    path = folder / "s.yaml"
    path.write_text(f"{kcu.replace(SEEDED, train)}\nevaluate: {{seeds: {seeds}}}\n", encoding="utf-8")
    return load_spec(path)


def test_a_replica_differs_by_its_training_seed_alone(kcu: str, tmp_path: Path) -> None:
    found = spec(kcu, tmp_path, 3)
    assert found.seeds == 3
    first, third = found.slice("train"), found.slice("train@2")
    assert third["train"].pop("seed") == first["train"].pop("seed") + 2
    assert first == third
    for stage in ("export", "weights", "evaluate"):
        assert found.slice(stage) == found.slice(f"{stage}@2")


def test_more_seeds_reach_only_what_gathers_them(kcu: str, tmp_path: Path) -> None:
    one, three = spec(kcu, tmp_path, 1), spec(kcu, tmp_path, 3)
    for stage in ("data", "train", "quantize", "export", "lower", "emit", "synth", "weights", "evaluate"):
        assert one.slice(stage) == three.slice(stage), stage
    assert three.slice("seeds") == {"first_seed": 0, "count": 3}


def test_a_given_network_has_no_seeds(kcu: str, tmp_path: Path) -> None:
    given = "temperature: 0.1, seed: 0, from: net.safetensors}"
    assert spec(kcu, tmp_path, 1, given).seeds == 1
    with pytest.raises(SpecError, match=r"s.yaml:\d+:\d+: evaluate.seeds: a given network is not trained"):
        spec(kcu, tmp_path, 2, given)


def test_the_last_seed_is_a_seed(kcu: str, tmp_path: Path) -> None:
    last = f"temperature: 0.1, seed: {2**32 - 2}}}"
    assert spec(kcu, tmp_path, 2, last).seeds == 2
    with pytest.raises(SpecError, match="the last training seed would be 4294967296"):
        spec(kcu, tmp_path, 3, last)
