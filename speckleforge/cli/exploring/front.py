"""Which variants no other one beats. Takes what each reaches; gives the front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speckleforge.cli.cost import RESOURCES, Cost, plain
from speckleforge.cli.exploring.points import Point


@dataclass(frozen=True)
class Reached:
    """A variant and the planner's prediction of it; `error` where no design reaches it."""

    point: Point
    cost: Cost

    @property
    def record(self) -> Mapping[str, Any]:
        """`prediction.json`; empty where there is none."""
        return self.cost.record

    @property
    def feasible(self) -> bool:
        """True if there is a design."""
        return bool(self.cost.record)

    @property
    def rate_khz(self) -> float:
        """Frames per millisecond that its cycles allow at the spec's clock."""
        return float(self.record["frame_rate_khz"]["value"])

    @property
    def latency_us(self) -> float:
        """From a frame's first word to its record, at the spec's clock."""
        return float(self.record["latency_us"]["value"])

    def count(self, resource: str) -> int:
        """How many of a resource it takes."""
        return plain(self.record["resources"][resource])

    def share(self, resource: str) -> float:
        """Part of the board's that it takes; of what the board does not have, how many."""
        found = self.record["resources"][resource]["share"]
        return float(self.count(resource) if found is None else found)

    @property
    def goals(self) -> tuple[float, ...]:
        """What counts, the less the better: area of each kind, time per frame, latency, and bits given up.

        More bits are never worse for accuracy, which only a training tells.
        """
        areas = tuple(self.share(resource) for resource in RESOURCES)
        return (*areas, -self.rate_khz, self.latency_us, -float(self.point.bits))


def beats(rival: Reached, one: Reached) -> bool:
    """True if `rival` is nowhere worse and somewhere better."""
    pairs = list(zip(rival.goals, one.goals, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def front(found: Sequence[Reached]) -> list[Reached]:
    """Those that no other one beats; of equals, the first."""
    able = [one for one in found if one.feasible]
    best = [one for one in able if not any(beats(rival, one) for rival in able)]
    return [one for i, one in enumerate(best) if all(one.goals != other.goals for other in best[:i])]
