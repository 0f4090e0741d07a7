"""What a schema cannot say of `data`. Takes filled-in values, a tree and the spec's folder; gives problems in place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.errors import Problem, did_you_mean
from speckleforge.spec import offers
from speckleforge.spec.data_files import MAGIC, matches, resolved, single_files
from speckleforge.spec.frame_rules import frame_shape, image_rules
from speckleforge.spec.preprocess_rules import preprocess_rules
from speckleforge.spec.tree import KeyPath, Tree

SIMULATED = ("condition", "particles", "patterns", "structures", "raw", "frame")
FROM_FILES = ("files", "dataset", "units", "labels", "class_map", "exclude", "split")
RELATIVE = "a path relative to this spec"


def data_rules(values: Mapping[str, Any], tree: Tree, folder: Path) -> list[Problem]:
    """All problems of `data` and `preprocess`."""
    rules = (preprocess_rules, image_rules, _source_rules, _class_rules, _map_rules, _split_rules)
    found = [problem for rule in rules for problem in rule(values, tree)]
    return [*found, *_file_rules(values, tree, folder)]


def settled_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """`data` with the keys of its own source alone, and the size of a simulated frame."""
    data = dict(values["data"])
    if data["source"] == "simulation":
        own = {key: value for key, value in data.items() if key not in FROM_FILES}
        return {**own, "frame": list(frame_shape(values))}
    return {key: value for key, value in data.items() if key not in SIMULATED}


def data_slice(values: Mapping[str, Any], folder: Path, word_bits: int) -> dict[str, Any]:
    """What the stage `data` sees: files by name, and no more of the fabric than the steps that need a map."""
    data = dict(values["data"])
    for key in ("files", "structures"):
        if key in data:
            data[key] = resolved(data[key], folder)
    _, rows, columns = values["model"]["input"]
    steps = [step for step in values["preprocess"] if "compand" not in step]
    return {"data": data, "preprocess": steps, "image": {"rows": rows, "columns": columns, "bits": word_bits}}


def _source_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Keys belong to the source; files need labels."""
    source, written = values["data"]["source"], tree.values.get("data") or {}
    found = []
    foreign, owner = (FROM_FILES, "files") if source == "simulation" else (SIMULATED, "the simulation")
    for key in written.keys() & set(foreign):
        what, step = f"belongs to {owner}, and the source is {source}", "remove it, or change data.source"
        found.append(tree.problem(("data", key), what, key=True, next_step=step))
    for key in ("files", "labels", "classes") if source != "simulation" else ():
        if key not in written:
            found.append(tree.problem(("data",), f"missing key '{key}'", key=True, next_step=f"add `{key}:` here"))
    return found


def _class_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Classes that the source can give and the head can hold."""
    classes, simulated = values["data"]["classes"], values["data"]["source"] == "simulation"
    known, of_particles, found = offers.classes(), offers.particle_classes(), []
    for index, name in enumerate(classes if simulated else ()):
        if name not in known:
            what, hint, place = f"'{name}' is not defined", did_you_mean(name, known), ("data", "classes", index)
            found.append(tree.problem(place, what, got=repr(name), allowed=", ".join(known), next_step=hint))
    if simulated and not found and not set(of_particles) & set(classes):
        what, allowed = "no class of particles: accuracy is measured particle by particle", " or ".join(of_particles)
        found.append(tree.problem(("data", "classes"), what, got=", ".join(classes), allowed=f"with {allowed}"))
    slots = values["model"]["head"]["prototypes"]
    if len(classes) > slots:
        what, allowed = "fewer prototypes than classes", f"{len(classes)} or more, one for each of data.classes"
        found.append(tree.problem(("model", "head", "prototypes"), what, got=str(slots), allowed=allowed))
    return found


def _map_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Codes are mapped to classes of the data set, or excluded, not both; labels come from one place."""
    data = values["data"]
    classes, found = data["classes"], []
    for code, name in data.get("class_map", {}).items():
        if name not in classes:
            what, hint = f"'{name}' is not one of data.classes", did_you_mean(name, classes)
            place: KeyPath = ("data", "class_map", code)
            found.append(tree.problem(place, what, got=name, allowed=", ".join(classes), next_step=hint))
        if code in data.get("exclude", {}):
            place = ("data", "exclude", code)
            found.append(tree.problem(place, "a code that data.class_map maps", key=True, next_step="keep one of them"))
    return [*found, *_label_rules(data.get("labels"), tree)]


def _label_rules(labels: Any, tree: Tree) -> list[Problem]:
    """`file` or `dataset`; other columns only beside a dataset."""
    if not isinstance(labels, Mapping):
        return []
    place: KeyPath = ("data", "labels")
    if ("file" in labels) == ("dataset" in labels):
        what = "file and dataset exclude each other" if "file" in labels else "missing file or dataset"
        return [tree.problem(place, what, next_step="write one of them")]
    extra = [key for key in labels if key not in ("file", "dataset")]
    if "file" in labels and extra:
        what, step = "is a dataset beside `dataset`", "make it a column of the file"
        return [tree.problem((*place, extra[0]), what, key=True, next_step=step)]
    return []


def _split_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Something is left to learn from; `block` belongs to time blocks."""
    split, written = values["data"]["split"], (tree.values.get("data") or {}).get("split") or {}
    found = []
    if split["validate"] + split["test"] >= 1:
        got = f"{split['validate'] + split['test']:g} of all"
        what = "validate and test leave nothing to learn from"
        found.append(tree.problem(("data", "split"), what, got=got, allowed="less than 1", key=True))
    if "block" in written and split["by"] != "time_block":
        what, step = f"has no effect on a split by {split['by']}", "write `by: time_block`, or remove it"
        found.append(tree.problem(("data", "split", "block"), what, key=True, next_step=step))
    return found


def _file_rules(values: Mapping[str, Any], tree: Tree, folder: Path) -> list[Problem]:
    """Files that are named are there, and patterns match something."""
    found = []
    for key in ("files", "structures"):
        for index, pattern in enumerate(values["data"].get(key, ())):
            if not matches(pattern, folder):
                what = "no file matches" if any(letter in pattern for letter in MAGIC) else "no such file"
                place: KeyPath = ("data", key, index)
                found.append(tree.problem(place, what, got=pattern, allowed=RELATIVE))
    for _, name, place in single_files(values):
        if not (folder / name).is_file():
            found.append(tree.problem(place, "no such file", got=name, allowed=RELATIVE))
    return found
