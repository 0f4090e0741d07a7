"""What all figures of one evaluation share: who is asked, who enrols, where the data come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from speckleforge.artifacts.episodes import (
    QUERIES,
    REPEATS,
    Asked,
    Episode,
    Indices,
    asked,
    episodes,
    fewest_patterns,
    possible_shots,
)
from speckleforge.artifacts.fewshot import BOOTSTRAP, headline

Record = dict[str, Any]
Progress = Callable[[float, str], None]
SEED = 0
"""Of the episodes, thinned photons and blanked modules: the same for every network, so that networks compare."""
SINGLE, MULTI = "single", "multi"


@dataclass(frozen=True)
class Trial:
    """Test patterns and the episodes on them.

    Attributes
    ----------
    labels, particles
        int64 [N]: class and particle (-1: none) of each test pattern.
    classes
        Names of the classes.
    shots
        Support patterns per class, ascending: those that the patterns allow.
    prototype_bits
        Bits of a prototype's element in the head.
    """

    labels: Indices
    particles: Indices
    classes: tuple[str, ...]
    shots: tuple[int, ...]
    prototype_bits: int

    @cached_property
    def _drawn(self) -> dict[int, list[Episode]]:
        return {}

    def drawn(self, shots: int) -> list[Episode]:
        """The episodes with so many shots, drawn once."""
        if shots not in self._drawn:
            found = episodes(self.labels, self.particles, shots, SEED, classes=len(self.classes))
            self._drawn[shots] = found
        return self._drawn[shots]

    def queries(self, shots: int) -> Asked:
        """The queries of these episodes."""
        return asked(self.drawn(shots))

    @property
    def headline(self) -> int:
        """Shots of the figure that stands for all."""
        return headline(self.shots)

    @property
    def pair(self) -> list[int] | None:
        """Labels of single and multi; None where one is not a class."""
        if not {SINGLE, MULTI} <= set(self.classes):
            return None
        return [self.classes.index(SINGLE), self.classes.index(MULTI)]

    def part(self, rows: Indices) -> Trial:
        """The same on some of the patterns, at the headline's shots."""
        return replace(self, labels=self.labels[rows], particles=self.particles[rows], shots=(self.headline,))


def trial_of(labels: Indices, particles: Indices, classes: Sequence[str], shots: Sequence[int], bits: int) -> Trial:
    """The trial with those of `shots` that leave a query; none may be left."""
    possible = possible_shots(labels, particles, shots, classes=len(classes))
    return Trial(labels, particles, tuple(classes), possible, bits)


def protocol(trial: Trial, wanted: Sequence[int]) -> Record:
    """How the figures were made, and which shots were left out."""
    fewest = fewest_patterns(trial.labels, trial.particles, classes=len(trial.classes))
    why = f"a class of a particle has {fewest} test patterns: one more than the shots is needed"
    return {
        "shots": list(trial.shots),
        "headline_shots": trial.headline if trial.shots else None,
        "left_out": [{"shots": k, "reason": why} for k in sorted(set(wanted)) if k not in trial.shots],
        "repeats": REPEATS,
        "queries": QUERIES,
        "bootstrap": BOOTSTRAP,
        "seed": SEED,
        "prototype_bits": trial.prototype_bits,
    }


def origin(attributes: Mapping[str, Any]) -> Record:
    """`stage` and, for simulated data, `condition`: every figure carries where its data come from."""
    source, units = str(attributes.get("source", "unknown")), str(attributes.get("units", "photons"))
    if source != "simulation":
        return {"stage": source}
    return {"stage": f"simulated, {units}", "condition": str(attributes.get("condition", "unnamed"))}


def data_record(attributes: Mapping[str, Any]) -> Record:
    """Source, condition and unit of the data set's words."""
    about = {key: attributes[key] for key in ("source", "condition") if key in attributes}
    return {**about, **origin(attributes), "unit": str(attributes.get("units", "photons"))}
