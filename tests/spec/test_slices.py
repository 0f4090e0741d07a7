"""What a stage can see of a spec: a change reaches the stages that it concerns and no others."""

from __future__ import annotations

import json

import pytest

from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec, parse_spec

NAMES = tuple(stage.name for stage in STAGES)


def spec(text: str) -> Spec:
    return parse_spec(text.encode(), "specs/s.yaml")


VENDOR = {"csynth", "cosim", "vivado", "vivado_ip", "power", "project"}
CHANGES = [
    ("clock_mhz: 200", "clock_mhz: 190", {"lower", "synth", "place_route", *VENDOR}),
    ("banks: 2}", "banks: 2}\n  vivado: {activity: true}", {"project"}),
    ("banks: 2}", "banks: 2}\n  vivado: {threads: 2}", {"vivado", "vivado_ip", "power", "project"}),
    ("latency_us: 45 ", "latency_us: 40 ", {"lower"}),
    ("latency_us: 45 ", "latency_us: 45\n  frame_rate_khz: 10 ", {"lower"}),
    ("latency_us: 45 ", "latency_us: 45\n  budget: {lut: 0.2} ", {"lower"}),
    ("latency_us: 45 ", "latency_us: 45\n  arithmetic: [da, mul] ", {"lower"}),
    ("epochs: 10", "epochs: 11", {"train"}),
    ("loss: supcon, epochs: 10, batch: 64, learning_rate: 0.001, temperature: 0.1, seed: 0", "seed: 9", {"train"}),
    ("patterns: 20 ", "patterns: 21 ", {"data"}),
    ("activations: 8", "activations: 6", {"quantize", "export", "lower"}),
    ("verify: {patterns: 256}", "verify: {patterns: 33}", {"export"}),
    ("at_least: 0.9}", "at_least: 0.8}", set()),
    ("name: kcu1500", "name: other", set()),
    ("bin: 2 ", "bin: 3 ", {"data"}),
    ("banks: 2}", "banks: 2}\n  placement: {seed: 5}", {"place_route"}),
    ("banks: 2}", "banks: 2}\n  placement: {seed: 1, seeds: 5}", {"place_route"}),
    ("banks: 2}", "banks: 2}\n  placement: {seeds: 1, until: all}", set()),
    ("prototypes: 8", "prototypes: 9", {"quantize", "export", "lower"}),
]


@pytest.mark.parametrize(("good", "new", "reached"), CHANGES, ids=[change[1] for change in CHANGES])
def test_a_change_reaches_only_what_it_concerns(kcu: str, good: str, new: str, reached: set[str]) -> None:
    assert good in kcu
    before, after = spec(kcu), spec(kcu.replace(good, new, 1))
    differing = {name for name in NAMES if before.slice(name) != after.slice(name)}
    assert differing - {"report", "figures", "seeds"} == reached, "beside what only shows or gathers results"


@pytest.mark.parametrize("name", NAMES)
def test_a_slice_is_json(kcu: str, name: str) -> None:
    found = spec(kcu).slice(name)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_training_sees_no_precision(kcu: str) -> None:
    text = json.dumps(spec(kcu).slice("train"))
    assert "weights" not in text
    assert "shift" not in text


def test_a_layer_overrides_the_precision(kcu: str) -> None:
    text = kcu.replace("filters: 3, kernel: 5", "filters: 3, kernel: 5, precision: {weights: 4, activations: 6}")
    found = spec(text)
    line = next(line for line in found.topology_text.splitlines() if line.startswith("conv2d_2"))
    assert "weights=s4" in line
    assert "out=u6" in line
    assert "weights=s8" in found.topology_text


def test_a_checkpoint_is_a_file_of_train_alone(kcu: str, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "c.safetensors").write_bytes(b"x")
    path = folder / "s.yaml"
    path.write_text(kcu.replace("seed: 0}", "from: c.safetensors}"), encoding="utf-8")
    from speckleforge.spec import load_spec

    found = load_spec(path)
    assert found.files("train") == {"pretrained": folder / "c.safetensors"}
    assert found.files("lower") == {}
