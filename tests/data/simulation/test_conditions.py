"""Conditions: complete, strict, frozen."""

from __future__ import annotations

from pathlib import Path

import pytest

from speckleforge.data.simulation import conditions
from speckleforge.errors import SpecError

FROZEN = {
    "bright": "19a629cbff723c23",
    "dim": "64723d5cc63f41c8",
    "missing_modules": "9f2b816f48b8bd15",
    "molecules": "33496b060c83a3c8",
    "reference": "3175e711eef96b32",
}


@pytest.mark.parametrize("name", conditions.names())
def test_a_published_condition_never_changes(name: str) -> None:
    """Accuracies name their condition: other values need another name."""
    assert conditions.condition(name).digest[:16] == FROZEN[name]


def test_those_that_are_promised_are_there() -> None:
    assert set(conditions.names()) >= {"reference", "bright", "dim", "missing_modules", "molecules"}


def test_bright_and_dim_differ_from_the_reference_by_the_beam_alone() -> None:
    reference = conditions.condition("reference")
    for name, factor in (("bright", 4), ("dim", 0.1)):
        other = conditions.condition(name)
        assert other.beam.photons_per_pattern == factor * reference.beam.photons_per_pattern
        for group in ("sample", "multi", "droplets", "background", "detector", "raw"):
            assert getattr(other, group) == getattr(reference, group)


def test_missing_modules_differ_from_the_reference_by_the_detector_alone() -> None:
    reference, other = conditions.condition("reference"), conditions.condition("missing_modules")
    assert other.detector.missing_modules
    assert (other.beam, other.sample, other.multi) == (reference.beam, reference.sample, reference.multi)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("focus_cut:", "focus_cot:", "did you mean 'focus_cut'"),
        ("  sase_modes: 12\n", "", "'sase_modes' misses"),
        ("sase_modes: 12", "sase_modes: 12\n  sase_modes: 13", "stands twice"),
        ("sase_modes: 12", "sase_modes: 12.5", "a whole number"),
        ("photon_energy_kev: 1.7", "photon_energy_kev: soft", "a number"),
        ("photon_energy_kev: 1.7", "photon_energy_kev: -1.7", "not negative"),
        ("1.0e+11", "1e11", "write 1.0e+10"),
        ("modules: [2, 1]", "modules: [2]", "a list"),
        ("  reason: ", "  because: ", "'reason' misses"),
        ("beam:\n", "bean:\n", "did you mean 'beam'"),
        ("about: ", "about: [a, b]\nx: ", "says nothing of itself"),
    ],
)
def test_a_file_that_is_not_so_is_refused(tmp_path: Path, old: str, new: str, text: str) -> None:
    good = (conditions.FOLDER / "reference.yaml").read_text(encoding="utf-8")
    assert old in good
    path = tmp_path / "mine.yaml"
    path.write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError, match=r"mine\.yaml") as error:
        conditions.read_condition(path)
    assert text in str(error.value)


def test_wording_is_no_value(tmp_path: Path) -> None:
    good = (conditions.FOLDER / "dim.yaml").read_text(encoding="utf-8")
    path = tmp_path / "dim.yaml"
    path.write_text(good.replace("reason: >-\n", "reason: >-\n    In other words.\n"), encoding="utf-8")
    assert conditions.read_condition(path).digest == conditions.condition("dim").digest
