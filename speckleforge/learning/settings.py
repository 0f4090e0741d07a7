"""What a spec says about training. Takes JSON values of `train`; gives frozen settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import Problem, SpecError
from speckleforge.learning.losses import loss_keys


@dataclass(frozen=True)
class TrainSettings:
    """How to train.

    Attributes
    ----------
    loss, loss_keys
        Name of the loss (`losses`) and the values of its own keys, such as `temperature`.
    epochs, batch
        Passes over the training split; patterns per step.
    learning_rate
        Of Adam at the start; falls to 2 % of it along a half cosine.
    augment
        Steps (`augment`) in their order: name and values of its keys; none leaves the patterns as they are.
    seed
        Of initial weights, order and augmentation.
    shots
        Support patterns per class at which accuracy is reported; the middle one chooses the best epoch. Numbers for
        which the data set has too few patterns are left out.
    """

    loss: str
    loss_keys: Mapping[str, float]
    epochs: int
    batch: int
    learning_rate: float
    augment: tuple[tuple[str, Mapping[str, float]], ...]
    seed: int
    shots: tuple[int, ...] = (1, 5, 10)

    def __post_init__(self) -> None:
        rules = (
            ("epochs", self.epochs >= 1, "1 or more"),
            ("batch", self.batch >= 2, "2 or more"),
            ("learning_rate", self.learning_rate > 0, "above 0"),
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
    """Read `params["train"]`; defaults are the spec's, `shots` excepted.

    Raises
    ------
    SpecError
        If there is no such loss, or a value is out of its range.
    """
    known = {key: values[key] for key in ("loss", "epochs", "batch", "learning_rate", "seed")}
    known["loss_keys"] = {key: float(values[key]) for key in loss_keys(values["loss"]) if key in values}
    known["augment"] = tuple((name, keys) for step in values["augment"] for name, keys in step.items())
    if "shots" in values:
        known["shots"] = tuple(values["shots"])
    return TrainSettings(**known)
