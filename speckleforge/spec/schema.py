"""The JSON Schema (draft-07) of a spec, put together from its parts. Takes the registered layers; gives one document.

`schema.json` beside this file is its text, for editors. Defaults live here and nowhere else.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from speckleforge import layers
from speckleforge.ir.op import LinearOp
from speckleforge.spec import offers

Schema = dict[str, Any]
FILE = Path(__file__).with_name("schema.json")
NOT_IN_LAYERS = ("compand", "head")  # they have their own places in a spec


def integer(description: str, low: int, high: int, default: int | None = None) -> Schema:
    """A whole number in a range."""
    found: Schema = {"type": "integer", "minimum": low, "maximum": high, "description": description}
    return found if default is None else {**found, "default": default}


def number(description: str, above: float, high: float, default: float | None = None) -> Schema:
    """A number greater than `above` and at most `high`."""
    found: Schema = {"type": "number", "exclusiveMinimum": above, "maximum": high, "description": description}
    return found if default is None else {**found, "default": default}


def choice(description: str, names: tuple[str, ...], default: str | None = None) -> Schema:
    """One of some words."""
    found: Schema = {"enum": list(names), "description": description}
    return found if default is None else {**found, "default": default}


def keys(description: str, properties: Schema, required: tuple[str, ...] = (), **rest: Any) -> Schema:
    """A mapping with these keys and no others."""
    found: Schema = {"type": "object", "description": description, "additionalProperties": False, **rest}
    return {**found, "properties": properties, **({"required": list(required)} if required else {})}


def build() -> Schema:
    """The schema of a spec."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://speckleforge.invalid/schema/spec-1.json",
        "title": "speckleforge spec",
        **keys(
            "One network, the data it learns from and the hardware it becomes",
            {
                "forge": {"const": 1, "description": "version of this language"},
                "name": {
                    "type": "string",
                    "pattern": "^[a-z][a-z0-9_-]{0,63}$",
                    "description": "name of the build: its results appear in build/<name>",
                },
                "preprocess": _preprocess(),
                "model": _model(),
                "data": _data(),
                "train": _train(),
                "precision": _precision(),
                "hardware": _hardware(),
                "gates": _gates(),
                "verify": _verify(),
            },
            ("forge", "name", "model", "precision", "hardware"),
        ),
    }


def text() -> str:
    """The schema as it stands in `schema.json`."""
    return json.dumps(build(), indent=2, ensure_ascii=False) + "\n"


@cache
def current() -> Schema:
    """The schema, built once per process."""
    return build()


def layer_kinds() -> tuple[str, ...]:
    """Layers that may stand in `model.layers`."""
    return tuple(kind for kind in layers.kinds() if kind not in NOT_IN_LAYERS)


@cache
def layer_schema(kind: str) -> Schema:
    """The schema of one layer's value; linear layers may override the precision."""
    op = layers.op_class(kind)
    found = op.schema()
    if not issubclass(op, LinearOp):
        return found
    override = keys(
        "overrides for this layer",
        {
            "weights": integer("bits of a weight", 2, 16),
            "activations": integer("bits of an activation that this layer gives", 2, 16),
        },
    )
    return {**found, "properties": {**found["properties"], "precision": override}}


def _preprocess() -> Schema:
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


def _model() -> Schema:
    """Structure of the network."""
    bare = [kind for kind in layer_kinds() if not layer_schema(kind).get("required")]
    one = keys("one layer", {kind: layer_schema(kind) for kind in layer_kinds()}, minProperties=1, maxProperties=1)
    size = {"type": "integer", "minimum": 1, "maximum": 4096, "description": "channels (1), rows, columns"}
    return keys(
        "the network: from the input image to the embedding, and the decision on it",
        {
            "input": {
                "type": "array",
                "items": size,
                "minItems": 3,
                "maxItems": 3,
                "description": "[channels, rows, columns] of the network's input; one channel",
            },
            "latent": integer("size of the embedding, which the last layer gives", 1, 4096),
            "layers": {
                "type": "array",
                "minItems": 1,
                "maxItems": 256,
                "description": "layers in order; a word alone stands for a layer without keys",
                "items": {"anyOf": [{"enum": bare, "description": "a layer without keys"}, one]},
            },
            "head": layers.op_class("head").schema(),
        },
        ("input", "latent", "layers", "head"),
    )


def _data() -> Schema:
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


def _train() -> Schema:
    """How the network learns."""
    return keys(
        "training",
        {
            "loss": choice("what training makes small", offers.losses(), "supcon"),
            "epochs": integer("passes over the training split", 1, 10_000, 10),
            "batch": integer("patterns per step", 2, 65_536, 64),
            "learning_rate": number("of Adam at the start", 0, 1, 0.001),
            "temperature": number("of the loss", 0, 100, 0.1),
            "augment": {"type": "boolean", "default": True, "description": "mirror and turn patterns at random"},
            "seed": integer("of initial weights, order and augmentation", 0, 2**32 - 1, 0),
            "from": {
                "type": "string",
                "minLength": 1,
                "description": "take these weights (a .safetensors file, relative to this spec) instead of training",
            },
        },
        default={},
    )


def _precision() -> Schema:
    """Bits."""
    return keys(
        "bits of integers; a conv2d or dense layer may override weights and activations",
        {
            "input": integer("bits of the network's input image; those of compand where there is one", 1, 16),
            "weights": integer("bits of a weight", 2, 16),
            "activations": integer("bits of an activation", 2, 16),
        },
        ("input", "weights", "activations"),
    )


def _hardware() -> Schema:
    """The board and what is asked of it."""
    banks = integer("2: a new set loads while frames run on the old one", 1, 2, 2)
    return keys(
        "the board and what is asked of it",
        {
            "target": choice("the board: a file in targets/", offers.targets()),
            "clock_mhz": number("clock of the network, in MHz", 0, 2000),
            "latency_us": number("asked time from a frame's first word to its decision, in microseconds", 0, 1e6),
            "frame_rate_khz": number("asked frames per millisecond; instead of latency_us", 0, 1e5),
            "weights": keys(
                "how weights reach the hardware",
                {"reload": choice("when new weights can be loaded", ("runtime",), "runtime"), "banks": banks},
                default={},
            ),
            "placement": keys("place and route", {"seed": integer("seed of the placer", 0, 2**31 - 1, 1)}, default={}),
        },
        ("target", "clock_mhz"),
        oneOf=[{"required": ["latency_us"]}, {"required": ["frame_rate_khz"]}],
    )


def _gates() -> Schema:
    """What a build has to show."""
    resources = ("lut", "ff", "dsp", "bram")
    share = {name: number(f"largest share of the board's {name.upper()}", 0, 1) for name in resources}
    at_most_cycles = keys("limit", {"at_most": integer("clock cycles", 1, 10**9)}, ("at_most",))
    accuracy = {
        "shots": integer("support patterns per class", 1, 1000, 5),
        "at_least": number("mean accuracy of the integer network on the test particles", 0, 1),
    }
    return keys(
        "what a build has to show; one that does not hold ends the build with exit code 4",
        {
            "accuracy": keys("few-shot accuracy", accuracy, ("at_least",)),
            "latency_cycles": {**at_most_cycles, "description": "cycles from a frame's first word to its decision"},
            "interval_cycles": {**at_most_cycles, "description": "cycles between two frames at full rate"},
            "latency_us": keys(
                "the same as a time: established only with a clock that timing analysis confirms",
                {"at_most": number("microseconds", 0, 1e6)},
                ("at_most",),
            ),
            "utilisation": keys("shares of the board's resources", share, minProperties=1),
        },
        default={},
    )


def _verify() -> Schema:
    """How much is compared."""
    return keys(
        "bit-exact comparison of all executions",
        {"patterns": integer("test patterns that every engine computes", 1, 65_536, 64)},
        default={},
    )
