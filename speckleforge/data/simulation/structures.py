"""Particles from PDB and mmCIF files. Takes a path; gives a particle of atoms with tabulated form factors.

The first model, its first biological assembly where the file has one, without waters; alternative conformations count
by their occupancy. Hydrogens count where the file has them. Thermal motion, bulk solvent and anomalous scattering are
left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.particles import FormFactor, Particle, Scatterers
from speckleforge.errors import FormatError, Problem, SpecError


def read_structure(path: Path) -> Particle:
    """Return the particle of a PDB or mmCIF file (also .gz).

    Raises
    ------
    FormatError
        If the file is not such a file or has no atoms.
    SpecError
        If there is no such file, or gemmi is not installed.
    """
    gemmi = _gemmi()
    if not path.is_file():
        raise SpecError(Problem("no such file", "data.structures", str(path)))
    try:
        structure = gemmi.read_structure(str(path), format=gemmi.CoorFormat.Detect)
    except (RuntimeError, ValueError, OSError) as error:
        why = str(error).splitlines()[0].replace(str(path), path.name)
        raise FormatError(Problem("not a PDB or mmCIF file", str(path), why)) from None
    atoms = _atoms(gemmi, structure)
    if not atoms:
        raise FormatError(Problem("no atoms in the structure", str(path), next_step="is it a PDB or mmCIF file?"))
    return _particle(gemmi, path.name, atoms)


def _gemmi() -> Any:
    """The library that reads structures."""
    try:
        import gemmi
    except ImportError:
        step = "pip install gemmi"
        raise SpecError(Problem("structures need the package gemmi", "data.structures", next_step=step)) from None
    return gemmi


def _atoms(gemmi: Any, structure: Any) -> dict[str, list[tuple[float, ...]]]:
    """Element -> (x, y, z in nm, occupancy) of each atom."""
    structure.remove_waters()
    if not len(structure):
        return {}
    model = structure[0]
    if len(structure.assemblies):
        model = gemmi.make_assembly(structure.assemblies[0], model, gemmi.HowToNameCopiedChain.Dup)
    found: dict[str, list[tuple[float, ...]]] = {}
    for site in model.all():
        atom = site.atom
        place = (atom.pos.x / 10, atom.pos.y / 10, atom.pos.z / 10, atom.occ)
        found.setdefault(atom.element.name, []).append(place)
    return found


def _particle(gemmi: Any, name: str, atoms: dict[str, list[tuple[float, ...]]]) -> Particle:
    """One set of scatterers for each element, about the middle of the electrons."""
    tables = {element: np.array(places) for element, places in sorted(atoms.items())}
    charge = {element: float(gemmi.Element(element).atomic_number) for element in tables}
    total = sum(charge[element] * table[:, 3].sum() for element, table in tables.items())
    places = np.concatenate(list(tables.values())) if tables else np.zeros((0, 4))
    if not total > 0 or not np.isfinite(places).all():
        what = "a structure without electrons, or with atoms that are nowhere"
        raise FormatError(Problem(what, name, f"{len(places)} atoms", "known elements, finite positions"))
    middle = sum(charge[element] * table[:, 3] @ table[:, :3] for element, table in tables.items()) / total
    parts = tuple(
        Scatterers(table[:, :3] - middle, table[:, 3], atomic(gemmi.Element(element)))
        for element, table in tables.items()
    )
    radius = max(float(np.linalg.norm(part.points_nm, axis=1).max()) for part in parts)
    return Particle(name, parts, (), 2 * radius + 0.4)  # the outermost atoms have a size


def atomic(element: Any) -> FormFactor:
    """Form factor of a neutral atom, in electrons.

    Source: International Tables for Crystallography C (1992), table 6.1.1.4, as gemmi has it: sum of
    a exp(-b s^2) and c, with s = q / (4 pi) in 1/Angstrom.
    """
    a, b, c = np.array(element.it92.a), np.array(element.it92.b), float(element.it92.c)

    def factor(q: NDArray[np.float64]) -> NDArray[np.float64]:
        square = (np.asarray(q) / (4 * np.pi * 10)) ** 2
        return np.asarray((a * np.exp(-b * square[..., None])).sum(axis=-1) + c)

    return factor
