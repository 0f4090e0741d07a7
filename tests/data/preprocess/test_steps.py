"""Each step's rule, checked on numbers worked out another way."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.data.preprocess.bin import Bin
from speckleforge.data.preprocess.common_mode import CommonMode
from speckleforge.data.preprocess.crop import Crop
from speckleforge.data.preprocess.gain import Gain
from speckleforge.data.preprocess.mask import Mask
from speckleforge.data.preprocess.pedestal import Pedestal
from speckleforge.data.preprocess.photonise import Photonise
from speckleforge.data.preprocess.standardise import Standardise
from speckleforge.data.preprocess.step import Step
from speckleforge.data.preprocess.words import to_words
from speckleforge.errors import FormatError

RAW = np.random.default_rng(1).integers(0, 900, (5, 6, 8)).astype(np.uint16)
PEDESTAL = np.full((6, 8), 300.5, np.float32)
STEPS: list[Step] = [
    Pedestal(PEDESTAL),
    CommonMode("row"),
    CommonMode("column", PEDESTAL > 0),
    CommonMode("frame"),
    Gain(np.array(130.0, np.float32)),
    Photonise(0.5),
    Mask(RAW[0] % 2 == 0),
    Crop(4, 6),
    Bin(2),
    Standardise(4, -1.0, 6.0),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_a_frame_does_not_depend_on_its_neighbours_and_stays_as_it_was(step: Step) -> None:
    before = RAW.copy()
    whole = step.apply(RAW)
    assert np.array_equal(RAW, before)
    assert whole.shape == (5, *step.shape((6, 8)))
    for row in range(len(RAW)):
        assert np.array_equal(step.apply(RAW[row : row + 1])[0], whole[row])


def test_the_pedestal_leaves_negative_values() -> None:
    found = Pedestal(PEDESTAL).apply(RAW)
    assert found.dtype == np.float32
    assert np.array_equal(found, RAW - 300.5)
    assert (found < 0).any()


@pytest.mark.parametrize(("over", "axes"), [("row", 1), ("column", 0), ("frame", (0, 1))])
def test_the_common_mode_is_the_median_of_good_pixels(over: str, axes: Any) -> None:
    frame = RAW[0].astype(np.float32)
    plain = CommonMode(over).apply(frame[None])[0]
    assert np.array_equal(plain, frame - np.median(frame, axis=axes, keepdims=True))
    good = np.random.default_rng(3).random((6, 8)) > 0.3
    good[2] = False  # a row without a good pixel stays as it is
    hidden = np.where(good, frame, np.nan)
    with pytest.warns(RuntimeWarning, match="All-NaN") if over == "row" else _quiet():
        medians = np.nan_to_num(np.nanmedian(hidden, axis=axes, keepdims=True))
    expected = np.where(good, frame - medians, 0)  # what the mask put to 0 stays 0
    assert np.array_equal(CommonMode(over, good).apply(frame[None])[0], expected)


def _quiet() -> Any:
    from contextlib import nullcontext

    return nullcontext()


@given(
    st.integers(-3000, 3000).map(lambda eighths: eighths / 8),
    st.sampled_from([0.25, 0.5, 0.75, 1.0]),
)
def test_photons_count_from_the_threshold_on(charge: float, threshold: float) -> None:
    exact = max(floor(Fraction(charge) + 1 - Fraction(threshold)), 0)
    assert Photonise(threshold).apply(np.full((1, 1, 1), charge, np.float32))[0, 0, 0] == exact


def test_the_gain_is_a_number_or_a_map() -> None:
    adu = RAW.astype(np.float32)
    assert np.array_equal(Gain(np.array(2.0, np.float32)).apply(adu), adu / 2)
    by_pixel = np.arange(1, 49, dtype=np.float32).reshape(6, 8)
    assert np.array_equal(Gain(by_pixel).apply(adu), adu / by_pixel)


def test_bad_pixels_are_zero_and_the_type_stays() -> None:
    good = RAW[0] % 2 == 0
    found = Mask(good).apply(RAW)
    assert found.dtype == RAW.dtype
    assert (found[:, ~good] == 0).all()
    assert np.array_equal(found[:, good], RAW[:, good])


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_bins_are_sums(size: int, rows: int, columns: int, real: bool) -> None:
    rng = np.random.default_rng(size)
    frames = rng.integers(0, 60_000, (2, rows * size, columns * size)).astype(np.float32 if real else np.uint16)
    expected = frames.reshape(2, rows, size, columns, size).astype(np.int64).sum(axis=(2, 4))
    assert np.array_equal(Bin(size).apply(frames), expected), "beyond 16 bits as well"
    values = frames[0]
    assert np.array_equal(Bin(size).carry(values, "mean"), expected[0] / size**2)
    good = values > 20_000
    wanted = good.reshape(rows, size, columns, size).all(axis=(1, 3))
    assert np.array_equal(Bin(size).carry(good, "all"), wanted)


def test_pixels_beside_the_bins_are_refused() -> None:
    with pytest.raises(FormatError, match="pixels are left over beside the bins"):
        Bin(4).shape((6, 8))


def test_a_crop_is_in_the_middle_unless_told() -> None:
    assert np.array_equal(Crop(4, 4).apply(RAW), RAW[:, 1:5, 2:6])
    assert np.array_equal(Crop(2, 3, 0, 5).apply(RAW), RAW[:, :2, 5:])
    for crop in (Crop(7, 2), Crop(2, 2, 5, 0), Crop(2, 9)):
        with pytest.raises(FormatError, match="the crop reaches beyond the frame"):
            crop.shape((6, 8))


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_standardised_images_forget_scale_and_offset(bits: int) -> None:
    step = Standardise(bits, -2.0, 5.0)
    levels = step.apply(RAW)
    assert np.array_equal(step.apply(RAW * np.int64(8) + 77), levels)
    scores = (RAW - RAW.mean(axis=(1, 2), keepdims=True)) / RAW.std(axis=(1, 2), keepdims=True)
    expected = (scores + 2) / 7 * (2**bits - 1)
    assert np.abs(levels - expected).max() <= 0.5 + 1e-9
    flat = step.apply(np.full((1, 3, 3), 7, np.uint16))
    assert (flat == round(2 / 7 * (2**bits - 1))).all(), "an image without spread is at its mean"


@pytest.mark.parametrize(("bits", "dtype"), [(1, np.uint8), (8, np.uint8), (9, np.uint16), (16, np.uint16)])
def test_words_saturate_at_both_ends_and_are_counted(bits: int, dtype: type) -> None:
    highest = 2**bits - 1
    values = np.array([[[-3, 0, 1, highest, highest + 1, 10**7]], [[0, 0, 0, 0, 0, highest]]])
    words, saturated = to_words(values, bits)
    assert words.dtype == dtype
    assert words[0, 0].tolist() == [0, 0, 1, highest, highest, highest]
    assert saturated.tolist() == [3, 0]


def test_a_real_number_is_no_word() -> None:
    assert to_words(np.full((1, 2, 2), 3.0, np.float32), 8)[0].tolist() == [[[3, 3], [3, 3]]]
    with pytest.raises(FormatError, match=r"no whole number(.|\n)*3\.25(.|\n)*gain and photonise"):
        to_words(np.array([[[3.0, 3.25]]]), 8)
