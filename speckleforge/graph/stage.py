"""What a stage is. Takes nothing; gives the declaration that keys, plans and builds are derived from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.graph.replicas import REPLICA, declared_name, shown_name, with_replicas


class SpecLike(Protocol):
    """What the graph needs to know of a spec."""

    @property
    def name(self) -> str:
        """Name of the spec: where results appear under `build/`."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Layer folders that the topology uses."""

    @property
    def toolchain(self) -> str:
        """The toolchain that synthesises for the target."""

    @property
    def seeds(self) -> int:
        """How many training seeds the spec is evaluated with: 1 or more."""

    @property
    def vendor(self) -> bool:
        """True where the board names a vendor's tools."""

    @property
    def has_pins(self) -> bool:
        """True where the board file says where the ports of a top go."""

    @property
    def has_boot_memory(self) -> bool:
        """True where the first weights come with the bitstream."""

    @property
    def ingested(self) -> Mapping[str, Path]:
        """Stage -> file with its results from another machine."""

    def asks(self, tool: str, what: str) -> bool:
        """Whether `hardware.<tool>.<what>` is asked for."""

    def slice(self, stage_name: str) -> dict[str, Any]:
        """The parameters of a stage: JSON values, and all that it sees of the spec; of `train@2` for seed + 2."""


def always(spec: SpecLike) -> str:
    """The stage takes part in every build."""
    return ""


def no_more_roots(spec: SpecLike) -> tuple[str, ...]:
    """The stage loads no module by a name that the spec gives."""
    return ()


@dataclass(frozen=True)
class Stage:
    """One step of the build.

    Attributes
    ----------
    name
        One word; unique.
    module
        Dotted name of the module whose `run(ctx)` does the work.
    outputs
        Names of the files and folders that it writes to `ctx.out`: all of them, and nothing else.
    inputs
        Role -> (stage, output).
    optional
        Roles that drop out where their stage takes no part. Any other role takes this stage out with it.
    facets
        Layer facets that it loads by name: `op` means `layers/<kind>/op.py` for each kind that the spec uses,
        `kernel.sv` that file, `*.sv` all such files.
    roots
        More modules that it loads by name, such as the one data source that the spec names.
    packages, tools
        Python packages and tools whose versions shape the outputs.
    platform
        Facets of the machine that shape the outputs (`tools.machine`).
    absent
        Why the stage takes no part in the build of a spec; empty if it does.
    repeated
        True if it is made once more for every further training seed (`replicas`).
    gathers
        Roles of inputs that it reads from every replica: `x`, then `x@1`, `x@2`, ...
    replaced_by
        Role of a file from outside with results of the stage from another machine: with it the tools are not needed.
    """

    name: str
    module: str
    outputs: tuple[str, ...]
    inputs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    facets: tuple[str, ...] = ()
    roots: Callable[[SpecLike], tuple[str, ...]] = no_more_roots
    packages: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    absent: Callable[[SpecLike], str] = always
    repeated: bool = False
    gathers: frozenset[str] = frozenset()
    replaced_by: str = ""

    @property
    def declared(self) -> str:
        """The name in the declarations, which is the one that counts in a key."""
        return declared_name(self.name)

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the stages whose outputs it reads."""
        return tuple(dict.fromkeys(stage for stage, _ in self.inputs.values()))


@dataclass(frozen=True)
class Pipeline:
    """The stages that build one spec, each after those it needs; and why the others take no part."""

    stages: tuple[Stage, ...]
    absent: Mapping[str, str]

    def stage(self, name: str) -> Stage:
        """The stage of this name.

        Raises
        ------
        SpecError
            There is none, or it takes no part in this build.
        """
        if name in self.absent:
            raise SpecError(Problem(f"stage '{name}' takes no part in this build", got=self.absent[name]))
        names = tuple(stage.name for stage in self.stages)
        if name not in names:
            allowed = ", ".join(name for name in names if REPLICA not in name)  # replicas are found by their stage
            raise SpecError(
                Problem(f"no stage is called '{name}'", allowed=allowed, next_step=did_you_mean(name, names))
            )
        return self.stages[names.index(name)]

    def upto(self, targets: tuple[str, ...]) -> tuple[Stage, ...]:
        """The stages `targets` and all that they need; every stage if none is named."""
        if not targets:
            return self.stages
        wanted = {self.stage(name).name for name in targets}
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted.update(stage.needs)
        return tuple(stage for stage in self.stages if stage.name in wanted)


def bind(stages: tuple[Stage, ...], spec: SpecLike) -> Pipeline:
    """The pipeline of a spec: stages that do not apply are out, with those that cannot do without them.

    With several training seeds the repeated stages follow once more for each; what they share is made once.

    Raises
    ------
    ValueError
        The declarations contradict each other (a bug of ours): an input that nobody makes, or an output made twice.
    """
    bound: list[Stage] = []
    absent: dict[str, str] = {}
    for stage in with_replicas(stages, spec.seeds):
        lost = [role for role, (source, _) in stage.inputs.items() if source in absent]
        needed = [role for role in lost if role not in stage.optional]
        reason = stage.absent(spec) or (f"needs {stage.inputs[needed[0]][0]}" if needed else "")
        if reason:
            absent[stage.name] = reason
        else:
            kept = {role: source for role, source in stage.inputs.items() if role not in lost}
            bound.append(replace(stage, inputs=kept))
    _check(bound)
    return Pipeline(tuple(bound), absent)


def external_files(spec: SpecLike, stage: str) -> dict[str, Path]:
    """Files from outside that a stage reads (a checkpoint, recorded data), by role: they count by their bytes."""
    files = getattr(spec, "files", None)
    return {role: Path(path) for role, path in files(declared_name(stage)).items()} if callable(files) else {}


def _check(stages: list[Stage]) -> None:
    """Every input is an output of an earlier stage, and each output has one maker."""
    made: set[tuple[str, str]] = set()
    names: set[str] = set()
    for stage in stages:
        for role, source in stage.inputs.items():
            if source not in made:
                raise ValueError(f"{stage.name}: no earlier stage makes {source} (role {role})")
        shown = {shown_name(stage.name, output) for output in stage.outputs}
        if names & shown:
            raise ValueError(f"{stage.name}: outputs made twice: {sorted(names & shown)}")
        names |= shown
        made.update((stage.name, output) for output in stage.outputs)
