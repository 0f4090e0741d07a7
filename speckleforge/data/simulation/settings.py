"""What a spec says about a simulation. Takes values; gives frozen settings or all problems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from speckleforge.errors import Problem, SpecError, did_you_mean

PARTICLE_CLASSES = ("single", "multi")
CLASSES = ("background", "single", "multi", "non_sample")


@dataclass(frozen=True)
class SimulationSettings:
    """A simulated data set at the detector's own pixels.

    Attributes
    ----------
    condition
        Name of a condition: a file in `conditions/`.
    classes
        Classes in the order of their labels.
    particles
        Particles of the train, validate and test split; no particle is in two of them.
    patterns
        Patterns of each class for each particle, in each of the three splits. Classes without a particle (background,
        non_sample) get as many patterns per split as the others, with particle -1.
    seed
        Seed of everything but the detector, which belongs to the condition.
    frame_shape
        Rows and columns of a frame.
    structures
        PDB or mmCIF files in place of the procedural families; the first ones are the train split's, and so on.
    raw
        ADU frames as they leave the detector, in place of photons.

    Raises
    ------
    SpecError
        If values do not belong together; lists all problems.
    """

    condition: str
    classes: tuple[str, ...]
    particles: tuple[int, int, int]
    patterns: tuple[int, int, int]
    seed: int
    frame_shape: tuple[int, int]
    structures: tuple[Path, ...] = ()
    raw: bool = False

    def __post_init__(self) -> None:
        if problems := [*_class_problems(self.classes), *self._count_problems()]:
            raise SpecError(problems)

    def _count_problems(self) -> list[Problem]:
        """Too few of something, or not as many structures as particles."""
        problems = []
        if min(self.particles) < 1 or min(self.patterns) < 2:
            got = f"particles {list(self.particles)}, patterns {list(self.patterns)}"
            problems.append(Problem("too few to learn or test with", "data", got, "1 particle and 2 patterns or more"))
        if min(self.frame_shape) < 8:
            got = "x".join(str(side) for side in self.frame_shape)
            problems.append(Problem("no such frame", "data", got, "8 pixels or more in each direction"))
        if self.structures and len(self.structures) < sum(self.particles):
            step = "give more files, or fewer particles: no structure may be in two splits"
            got = f"{len(self.structures)} files for {sum(self.particles)} particles"
            problems.append(Problem("too few structures", "data.structures", got, next_step=step))
        return problems


def _class_problems(classes: tuple[str, ...]) -> list[Problem]:
    """Unknown, repeated or too few classes."""
    problems = [
        Problem(f"no class '{name}' in the simulation", "data.classes", name, ", ".join(CLASSES), hint)
        for name in classes
        if name not in CLASSES and (hint := did_you_mean(name, CLASSES)) is not None
    ]
    if len(set(classes)) != len(classes) or len(classes) < 2:
        problems.append(Problem("needs two or more different classes", "data.classes", str(list(classes))))
    return problems
