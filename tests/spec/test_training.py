"""Section `train`: keys of the loss that is chosen, the list of augmentations, networks that are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import load_spec, parse_spec

LINE = "train: {loss: supcon, epochs: 10, batch: 64, learning_rate: 0.001, temperature: 0.1, seed: 0}"


def train(kcu: str, line: str) -> dict[str, object]:
    assert LINE in kcu
    return parse_spec(kcu.replace(LINE, f"train: {line}").encode(), "specs/s.yaml").slice("train")["train"]


def said(kcu: str, line: str, path: str = "s.yaml") -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(kcu.replace(LINE, f"train: {line}").encode(), path)
    return str(caught.value)


def test_a_loss_brings_the_defaults_of_its_own_keys(kcu: str) -> None:
    supcon, triplet = train(kcu, "{}"), train(kcu, "{loss: triplet}")
    assert (supcon["loss"], supcon["temperature"], triplet["margin"]) == ("supcon", 0.1, 0.02)
    assert "margin" not in supcon
    assert "temperature" not in triplet
    assert supcon == train(kcu, "{loss: supcon, temperature: 0.1, augment: [dihedral]}")


@pytest.mark.parametrize(
    ("line", "what", "step"),
    [
        ("{margin: 0.1}", "margin: belongs to the loss triplet, and this trains with supcon", "write `loss: triplet`"),
        ("{loss: triplet, temperature: 0.1}", "temperature: belongs to the loss supcon", "allowed: margin"),
        ("{loss: triplet, margin: 0}", "train.margin: out of range", "above 0, at most 4"),
        ("{loss: triplets}", "'triplets' is not defined", "did you mean 'triplet'?"),
        ("{augment: true}", "train.augment: not a list", ""),
        ("{augment: [rotat]}", "'rotat' is not defined", "did you mean 'rotate'?"),
        ("{augment: [{rotate: {degree: 4}}]}", "unknown key 'degree'", "did you mean 'degrees'?"),
        ("{augment: [{shift: {pixels: -1}}]}", "shift.pixels: out of range", "above 0"),
        ("{augment: [{drop_patch: {patches: 0.5}}]}", "drop_patch.patches: not a whole number", ""),
        ("{augment: [{rotate: {}, shift: {}}]}", "2 keys, one is allowed", ""),
        ("{from: net.onnx}", "train.from: not of the allowed form", "safetensors|pt|pth"),
        ("{from: net.pt}", "train.from: no such file", "relative to this spec"),
        ("{names: {a: conv2d_1}}", "train.names: tells how to read a given network, and none is given", "from: FILE"),
        ("{input_frac: 3}", "train.input_frac: tells how to read a given network, and none is given", "from: FILE"),
    ],
)
def test_a_mistake_is_named(kcu: str, line: str, what: str, step: str) -> None:
    message = said(kcu, line)
    assert what in message
    assert step in message


def test_augmentations_with_and_without_their_defaults_are_one(kcu: str) -> None:
    short = train(kcu, "{augment: [mirror, rotate, {shift: {pixels: 3}}, {noise: {gaussian: 1}}]}")
    assert short["augment"] == [
        {"mirror": {}},
        {"rotate": {"degrees": 180.0}},
        {"shift": {"pixels": 3.0}},
        {"noise": {"fluence": 0.3, "gaussian": 1.0}},
    ]
    full = "[{mirror: {}}, {rotate: {degrees: 180}}, {shift: {pixels: 3.0}}, {noise: {gaussian: 1, fluence: 0.3}}]"
    assert train(kcu, f"{{augment: {full}}}") == short
    assert train(kcu, "{augment: []}")["augment"] == []


def test_a_given_network_and_its_names(kcu: str, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"x")
    line = "train: {from: net.pth, names: {features.0: conv2d_1, out: ignore}, input_frac: 2}"
    (tmp_path / "s.yaml").write_text(kcu.replace(LINE, line), encoding="utf-8")
    found = load_spec(tmp_path / "s.yaml")
    assert found.files("train") == {"pretrained": tmp_path / "net.pth"}
    params = found.slice("train")["train"]
    assert params["names"] == {"features.0": "conv2d_1", "out": "ignore"}
    assert params["input_frac"] == 2
    assert "from" not in params
