"""Families, rotations and structures from files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from speckleforge.data.simulation.conditions import condition
from speckleforge.data.simulation.families import FAMILIES, random_particle
from speckleforge.data.simulation.particles import Particle
from speckleforge.data.simulation.random_streams import Draws, stream
from speckleforge.data.simulation.rotations import icosahedral_group, matrix, point_group, random_rotation
from speckleforge.data.simulation.settings import SimulationSettings
from speckleforge.data.simulation.shots import focus, make_scene, places_nm
from speckleforge.data.simulation.source import Simulation
from speckleforge.data.simulation.structures import read_structure
from speckleforge.data.simulation.volume import fourier_volume
from speckleforge.errors import FormatError, SpecError
from tests.data.simulation.direct import direct_sum

CONDITION = condition("reference")
ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("SPECKLEFORGE_SHARED", ROOT.parent / "shared"))
PDB = SHARED / "spi" / "2cex.pdb"
needs_pdb = pytest.mark.skipif(not PDB.is_file(), reason=f"no structure at {PDB.parent.name}/{PDB.name}")

ATOMS = """\
ATOM      1  N   ALA A   1       0.000   0.000   0.000  1.00  0.00           N
ATOM      2  CA  ALA A   1      14.500   0.000   0.000  1.00  0.00           C
ATOM      3  C   ALA A   1      20.000  14.200   0.000  1.00  0.00           C
ATOM      4  O   ALA A   1      12.500  23.900   6.000  0.50  0.00           O
HETATM    5  O   HOH A   2      90.000  90.000  90.000  1.00  0.00           O
END
"""
CIF = """\
data_small
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.occupancy
_atom_site.B_iso_or_equiv
_atom_site.auth_seq_id
_atom_site.auth_asym_id
_atom_site.pdbx_PDB_model_num
ATOM 1 N N . ALA A 1 0.0 0.0 0.0 1.0 0.0 1 A 1
ATOM 2 C CA . ALA A 1 14.5 0.0 0.0 1.0 0.0 1 A 1
ATOM 3 C C . ALA A 1 20.0 14.2 0.0 1.0 0.0 1 A 1
ATOM 4 O O . ALA A 1 12.5 23.9 6.0 0.5 0.0 1 A 1
"""


def points(particle: Particle) -> np.ndarray:
    return np.concatenate([part.points_nm for part in particle.parts] or [np.zeros((0, 3))])


def test_rotations_are_rotations_and_uniform() -> None:
    drawn = np.stack([matrix(Draws(5, index).quaternion()) for index in range(4000)])
    assert np.allclose(drawn @ drawn.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(drawn), 1)
    # Under the Haar measure every element has mean 0 and mean square 1/3.
    assert np.abs(drawn.mean(axis=0)).max() < 0.05
    assert np.abs((drawn**2).mean(axis=0) - 1 / 3).max() < 0.03


def test_the_recorded_quaternion_takes_body_to_laboratory() -> None:
    half = 0.5**0.5
    quarter_about_z = matrix(np.array([half, 0.0, 0.0, half]))
    assert np.allclose(quarter_about_z @ [1, 0, 0], [0, 1, 0])


@pytest.mark.parametrize(
    "group", [point_group(5, False), point_group(3, True), list(icosahedral_group())], ids=["C5", "D3", "I"]
)
def test_groups_are_closed(group: list[np.ndarray]) -> None:
    assert len(group) in (5, 6, 60)
    for a in group[:8]:
        for b in group:
            assert any(np.allclose(a @ b, other) for other in group)


def test_particles_fit_their_diameter_and_density() -> None:
    families = set()
    sample = CONDITION.sample
    for seed in range(60):
        particle = random_particle(stream(seed), sample)
        families.add(particle.name)
        radius = np.linalg.norm(points(particle), axis=1).max(initial=0)
        assert radius <= particle.diameter_nm / 2 * (1 + 1e-9)
        assert sample.diameter_nm[0] <= particle.diameter_nm <= sample.diameter_nm[1]
        # No more than a ball of twice the density (spheroids have a core), no less than a hundredth of one.
        ball = sample.electrons_per_nm3 * np.pi / 6 * (particle.diameter_nm + 4 * sample.scatterer_sigma_nm) ** 3
        assert 0.01 < particle.electrons / ball < 2
    assert families == {*FAMILIES, "spheroid"}


def test_particles_of_multi_hits_do_not_overlap_and_lie_in_the_focus() -> None:
    for seed in range(60):
        places = places_nm(Draws(seed), CONDITION, 2 + seed % 4, 50.0)
        apart = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(len(places))
        assert apart.min() >= 49.9
        first = focus(CONDITION, places[:1])[0]
        assert CONDITION.beam.focus_cut * 0.999 <= first <= 1


def test_off_axis_hits_are_uniform_over_the_area() -> None:
    """For a Gaussian focus that makes the fluence uniform in its logarithm."""
    alone = replace(CONDITION, multi=replace(CONDITION.multi, touching_share=0.0))
    drawn = np.concatenate([focus(alone, places_nm(Draws(seed), alone, 3, 1.0)) for seed in range(700)])
    depth = np.log(drawn) / np.log(CONDITION.beam.focus_cut)
    assert depth.max() <= 1.0001
    assert np.abs(np.histogram(depth, 5, (0, 1))[0] / len(depth) - 0.2).max() < 0.04


@pytest.mark.parametrize("text", [ATOMS, CIF], ids=["pdb", "mmcif"])
def test_structures_are_atoms_without_waters(tmp_path: Path, text: str) -> None:
    pytest.importorskip("gemmi")
    path = tmp_path / "small"  # the content says which format it is
    path.write_text(text)
    particle = read_structure(path)
    assert sum(len(part.weights) for part in particle.parts) == 4
    assert particle.electrons == pytest.approx(7 + 6 + 6 + 0.5 * 8, rel=2e-3)
    apart = points(particle)[:, None] - points(particle)
    assert np.linalg.norm(apart, axis=2).max() == pytest.approx(np.sqrt(12.5**2 + 23.9**2 + 6**2) / 10, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "what"), [("hello\n", "not a PDB"), ("", "not a PDB"), ("HEADER    NOTHING\nEND\n", "no atoms")]
)
def test_a_file_that_is_no_structure_is_named(tmp_path: Path, text: str, what: str) -> None:
    pytest.importorskip("gemmi")
    (tmp_path / "bad.pdb").write_text(text)
    with pytest.raises(FormatError, match=r"bad\.pdb") as error:
        read_structure(tmp_path / "bad.pdb")
    assert what in str(error.value)
    with pytest.raises(SpecError, match="no such file"):
        read_structure(tmp_path / "none.pdb")


@needs_pdb
def test_a_protein_equals_the_direct_sum_over_its_atoms() -> None:
    pytest.importorskip("gemmi")
    particle = read_structure(PDB)
    assert sum(len(part.weights) for part in particle.parts) > 2000
    scene = make_scene(condition("molecules"), (36, 36))
    volume = fourier_volume(particle, 11.0)
    for seed in range(2):
        rotation = random_rotation(stream(seed))
        volume.wave(rotation, scene.q, scene.waves[0])
        fast = scene.waves[0, 0] + 1j * scene.waves[0, 1]
        exact = direct_sum(particle, rotation, scene.q)
        assert np.corrcoef(np.abs(fast) ** 2, np.abs(exact) ** 2)[0, 1] > 0.999
        assert np.corrcoef(np.abs(fast), np.abs(exact))[0, 1] > 0.999
        assert np.linalg.norm(fast - exact) < 0.025 * np.linalg.norm(exact)


@needs_pdb
def test_a_molecule_in_the_beam_of_viruses_is_refused() -> None:
    pytest.importorskip("gemmi")
    settings = SimulationSettings("reference", ("background", "single"), (1, 1, 1), (2, 2, 2), 0, (32, 32), (PDB,) * 3)
    with pytest.raises(SpecError, match="use the condition 'molecules'"):
        list(Simulation(settings).chunks(8))
    shown = list(Simulation(replace(settings, condition="molecules")).chunks(8))
    singles = np.concatenate([frames.expected[frames.label == 1] for frames in shown])
    assert singles.mean() > 100


def test_there_are_as_many_structures_as_particles() -> None:
    with pytest.raises(SpecError, match="2 files for 3 particles"):
        SimulationSettings("molecules", ("background", "single"), (1, 1, 1), (2, 2, 2), 0, (32, 32), (PDB,) * 2)
