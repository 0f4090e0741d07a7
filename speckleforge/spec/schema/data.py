"""Sections `preprocess` and `data`: what the network learns from, and how frames become its input."""

from __future__ import annotations

from typing import Any

from speckleforge import layers
from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys, number

FABRIC_STEPS = ("pedestal", "mask", "compand")
"""Steps that are layers as well; those that no folder in `layers` makes run upstream alone."""


def preprocess() -> Schema:
    """The ordered steps from detector words to the network's input."""
    steps = _upstream_steps()
    for kind in FABRIC_STEPS:
        if kind in layers.kinds():
            steps[kind] = layers.op_class(kind).schema()
    return {
        "type": "array",
        "description": "frames of the detector to the network's input, in order; docs/data.md has every rule",
        "default": [],
        "maxItems": len(steps),
        "items": keys("one step", steps, minProperties=1, maxProperties=1),
    }


def _file(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": description}


def _sigma(description: str, default: float) -> Schema:
    return {"type": "number", "minimum": -100, "maximum": 100, "description": description, "default": default}


def _upstream_steps() -> Schema:
    """Steps before the detector link."""
    place = choice("where it runs: before the detector link", ("upstream",), "upstream")
    dark, good = (
        ".npy file of the frame's shape in ADU; left out: the source's own dark run",
        ".npy file of the frame's shape, 1 good, 0 bad; left out: the source's own mask",
    )
    return {
        "pedestal": keys("dark level off each pixel: raw ADU -> ADU", {"file": _file(dark), "place": place}),
        "common_mode": keys(
            "what the pixels of a line have in common off each of them: ADU -> ADU",
            {
                "over": choice("pixels that share a baseline", ("row", "column", "frame"), "row"),
                "rule": choice("how the baseline is found", ("median",), "median"),
                "place": place,
            },
        ),
        "gain": keys(
            "charge to photons: ADU -> real photons; without keys: the source's own map",
            {
                "adu_per_photon": number("ADU of one photon, the same for all pixels", 0, 1e9),
                "file": _file(".npy file of the frame's shape: ADU per photon of each pixel"),
                "place": place,
            },
        ),
        "photonise": keys(
            "real photons -> photons, pixel by pixel",
            {"threshold": number("share of a photon from which it counts", 0, 1, 0.5), "place": place},
        ),
        "mask": keys("bad pixels to zero: units stay", {"file": _file(good), "place": place}),
        "crop": keys(
            "a part of the frame: units stay",
            {
                "rows": integer("rows that stay", 1, 65_536),
                "columns": integer("columns that stay", 1, 65_536),
                "top": integer("first row, from 0; left out: the part is in the middle", 0, 65_536),
                "left": integer("first column, from 0; left out: the part is in the middle", 0, 65_536),
                "place": place,
            },
            ("rows", "columns"),
        ),
        "bin": integer("n x n pixels are summed upstream, before the detector link: units stay", 1, 64),
        "standardise": keys(
            "each image to its own mean and spread: -> levels; needs the whole image before its first word",
            {
                "bits": integer("bits of a level", 1, 16),
                "low": _sigma("standard deviations from the mean at level 0", -1.0),
                "high": _sigma("standard deviations from the mean at the highest level", 6.0),
                "place": place,
            },
            ("bits",),
        ),
    }


def data() -> Schema:
    """What the network learns from and is tested with."""
    return keys("the data set", {**_common(), **_simulated(), **_files()}, default={})


def _common() -> Schema:
    word = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "a class"}
    return {
        "source": choice("where patterns come from", offers.data_sources(), "simulation"),
        "classes": {
            "type": "array",
            "items": word,
            "minItems": 2,
            "maxItems": 16,
            "uniqueItems": True,
            "default": list(offers.classes()),
            "description": "classes in the order of their labels",
        },
        "seed": integer("seed of everything in the data set", 0, 2**32 - 1, 0),
    }


def _simulated() -> Schema:
    """Keys of `source: simulation`."""
    count = {"train": 100, "validate": 20, "test": 20}
    words = {"train": "to learn from", "validate": "to choose the best epoch", "test": "to report accuracy on"}
    particles = {name: integer(f"particles {words[name]}", 1, 100_000, default) for name, default in count.items()}
    patterns = {name: integer(f"patterns {words[name]}", 2, 10_000, 20) for name in count}
    side = {"type": "integer", "minimum": 8, "maximum": 4096, "description": "pixels"}
    return {
        "condition": choice("named set of beam, sample and detector values", offers.conditions(), "reference"),
        "particles": keys("particles of each split; no particle is in two", particles, default={}),
        "patterns": {
            "description": "patterns of each class for each particle: a number, or one for each split",
            "anyOf": [integer("in every split", 2, 10_000), keys("in each split", patterns)],
            "default": 20,
        },
        "structures": _names("PDB or mmCIF files in place of the procedural particles; relative to this spec"),
        "raw": {
            "type": "boolean",
            "default": False,
            "description": "raw ADU of the detector in place of photons, with pedestal, noise, common mode and gain",
        },
        "frame": {
            "type": "array",
            "items": side,
            "minItems": 2,
            "maxItems": 2,
            "description": "rows, columns of a simulated frame; left out: just what preprocess and model.input need",
        },
    }


def _names(description: str) -> Schema:
    items = _file("a path, or a pattern such as runs/*.h5")
    return {"type": "array", "items": items, "minItems": 1, "maxItems": 10_000, "description": description}


def _files() -> Schema:
    """Keys of the other sources."""
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "files": _names("files with frames, sorted by name; relative to this spec"),
        "dataset": _file("where frames lie in each file; left out: photons, or entry_1/data_1/data of CXI"),
        "units": choice("units of the frames: whole photons, ADU, or ADU with its pedestal", UNITS, UNITS[0]),
        "labels": {
            "description": "what each frame shows: file_name (PDB.n_hit.h5), a table, or datasets beside the frames",
            "anyOf": [choice("from the names of the files", ("file_name",)), _label_keys()],
        },
        "class_map": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {**text, "description": "the class of this code"},
            "description": "code in the labels -> class",
        },
        "exclude": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {**text, "description": "why frames of this code are left out"},
            "description": "code in the labels -> why its frames are left out, such as {3: undecoded}",
        },
        "split": keys("how frames go to splits: whole groups, so that test data were never seen", _split(), default={}),
    }


UNITS = ("photons", "adu", "raw_adu")


def _label_keys() -> Schema:
    column: dict[str, Any] = {name: _file(f"dataset of the {name} in each file") for name in ("particle", "run")}
    return keys(
        "a table or datasets",
        {
            "file": _file(".csv (index, label[, file, particle, run, time]), .npy or .npz of labels for all frames"),
            "dataset": _file("dataset of the labels in each file"),
            **column,
            "time": _file("dataset of the time in each file"),
        },
        minProperties=1,
    )


def _split() -> Schema:
    return {
        "by": choice("what is never in two splits", ("particle", "run", "time_block"), "particle"),
        "validate": number("share of the groups to choose the best epoch", 0, 0.9, 0.15),
        "test": number("share of the groups to report accuracy on", 0, 0.9, 0.15),
        "block": integer("consecutive frames of a run in one time block", 1, 10_000_000, 500),
    }
