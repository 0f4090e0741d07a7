"""A spec file to a `Spec`. Takes a path; gives a value that every later room can trust, or all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.errors import Problem, SpecError, did_you_mean
from speckleforge.spec import check, schema
from speckleforge.spec.data_rules import data_rules, settled_data
from speckleforge.spec.model import Spec
from speckleforge.spec.priors import faults
from speckleforge.spec.read import decode_tree, read_tree
from speckleforge.spec.target import load_target
from speckleforge.spec.topology import build_topology
from speckleforge.spec.training import settled, train_rules
from speckleforge.spec.tree import Tree

LARGEST_SEED = 2**32 - 1


def load_spec(path: Path | str) -> Spec:
    """Read and check a spec.

    Raises
    ------
    SpecError
        With every problem found, each at `file:line:col`.
    """
    path = Path(path)
    return spec_of(read_tree(path), path)


def parse_spec(content: bytes, path: Path | str, name: str | None = None) -> Spec:
    """Like `load_spec`, from bytes (of a git revision); `name` stands for the file in messages."""
    return spec_of(decode_tree(content, name or str(path)), Path(path))


def spec_of(tree: Tree, path: Path) -> Spec:
    """The spec of a tree; raises `SpecError`."""
    found = check.problems(tree, schema.current())
    if found:
        raise SpecError(found)
    values = check.fill(tree.values, schema.current())
    found = sorted([*_rules(values, tree), *data_rules(values, tree, path.parent)], key=check.place)
    if found:
        raise SpecError(found)
    values["data"] = settled_data(values)
    values["train"] = settled(values["train"])
    target = load_target(values["hardware"]["target"])
    return Spec(path, values["name"], values, build_topology(values, tree), target)


def _rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """What a schema cannot say."""
    rules = (
        *(_name_rules, _clock_rules, _shots_rules, _seeds_rules, _priors_rules, train_rules, _quantize_rules),
        _reference_rules,
    )
    return [problem for rule in rules for problem in rule(values, tree)]


def _name_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """A name is one word: Python's `$` in the schema's pattern lets a line break at its end pass."""
    name = values["name"]
    return [tree.problem(("name",), "ends with a line break", got=repr(name))] if name != name.strip() else []


def _clock_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """A clock of whole kHz."""
    clock_mhz = values["hardware"]["clock_mhz"]
    if abs(clock_mhz * 1000 - round(clock_mhz * 1000)) <= 1e-6:
        return []
    what = "not a whole number of kHz"
    return [tree.problem(("hardware", "clock_mhz"), what, got=str(clock_mhz), next_step="round it")]


def _shots_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """A gate's shots leave a test pattern to decide on; of files, only the data set tells how many there are."""
    found = []
    patterns = _test_patterns(values["data"])
    for name, gate in values["gates"].items():
        if patterns is None or "shots" not in gate or gate["shots"] < patterns:
            continue
        what, step = "leaves no pattern of a particle to decide on", "ask for fewer shots or raise data.patterns"
        allowed = f"less than data.patterns, {patterns}"
        place, got = ("gates", name, "shots"), str(gate["shots"])
        found.append(tree.problem(place, what, got=got, allowed=allowed, next_step=step))
    return found


def _seeds_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """More seeds train more networks: there is one to train, and each seed is a seed."""
    seeds, train = values["evaluate"]["seeds"], values["train"]
    place, got = ("evaluate", "seeds"), str(seeds)
    if seeds > 1 and train.get("from"):
        what, step = "a given network is not trained, so no seed changes it", "write 1, or remove train.from"
        return [tree.problem(place, what, got=got, allowed="1 with train.from", next_step=step)]
    if train["seed"] + seeds > LARGEST_SEED + 1:
        what = f"the last training seed would be {train['seed'] + seeds - 1}"
        return [tree.problem(place, what, got=got, allowed=f"seeds up to {LARGEST_SEED}", next_step="lower train.seed")]
    return []


def _quantize_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Keys of the training belong to `method: training`; without it they would be silently without effect."""
    if values["quantize"]["method"] == "training":
        return []
    written = (tree.values.get("quantize") or {}).keys() - {"method"}
    what, step = "has no effect on post-training quantisation", "add `method: training`, or remove it"
    return [tree.problem(("quantize", key), what, key=True, next_step=step) for key in sorted(written)]


def _test_patterns(data: Mapping[str, Any]) -> int | None:
    """Patterns of each class and test particle, where the spec says so: `patterns` is a number, or one per split."""
    patterns = data.get("patterns") if data["source"] == "simulation" else None
    return patterns.get("test") if isinstance(patterns, Mapping) else patterns


def _reference_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """A checkpoint to begin with exists, and no build replaces it: else every build would begin with the last one's."""
    given, place = values["hardware"]["vivado"].get("reference"), ("hardware", "vivado", "reference")
    path = Path(tree.file).parent / str(given)
    if given is None:
        return []
    if not path.is_file():
        return [tree.problem(place, "no such file", got=given, allowed="a path relative to this spec")]
    results = path.resolve().parent.parent
    if results.name == "vivado" and (results.parent / "report.json").is_file():
        what, step = "a build's own result, which its next run replaces", "copy it to another folder, and name that one"
        return [tree.problem(place, what, got=given, next_step=step)]
    return []


def _priors_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Priors are of known classes and are shares."""
    classes, declared = values["data"]["classes"], values["evaluate"]["priors"]
    unknown, sum_fault = faults(classes, declared)
    found = []
    for name in unknown:
        what, step = f"'{name}' is not one of data.classes", did_you_mean(name, classes)
        place = ("evaluate", "priors", name)
        found.append(tree.problem(place, what, key=True, allowed=", ".join(classes), next_step=step))
    if sum_fault:
        got = f"{sum(declared.values()):g}"
        found.append(tree.problem(("evaluate", "priors"), sum_fault, got=got, allowed="1 in all", key=True))
    return found
