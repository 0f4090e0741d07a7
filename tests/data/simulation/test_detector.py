"""Geometry, masks, background and electronics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from speckleforge.data.simulation import detector as detectors
from speckleforge.data.simulation import kernels_counts
from speckleforge.data.simulation.condition import Condition
from speckleforge.data.simulation.conditions import condition
from speckleforge.data.simulation.detector import make_detector, stray_light
from speckleforge.data.simulation.electronics import make_electronics
from speckleforge.data.simulation.random_streams import Draws

REFERENCE = condition("reference")


def changed(group: str, **values: Any) -> Condition:
    return replace(REFERENCE, **{group: replace(getattr(REFERENCE, group), **values)})


def test_scattering_vectors_lie_on_the_ewald_sphere() -> None:
    detector = make_detector(REFERENCE, (26, 40))
    q, weight = detector.centred()
    k = detector.wave_number
    out = q.astype(np.float64) + np.array([[0], [0], [k]])
    assert np.allclose(np.linalg.norm(out, axis=0), k, rtol=1e-6)
    # Angles: pixel (0, 39) is at the corner.
    x, y = 19.5 * detector.pixel_mm, -12.5 * detector.pixel_mm
    assert out[0, 39] / out[2, 39] == pytest.approx(x / REFERENCE.detector.distance_mm, rel=1e-5)
    assert out[1, 39] / out[2, 39] == pytest.approx(y / REFERENCE.detector.distance_mm, rel=1e-5)
    # Solid angle times polarisation along x, from their definitions.
    far = np.sqrt(x * x + y * y + REFERENCE.detector.distance_mm**2)
    solid = detector.pixel_mm**2 * REFERENCE.detector.distance_mm / far**3
    assert weight[39] == pytest.approx(solid * (1 - (x / far) ** 2), rel=1e-5)


def test_the_pixels_divide_the_same_detector() -> None:
    coarse, fine = make_detector(REFERENCE, (32, 32)), make_detector(REFERENCE, (128, 128))
    assert coarse.pixel_mm == pytest.approx(4 * fine.pixel_mm)
    assert np.linalg.norm(coarse.centred()[0][:, 0]) == pytest.approx(np.linalg.norm(fine.centred()[0][:, 0]), rel=0.03)
    no_defects = changed("detector", dead_share=0.0, hot_share=0.0)
    areas = [make_detector(no_defects, (n, n)).opening.mean() for n in (32, 128)]
    assert areas[0] == pytest.approx(areas[1], rel=2e-3)


def test_every_q_is_below_the_bound() -> None:
    detector = make_detector(REFERENCE, (40, 40))
    away = detectors.FARTHEST * (REFERENCE.detector.centre_drift_mm + REFERENCE.detector.centre_jitter_mm)
    q, weight = detector.centred()
    detector.look(np.array([away, -away]), q, weight)
    assert np.linalg.norm(q, axis=0).max() < detectors.q_max(REFERENCE, detector)


def test_gaps_modules_and_the_beam_stop_are_blind() -> None:
    about = changed("detector", dead_share=0.0, hot_share=0.0, modules=(4, 2), missing_modules=((1, 0),))
    detector = make_detector(about, (130, 130))
    opening = detector.opening.reshape(130, 130)
    assert (opening[33:64, :64] == 0).all()
    assert opening[100, 30] == 1
    assert opening[64:66, 64:66].max() == 0
    assert (opening[64, 80:] == 0).all()
    blind = detector.mask == 0
    assert blind.mean() == pytest.approx(1 - opening.mean(), abs=0.02)
    stop = np.pi * REFERENCE.detector.beam_stop_radius_mm**2
    only = changed("detector", dead_share=0.0, hot_share=0.0, module_gap_mm=0.0)
    lost = (1 - make_detector(only, (130, 130)).opening).sum() * detector.pixel_mm**2
    assert lost == pytest.approx(stop, rel=0.02)


def test_dead_and_hot_pixels_are_the_conditions() -> None:
    about = changed("detector", dead_share=0.02, hot_share=0.01, beam_stop_radius_mm=0.0, module_gap_mm=0.0)
    detector = make_detector(about, (130, 130))
    assert (detector.opening == 0).mean() == pytest.approx(0.02, abs=0.004)
    assert (detector.hot > 0).mean() == pytest.approx(0.01, abs=0.003)
    assert (detector.mask == 0).mean() == pytest.approx(0.03, abs=0.005)
    other = make_detector(replace(about, detector=replace(about.detector, seed=2)), (130, 130))
    assert not np.array_equal(detector.mask, other.mask)


def test_background_has_a_ring_where_the_solvent_scatters() -> None:
    about = changed("background", halo_share=0.0, ring_share=0.8, ring_q_per_nm=0.4, ring_sigma_per_nm=0.03)
    detector = make_detector(about, (65, 65))
    stray = stray_light(about, detector)
    length = np.linalg.norm(detector.centred()[0], axis=0)
    inside = (length > 0.34) & (length < 0.46)
    assert (stray * detector.opening).sum() == pytest.approx(1, rel=1e-5)
    assert 0.75 < (stray * detector.opening)[inside].sum() < 0.95


def test_counts_are_poisson_numbers_at_all_levels() -> None:
    levels = np.array([0.01, 0.3, 2.0, 15.0, 39.0, 41.0, 120.0, 3000.0], np.float32)
    expected = np.tile(levels, 20000)
    out = np.empty(expected.size, np.uint16)
    kernels_counts.count(expected, Draws(3).state, out)
    counts = out.reshape(-1, len(levels)).astype(np.float64)
    error = np.sqrt(levels / len(counts))
    assert (np.abs(counts.mean(axis=0) - levels) < 4.5 * error).all()
    # Variance equals the mean; its own error is about sqrt(2 / n + 1 / (n mean)).
    spread = np.sqrt(2 / len(counts) + 1 / (len(counts) * levels))
    assert (np.abs(counts.var(axis=0) / levels - 1) < 4.5 * spread).all()
    # Pixels are independent of one another.
    assert np.abs(np.corrcoef(counts.T) - np.eye(len(levels))).max() < 0.035
    zero = np.exp(-levels[1].astype(float))
    assert (counts[:, 1] == 0).mean() == pytest.approx(zero, abs=0.015)


def test_the_generator_is_xoshiro256_plus_plus() -> None:
    """First outputs for the state 1, 2, 3, 4, as in the tests of the Rust crate rand_xoshiro."""
    state = np.array([1, 2, 3, 4], np.uint64)
    found = [int(kernels_counts.next_bits(state)) for _ in range(4)]
    assert found == [41943041, 58720359, 3588806011781223, 3591011842654386]


def test_raw_frames_come_back_to_photons() -> None:
    about = changed("raw", charge_sigma_um=1.0)
    detector = make_detector(about, (60, 50))
    electronics = make_electronics(about, detector)
    known = electronics.calibration(detector.mask)
    assert known["pedestal"].dtype == np.float32
    assert np.abs(known["pedestal"] - electronics.pedestal)[detector.mask == 1].max() < 25
    rng = np.random.default_rng(1)
    photons, out = rng.poisson(1.5, size=(60, 50)).astype(np.uint16), np.empty((60, 50), np.uint16)
    electronics.frame(photons, Draws(1), out)
    level = out - known["pedestal"]
    level -= np.quantile(level, 0.15, axis=1, keepdims=True)  # common mode: rows have many pixels without photons
    assert np.corrcoef((level / known["gain"]).ravel(), photons.ravel())[0, 1] > 0.95


def test_common_mode_and_noise_have_their_size() -> None:
    detector = make_detector(REFERENCE, (64, 64))
    electronics = make_electronics(REFERENCE, detector)
    dark, frames = np.zeros((64, 64), np.uint16), []
    for index in range(40):
        out = np.empty((64, 64), np.uint16)
        electronics.frame(dark, Draws(5, index), out)
        frames.append(out - electronics.pedestal)
    rows = np.array(frames).mean(axis=2)
    raw = REFERENCE.raw
    assert rows.mean(axis=1).std() == pytest.approx(raw.frame_common_mode_adu, rel=0.4)
    assert (rows - rows.mean(axis=1, keepdims=True)).std() == pytest.approx(raw.row_common_mode_adu, rel=0.1)
    rest = np.array(frames) - rows[..., None]
    assert rest.std() == pytest.approx(raw.noise_adu, rel=0.05)


def test_charge_is_shared_and_none_is_made() -> None:
    photons = np.zeros((9, 9), np.uint16)
    photons[4, 4] = 5000
    charge = np.zeros((9, 9), np.float32)
    kernels_counts.share(photons, 75.0, 15.0, Draws(2).state, charge)
    assert charge.sum() == pytest.approx(5000, rel=1e-3)
    # A cloud of width s at an edge loses s / sqrt(2 pi) of a pixel's side on average to each neighbour.
    each = 15.0 / 75.0 / np.sqrt(2 * np.pi)
    assert charge[4, :].sum() == pytest.approx(5000 * (1 - 2 * each), rel=0.03)
    assert charge[3, :].sum() == pytest.approx(5000 * each, rel=0.1)


def test_the_converter_saturates() -> None:
    about = changed("raw", highest_adu=1500)
    detector = make_detector(about, (16, 16))
    out = np.empty((16, 16), np.uint16)
    make_electronics(about, detector).frame(np.full((16, 16), 60, np.uint16), Draws(1), out)
    assert (out == 1500).all()
