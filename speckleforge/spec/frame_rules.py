"""Sizes from the frame to the network's image. Takes filled-in values and a tree; gives a frame's size, or problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.errors import Problem
from speckleforge.spec.tree import KeyPath, Tree

Size = tuple[int, int]
LEAST = 8  # pixels along an axis


def frame_shape(values: Mapping[str, Any]) -> Size:
    """Rows and columns of a simulated frame: as the spec says, or just what model.input, bin and crop need."""
    if "frame" in values["data"]:
        return values["data"]["frame"][0], values["data"]["frame"][1]
    _, rows, columns = values["model"]["input"]
    for step in reversed(values["preprocess"]):
        if "bin" in step:
            rows, columns = rows * step["bin"], columns * step["bin"]
        elif "crop" in step:
            rows, columns = (step["crop"].get(first, 0) + step["crop"][side] for first, side in _SIDES)
    return rows, columns


_SIDES = (("top", "rows"), ("left", "columns"))


def image_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """One channel of at least 8x8 pixels, and steps that lead to it."""
    found = []
    channels, *size = values["model"]["input"]
    if channels != 1:
        what = "a detector image has one channel"
        found.append(tree.problem(("model", "input", 0), what, got=str(channels), allowed="1"))
    for axis, side in enumerate(size, 1):
        if side < LEAST:
            place: KeyPath = ("model", "input", axis)
            found.append(tree.problem(place, "too few pixels", got=str(side), allowed=f"{LEAST} or more"))
    return [*found, *_crop_rules(values, tree), *([] if found else _frame_rules(values, tree))]


def _crop_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Backwards: a crop leaves what the later steps and model.input need."""
    _, *size = values["model"]["input"]
    for index, step in reversed(list(enumerate(values["preprocess"]))):
        if "bin" in step:
            size = [side * step["bin"] for side in size]
        elif "crop" in step:
            crop = step["crop"]
            found = []
            for name, wanted in zip(("rows", "columns"), size, strict=True):
                if crop[name] != wanted:
                    what = "does not lead to model.input with the steps that follow"
                    place = ("preprocess", index, "crop", name)
                    found.append(tree.problem(place, what, got=str(crop[name]), allowed=str(wanted)))
            return found
    return []


def _frame_rules(values: Mapping[str, Any], tree: Tree) -> list[Problem]:
    """Forwards, where the frame's size is known: it holds the crop and becomes model.input."""
    data = values["data"]
    if data["source"] != "simulation" or "frame" not in data:
        return []
    size, place = list(data["frame"]), ("data", "frame")
    for step in values["preprocess"]:
        if "crop" in step:
            ends = [step["crop"].get(first, 0) + step["crop"][side] for first, side in _SIDES]
            if ends[0] > size[0] or ends[1] > size[1]:
                got, allowed = _text(size), f"{_text(ends)} or more"
                return [tree.problem(place, "smaller than what crop takes of it", got=got, allowed=allowed)]
            size = [step["crop"]["rows"], step["crop"]["columns"]]
        elif "bin" in step:
            if any(side % step["bin"] for side in size):
                what = "leaves pixels beside the bins"
                return [tree.problem(place, what, got=_text(size), allowed=f"multiples of {step['bin']}")]
            size = [side // step["bin"] for side in size]
    wanted = list(values["model"]["input"][1:])
    if size == wanted:
        return []
    return [tree.problem(place, "does not lead to model.input", got=f"{_text(size)} at the end", allowed=_text(wanted))]


def _text(size: list[int]) -> str:
    return "x".join(str(side) for side in size)
