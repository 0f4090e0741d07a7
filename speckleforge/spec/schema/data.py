"""Sections `preprocess` and `data`: what the network learns from, and how frames become its input."""

from __future__ import annotations

from speckleforge import layers
from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys


def preprocess() -> Schema:
    """The ordered steps from detector words to the network's input."""
    return {
        "type": "array",
        "description": "detector words to network input, in order",
        "default": [],
        "maxItems": 2,
        "items": keys(
            "one step",
            {
                "bin": integer("photons of n x n pixels are summed upstream, before the detector link", 1, 64),
                "compand": layers.op_class("compand").schema(),
            },
            minProperties=1,
            maxProperties=1,
        ),
    }


def data() -> Schema:
    """What the network learns from and is tested with."""
    count = {"train": 100, "validate": 20, "test": 20}
    words = {"train": "to learn from", "validate": "to choose the best epoch", "test": "to report accuracy on"}
    particles = {name: integer(f"particles {words[name]}", 1, 100_000, default) for name, default in count.items()}
    return keys(
        "the data set",
        {
            "source": choice("where patterns come from", offers.data_sources(), "simulation"),
            "condition": choice("named set of beam, sample and detector values", offers.conditions(), "reference"),
            "classes": {
                "type": "array",
                "items": choice("a class", offers.classes()),
                "minItems": 2,
                "maxItems": 16,
                "uniqueItems": True,
                "default": list(offers.classes()),
                "description": "classes in the order of their labels",
            },
            "particles": keys("particles of each split; no particle is in two", particles, default={}),
            "patterns": integer("patterns of each class for each particle", 2, 10_000, 20),
            "seed": integer("seed of everything in the data set", 0, 2**32 - 1, 0),
        },
        default={},
    )
