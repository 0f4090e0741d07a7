"""specs/small.yaml, and what its layers say about mistakes."""

from __future__ import annotations

import pytest

from speckleforge.errors import SpecError
from speckleforge.spec import load_spec, parse_spec

from .conftest import SPECS

TEXT = (SPECS / "small.yaml").read_text(encoding="utf-8")


def test_it_is_small() -> None:
    topology = load_spec(SPECS / "small.yaml").topology
    # 40 + 296 + 1168 of the convolutions, 2 * 28 of the batch norms, 850 of the dense layer.
    assert (topology.network_parameters, topology.macs) == (2_410, 216_548)
    assert str(topology.node("conv2d_3").out) == "u8[16,9,9]", "the relu is seen through the batch norm"
    assert str(topology.node("avgpool2d_1").out) == "u8[16,1,1]"


def test_an_average_may_have_its_own_bits() -> None:
    wide = TEXT.replace("{size: global}", "{size: global, precision: {activations: 12}}")
    assert str(parse_spec(wide.encode(), "s.yaml").topology.node("avgpool2d_1").out) == "u12[16,1,1]"


MISTAKES = [
    ("{size: global}", "{size: globl}", "globl", "'globl' is not defined"),
    ("{size: global}", "{size: 10}", "10}", "window is larger than its input"),
    ("{size: global}", "{size: global, stride: 2}", "2}", "stride of a window over the whole image"),
    ("    - relu\n    - avgpool2d", "    - relu\n    - batchnorm\n    - avgpool2d", "batchnorm\n    - avgpool2d",
     "batchnorm does not follow conv2d or dense or depthwise2d"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "needle", "words"), MISTAKES)
def test_mistakes_are_told_in_place(old: str, new: str, needle: str, words: str) -> None:
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)
    before = text[: text.index(needle)]
    with pytest.raises(SpecError) as caught:
        parse_spec(text.encode(), "s.yaml")
    where = f"s.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert f"error: {where}: " in f"error: {caught.value}", str(caught.value)
    assert words in str(caught.value)
