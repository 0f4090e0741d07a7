"""Enrolment of the boot image's prototypes."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from speckleforge.errors import RangeError  # noqa: E402
from speckleforge.fixed.types import signed  # noqa: E402
from speckleforge.ir.types import TensorType  # noqa: E402
from speckleforge.layers import facet, op_class  # noqa: E402
from speckleforge.quantize.head import UNKNOWN, enrol  # noqa: E402
from tests.networks import topology  # noqa: E402

SOURCE = TensorType(signed(8), (6,))
NAMES = ["background", "single", "multi"]


def head(slots: int = 5):  # type: ignore[no-untyped-def]
    return next(topology([("head", {"prototypes": slots})], SOURCE).steps())[1]


def patterns(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, size=count)
    values = np.rint(80 * np.eye(6)[label] + 6 * rng.normal(size=(count, 6)))
    return np.clip(values, -128, 127).astype(np.int64), label


def test_enrolled_classes_are_recognised_and_strangers_are_unknown() -> None:
    op, (z, label) = head(), patterns()
    found = enrol(op, SOURCE, z, label, NAMES)
    for spec in op.parameters(SOURCE):
        value = found.values[spec.name]
        assert value.shape == spec.shape
        assert spec.type.min <= value.min() <= value.max() <= spec.type.max
    record = facet("head", "reference").run(op, SOURCE, z, found.values)[:, op.slots :]
    known = record[:, 2] == 1
    assert 0.97 < known.mean() < 1
    assert (record[known, 0] == label[known]).all()
    assert (record[:, 3] == np.where(known, label == NAMES.index("single"), 1)).all()
    strangers = np.rint(90 * np.eye(6)[[4, 5]]).astype(np.int64)
    assert (facet("head", "reference").run(op, SOURCE, strangers, found.values)[:, op.slots] == -1).all()


def test_empty_slots_are_invalid_and_only_single_and_unknown_are_kept() -> None:
    found = enrol(head(), SOURCE, *patterns(), NAMES)
    assert found.values["valid"].tolist() == [1, 1, 1, 0, 0]
    assert np.flatnonzero(found.values["keep"]).tolist() == [1, UNKNOWN]
    assert found.record["keep"] == ["single", "unknown"]


def test_without_a_single_class_everything_is_kept() -> None:
    found = enrol(head(), SOURCE, *patterns(), ["a", "b", "c"])
    assert np.flatnonzero(found.values["keep"]).tolist() == [0, 1, 2, UNKNOWN]


def test_too_few_slots_and_empty_classes_are_refused() -> None:
    z, label = patterns()
    with pytest.raises(RangeError, match="more classes than prototype slots"):
        enrol(head(2), SOURCE, z, label, NAMES)
    with pytest.raises(RangeError, match="class 'multi'"):
        enrol(head(), SOURCE, z[label < 2], label[label < 2], NAMES)


def test_dark_embeddings_enrol_without_error() -> None:
    op = head()
    label = np.arange(30) % 3
    found = enrol(op, SOURCE, np.zeros((30, 6), np.int64), label, NAMES)
    result = facet("head", "reference").run(op, SOURCE, np.zeros((2, 6), np.int64), found.values)
    assert (result[:, op.slots] == -1).all()  # no score is positive: unknown, and kept
    assert (result[:, -1] == 1).all()
    assert op_class("head").kind == "head"
