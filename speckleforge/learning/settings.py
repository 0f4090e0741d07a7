"""What a spec says about training. Takes JSON values of `train`; gives frozen settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import Problem, SpecError


@dataclass(frozen=True)
class TrainSettings:
    """How to train.

    Attributes
    ----------
    loss, temperature
        Name of the loss (`losses`) and its temperature.
    epochs, batch
        Passes over the training split; patterns per step.
    learning_rate
        Of Adam at the start; falls to 2 % of it along a half cosine.
    augment
        Mirror and turn each batch at random (the eight symmetries of a square; four of an oblong): diffraction of
        randomly oriented particles knows no up or left.
    seed
        Of initial weights, order and augmentation.
    shots
        Support patterns per class at which accuracy is reported; the middle one chooses the best epoch. Numbers for
        which the data set has too few patterns are left out.
    """

    loss: str
    temperature: float
    epochs: int
    batch: int
    learning_rate: float
    augment: bool
    seed: int
    shots: tuple[int, ...] = (1, 5, 10)

    def __post_init__(self) -> None:
        rules = (
            ("epochs", self.epochs >= 1, "1 or more"),
            ("batch", self.batch >= 2, "2 or more"),
            ("learning_rate", self.learning_rate > 0, "above 0"),
            ("temperature", self.temperature > 0, "above 0"),
            ("shots", bool(self.shots) and min(self.shots or (0,)) >= 1, "one or more numbers, each 1 or more"),
        )
        problems = [
            Problem("not a usable value", f"train.{name}", str(getattr(self, name)), allowed)
            for name, holds, allowed in rules
            if not holds
        ]
        if problems:
            raise SpecError(problems)


def train_settings(values: Mapping[str, Any]) -> TrainSettings:
    """Read `params["train"]`; every key but `shots` is there, for defaults are the spec schema's."""
    known: dict[str, Any] = dict(values)
    if "shots" in known:
        known["shots"] = tuple(known["shots"])
    return TrainSettings(**known)
