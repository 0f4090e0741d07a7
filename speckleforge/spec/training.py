"""What a schema cannot say of `train`. Takes checked values and a tree; gives problems, and all defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from speckleforge.errors import Problem
from speckleforge.spec import offers
from speckleforge.spec.tree import Tree

OF_FROM = ("names", "input_frac")
"""Keys that mean something only where a trained network is given."""


def train_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Keys belong to the loss that is chosen; a network that is named exists, and only it has names."""
    train = values["train"]
    return [*_loss_rules(train, tree), *_given_rules(train, tree), *_noise_rules(values, tree)]


def _noise_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Thinning takes whole photons: behind a pedestal in the fabric the words are ADU."""
    steps = [step.get("pedestal") for step in values["preprocess"]]
    raw = any(keys and keys.get("place") == "fabric" for keys in steps)
    augment = values["train"].get("augment", ()) if raw else ()
    names = [step if isinstance(step, str) else next(iter(step)) for step in augment]
    what, step = "counts photons, and the words here are raw ADU", "remove it, or take the pedestal off upstream"
    return [
        tree.problem(("train", "augment", index), what, got=name, next_step=step)
        for index, name in enumerate(names)
        if name == "noise"
    ]


def _loss_rules(train: Mapping[str, Any], tree: Tree) -> list[Problem]:
    found, owners = [], offers.loss_keys()
    for name, own in owners.items():
        for key in own:
            if key in train and key not in owners[train["loss"]]:
                what = f"belongs to the loss {name}, and this trains with {train['loss']}"
                allowed, step = ", ".join(owners[train["loss"]]), f"remove it, or write `loss: {name}`"
                place = ("train", key)
                found.append(tree.problem(place, what, key=True, allowed=allowed or "no key", next_step=step))
    return found


def _given_rules(train: Mapping[str, Any], tree: Tree) -> list[Problem]:
    given, found = train.get("from"), []
    if given and not (Path(tree.file).parent / given).is_file():
        allowed = "a path relative to this spec"
        found.append(tree.problem(("train", "from"), "no such file", got=given, allowed=allowed))
    for key in OF_FROM:
        if key in train and not given:
            what, step = "tells how to read a given network, and none is given", "add `from: FILE`, or remove it"
            found.append(tree.problem(("train", key), what, key=True, next_step=step))
    return found


def settled(train: Mapping[str, Any]) -> dict[str, Any]:
    """`train` with the defaults of its loss, and every augmentation as a mapping with its keys."""
    steps = offers.augmentations()
    augment = [{step: _defaults(steps[step])} if isinstance(step, str) else step for step in train["augment"]]
    return {**_defaults(offers.loss_keys()[train["loss"]]), **train, "augment": augment}


def _defaults(own: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Default of each key; floats, as the schema gives them, where not whole numbers."""
    return {key: about["default"] if about.get("whole") else float(about["default"]) for key, about in own.items()}
