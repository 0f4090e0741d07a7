"""A board file to a `Target`. Takes the name of a board or a path; gives a frozen record; strict like a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.spec import offers
from speckleforge.spec.check import problems
from speckleforge.spec.read import read_tree
from speckleforge.spec.target_schema import RESOURCES, build
from speckleforge.spec.tree import Tree

# What each stage may see of a board: a corrected clock pin must not lower or synthesise again, nor a note anything.
SLICES: Mapping[str, tuple[str, ...]] = {
    "lower": ("name", "family", "interface", "resources", "slr", "shell", "links"),
    "emit": ("name", "part", "board_part", "family", "interface", "clocks", "links", "pins", "constraints"),
    "synth": ("name", "part", "family", "device", "package", "speed", "resources", "slices", "slr"),
    "place_route": ("name", "part", "device", "package", "speed", "clocks", "pins", "constraints", "resources", "slr"),
    "bitstream": ("name", "part", "family", "device", "package", "speed"),
    "csynth": ("name", "part"),
    "vivado": ("name", "part", "board_part", "resources", "slr", "clocks", "pins", "constraints"),
    "vivado_ip": ("name", "part", "resources", "slr"),
    "report": ("name", "description", "part", "family", "interface", "resources", "slr", "shell", "links"),
}
VENDOR_TOOLCHAIN = "vivado"
OPEN_TOOLCHAINS = ("ecp5", "xilinx")  # what comes with the package


@dataclass(frozen=True)
class Target:
    """A board.

    Attributes
    ----------
    name
        Name of its file.
    family
        `ecp5`, `ultrascale` or `ultrascaleplus`.
    toolchains
        In order of preference.
    values
        Everything in the file, as JSON values.
    """

    name: str
    family: str
    toolchains: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def vendor(self) -> bool:
        """True where Vivado is one of the toolchains."""
        return VENDOR_TOOLCHAIN in self.toolchains

    @property
    def toolchain(self) -> str:
        """The preferred toolchain of those that come with the package."""
        return next(name for name in self.toolchains if name in OPEN_TOOLCHAINS)

    def slice(self, stage: str) -> dict[str, Any]:
        """What `stage` sees of the board."""
        found = {key: self.values[key] for key in SLICES[stage]}
        return found if stage == "report" else {key: _without_notes(value) for key, value in found.items()}


def _on_base(tree: Tree, path: Path) -> Tree:
    """The tree with what it takes from its base; places stay those of the file that is read."""
    if not isinstance(tree.values, dict) or "base" not in tree.values:
        return tree
    name = tree.values["base"]
    known = [item.stem for item in sorted(path.parent.glob("*.yaml")) if item != path]
    if name not in known:
        hint, listed = did_you_mean(str(name), known), ", ".join(known)
        raise SpecError(tree.problem(("base",), "no such board", got=str(name), allowed=listed, next_step=hint))
    base = read_tree(path.parent / f"{name}.yaml")
    if isinstance(base.values, dict) and "base" in base.values:
        raise SpecError(tree.problem(("base",), "has a base itself", got=str(name), allowed="a board without a base"))
    whole = read_target(path.parent / f"{name}.yaml")
    own = {key: value for key, value in tree.values.items() if key != "base"}
    return replace(tree, values={**whole.values, **own})


def _unequal_regions(tree: Tree) -> list[Problem]:
    """What is wrong with a list of super logic regions: their number, or counts that are not the least of each."""
    slr = tree.values["slr"] or {}
    each = slr.get("each")
    if each is None:
        return []
    if len(each) != slr["count"]:
        return [
            tree.problem(
                ("slr", "each"), "not one entry for each region", got=str(len(each)), allowed=str(slr["count"])
            )
        ]
    least = {name: min(one[name] for one in each) for name in RESOURCES}
    return [
        tree.problem(
            ("slr", name, "count"),
            "not the least of the regions",
            got=str(slr[name]["count"]),
            allowed=str(least[name]),
        )
        for name in RESOURCES
        if slr[name]["count"] != least[name]
    ]


def _without_notes(value: Any) -> Any:
    """The value without where its numbers come from: only the report shows that."""
    if isinstance(value, list):
        return [_without_notes(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_notes(item) for key, item in value.items() if key not in ("source", "reason")}
    return value


@cache
def load_target(name: str) -> Target:
    """The board of this name.

    Raises
    ------
    SpecError
        There is no such board, or its file is not valid; lists all problems.
    """
    known = offers.targets()
    if name not in known:
        hint = did_you_mean(name, known)
        raise SpecError(Problem("no such board", got=name, allowed=", ".join(known), next_step=hint))
    return read_target(offers.targets_folder() / f"{name}.yaml")


def read_target(path: Path) -> Target:
    """The board that the file describes; raises `SpecError` with all problems.

    A file with `base: <board>` describes another board of the same folder with other parts: each key of the first level
    that it has replaces that key of the base as a whole. A base has no base.
    """
    tree = _on_base(read_tree(path), path)
    found = problems(tree, build())
    if not found and tree.values["name"] != path.stem:
        found = [tree.problem(("name",), "is not the file's name", got=tree.values["name"], allowed=path.stem)]
    if not found and not set(tree.values["toolchains"]) & set(OPEN_TOOLCHAINS):
        allowed = ", ".join(OPEN_TOOLCHAINS)
        found = [tree.problem(("toolchains",), "none of them comes with the package", allowed=allowed)]
    found = found or _unequal_regions(tree)
    if found:
        raise SpecError(found)
    values = tree.values
    return Target(values["name"], values["family"], tuple(values["toolchains"]), values)
