"""The section `quantize`: whom a change reaches, and keys that would be without effect."""

from __future__ import annotations

import pytest

from speckleforge.errors import SpecError
from speckleforge.graph.stages import STAGES
from speckleforge.spec import Spec, load_spec, parse_spec
from tests.spec.conftest import SPECS

NAMES = tuple(stage.name for stage in STAGES)
TRAINING = "quantize: {method: training}\n"


def spec(text: str) -> Spec:
    return parse_spec(text.encode(), "specs/s.yaml")


def reached(before: Spec, after: Spec) -> set[str]:
    return {name for name in NAMES if before.slice(name) != after.slice(name)} - {"report"}


@pytest.mark.parametrize("keys", ["epochs: 5", "learning_rate: 0.01", "seed: 3"])
def test_the_method_and_its_keys_reach_quantisation_alone(kcu: str, keys: str) -> None:
    rounded, trained = spec(kcu), spec(kcu + TRAINING)
    assert reached(rounded, trained) == {"quantize"}
    assert reached(trained, spec(kcu + TRAINING.replace("}", f", {keys}}}"))) == {"quantize"}


def test_the_floats_epochs_do_not_reach_it_but_their_loss_does(kcu: str) -> None:
    assert reached(spec(kcu + TRAINING), spec(kcu.replace("epochs: 10", "epochs: 11") + TRAINING)) == {"train"}
    other = kcu.replace("temperature: 0.1", "temperature: 0.2")
    assert reached(spec(kcu), spec(other)) == {"train"}
    assert reached(spec(kcu + TRAINING), spec(other + TRAINING)) == {"train", "quantize"}


@pytest.mark.parametrize("text", ["quantize: {epochs: 5}\n", "quantize: {method: post_training, epochs: 5}\n"])
def test_keys_without_effect_are_named(kcu: str, text: str) -> None:
    with pytest.raises(SpecError) as error:
        spec(kcu + text)
    assert "quantize.epochs: has no effect on post-training quantisation" in str(error.value)
    assert "add `method: training`" in str(error.value)


def test_both_specs_of_the_published_network_share_data_and_float_training() -> None:
    wide, narrow = (load_spec(SPECS / f"{name}.yaml") for name in ("kcu1500", "kcu1500-w4a4"))
    assert {"data", "train"}.isdisjoint(reached(wide, narrow))
    assert {str(node.out.type) for node in narrow.topology if node.kind not in ("input", "head")} == {"u4", "s4"}
