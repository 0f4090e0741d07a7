"""What a training's key holds: all that can change its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.graph.keys import PACKAGES, Keys
from speckleforge.graph.stages import STAGES
from speckleforge.spec import load_spec
from speckleforge.store.code import SourceTree
from speckleforge.tools import machine

ROOT = Path(__file__).parents[2]
TRAIN = next(stage for stage in STAGES if stage.name == "train")


def document(text: str, folder: Path) -> object:
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return Keys(load_spec(folder / "s.yaml"), SourceTree(PACKAGES)).document(TRAIN, {"dataset": "tree:0"})


def test_versions_threads_and_instruction_set_are_in_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "specs/quickstart.yaml").read_text(encoding="utf-8")
    before = document(text, tmp_path)
    assert {"torch", "numpy"} <= set(before.packages)
    assert before.platform["threads"] == "1"
    assert before.platform["isa"] == machine.instruction_set()
    for name in ("threads", "isa"):
        monkeypatch.setitem(machine._FACETS, name, lambda: "another")
        assert document(text, tmp_path).key() != before.key()
        monkeypatch.undo()
    assert document(text, tmp_path).key() == before.key()


def test_code_of_every_loss_augmentation_and_layer_in_use_is_in_the_key(tmp_path: Path) -> None:
    code = document((ROOT / "specs/quickstart.yaml").read_text(encoding="utf-8"), tmp_path).code
    for module in ("losses.triplet", "losses.supcon", "augment.rotate", "augment._affine", "loop", "folding"):
        assert f"speckleforge.learning.{module}" in code
    assert "speckleforge.train.given.read" in code
    assert "speckleforge.layers.conv2d.torch" in code


def test_the_bytes_of_a_given_network_are_in_the_key(tmp_path: Path) -> None:
    line = "train: {loss: supcon, epochs: 12, batch: 64, learning_rate: 0.003, temperature: 0.1, seed: 0}"
    text = (ROOT / "specs/quickstart.yaml").read_text(encoding="utf-8").replace(line, "train: {from: net.pt}")
    keys = set()
    for content in (b"one", b"two"):
        (tmp_path / "net.pt").write_bytes(content)
        keys.add(document(text, tmp_path).key())
    assert len(keys) == 2
