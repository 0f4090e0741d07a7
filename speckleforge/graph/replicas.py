"""Stages repeated for further training seeds. Takes declarations and a number of seeds; gives more declarations.

A replica is the stage of a spec with another training seed, nothing else: same module, same roles, same key. A spec
that asks for that seed by itself finds its results, and the other way round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speckleforge.graph.stage import Stage

REPLICA = "@"  # between the name of a stage and the number of its replica
FOLDER = "seeds"  # where results of replicas appear


def replica_name(name: str, replica: int) -> str:
    """`train@2`: the stage with the training seed two higher; replica 0 is the stage itself."""
    return f"{name}{REPLICA}{replica}" if replica else name


def declared_name(name: str) -> str:
    """`train@2` -> `train`."""
    return name.partition(REPLICA)[0]


def replica_of(name: str) -> int:
    """`train@2` -> 2; 0 for a stage that is no replica."""
    return int(name.partition(REPLICA)[2] or 0)


def shown_name(name: str, output: str) -> str:
    """Where an output of a stage appears under `build/<name>/`: those of a replica in a folder of its own."""
    return f"{FOLDER}/{replica_of(name)}/{output}" if REPLICA in name else output


def with_replicas(stages: tuple[Stage, ...], seeds: int) -> tuple[Stage, ...]:
    """The stages, with those of further seeds just before the first that gathers them; as they are for one seed.

    So the first seed's results, which become hardware, do not wait for the others.
    """
    repeated = frozenset(stage.name for stage in stages if stage.repeated)
    replicas = [_replica(stage, k, repeated) for k in range(1, seeds) for stage in stages if stage.repeated]
    first = next((index for index, stage in enumerate(stages) if stage.gathers), len(stages))
    return (*stages[:first], *replicas, *(_gathering(stage, seeds) for stage in stages[first:]))


def _replica(stage: Stage, replica: int, repeated: frozenset[str]) -> Stage:
    """The stage for another seed: it reads what belongs to its seed, and what all share."""
    inputs = {
        role: (replica_name(source, replica) if source in repeated else source, output)
        for role, (source, output) in stage.inputs.items()
    }
    return replace(stage, name=replica_name(stage.name, replica), inputs=inputs)


def _gathering(stage: Stage, seeds: int) -> Stage:
    """A stage with an input for each replica of what it gathers."""
    more = {
        replica_name(role, replica): (replica_name(stage.inputs[role][0], replica), stage.inputs[role][1])
        for replica in range(1, seeds)
        for role in sorted(stage.gathers)
    }
    return replace(stage, inputs={**stage.inputs, **more})
