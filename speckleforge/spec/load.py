"""A spec file to a `Spec`. Takes a path; gives a value that every later room can trust, or all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.errors import Problem, SpecError
from speckleforge.spec import check, offers, schema
from speckleforge.spec.model import Spec
from speckleforge.spec.read import decode_tree, read_tree
from speckleforge.spec.target import load_target
from speckleforge.spec.topology import build_topology, compand_keys
from speckleforge.spec.training import settled, train_rules
from speckleforge.spec.tree import Tree


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
    found = sorted(_rules(values, tree), key=check.place)
    if found:
        raise SpecError(found)
    values["train"] = settled(values["train"])
    target = load_target(values["hardware"]["target"])
    return Spec(path, values["name"], values, build_topology(values, tree), target)


def _rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """What a schema cannot say."""
    rules = (_name_rules, _preprocess_rules, _image_rules, _class_rules, train_rules)
    return [problem for rule in rules for problem in rule(values, tree)]


def _name_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """A name is one word: Python's `$` in the schema's pattern lets a line break at its end pass."""
    name = values["name"]
    return [tree.problem(("name",), "ends with a line break", got=repr(name))] if name != name.strip() else []


def _preprocess_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """`bin` before `compand`, each once; companded bits are the network's input bits."""
    found = []
    kinds = [next(iter(step)) for step in values["preprocess"]]
    for index, kind in enumerate(kinds):
        if kind in kinds[:index]:
            found.append(tree.problem(("preprocess", index, kind), "a step that is there already", key=True))
    if kinds == ["compand", "bin"]:
        what, step = "comes after compand", "move it before compand: photons are summed, not companded words"
        found.append(tree.problem(("preprocess", 1, "bin"), what, key=True, next_step=step))
    compand, bits = compand_keys(values), values["precision"]["input"]
    if compand and compand["bits"] != bits:
        step = f"write {compand['bits']}, or change preprocess[{kinds.index('compand')}].compand.bits"
        what = "does not agree with compand's bits"
        path = ("precision", "input")
        found.append(tree.problem(path, what, got=str(bits), allowed=str(compand["bits"]), next_step=step))
    return found


def _image_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """One channel of at least 8x8 pixels; a clock of whole kHz."""
    found = []
    channels, rows, columns = values["model"]["input"]
    if channels != 1:
        what = "a detector image has one channel"
        found.append(tree.problem(("model", "input", 0), what, got=str(channels), allowed="1"))
    for axis, size in ((1, rows), (2, columns)):
        if size < 8:
            found.append(tree.problem(("model", "input", axis), "too few pixels", got=str(size), allowed="8 or more"))
    clock_mhz = values["hardware"]["clock_mhz"]
    if abs(clock_mhz * 1000 - round(clock_mhz * 1000)) > 1e-6:
        what = "not a whole number of kHz"
        found.append(tree.problem(("hardware", "clock_mhz"), what, got=str(clock_mhz), next_step="round it"))
    return found


def _class_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """What enrolment and few-shot accuracy need of the data: else they would say so only after the training."""
    found = []
    classes, patterns = values["data"]["classes"], values["data"]["patterns"]
    slots = values["model"]["head"]["prototypes"]
    of_particles = offers.particle_classes()
    if not set(of_particles) & set(classes):
        what, allowed = "no class of particles: accuracy is measured particle by particle", " or ".join(of_particles)
        found.append(tree.problem(("data", "classes"), what, got=", ".join(classes), allowed=f"with {allowed}"))
    if len(classes) > slots:
        what, allowed = "fewer prototypes than classes", f"{len(classes)} or more, one for each of data.classes"
        found.append(tree.problem(("model", "head", "prototypes"), what, got=str(slots), allowed=allowed))
    gate = values["gates"].get("accuracy", {}).get("shots", 0)
    if gate >= patterns:
        what, step = "leaves no pattern of a particle to decide on", "ask for fewer shots or raise data.patterns"
        allowed = f"less than data.patterns, {patterns}"
        found.append(tree.problem(("gates", "accuracy", "shots"), what, got=str(gate), allowed=allowed, next_step=step))
    return found
