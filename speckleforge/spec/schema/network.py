"""Sections `model` and `precision`: the structure of the network and its bits."""

from __future__ import annotations

from functools import cache

from speckleforge import layers
from speckleforge.ir.op import LinearOp
from speckleforge.spec.schema.parts import Schema, integer, keys

NOT_IN_LAYERS = ("compand", "head", "mask", "pedestal")  # they have their own places in a spec


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


def model() -> Schema:
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


def precision() -> Schema:
    """Bits."""
    return keys(
        "bits of integers; a conv2d, depthwise2d or dense layer may override weights and activations",
        {
            "input": integer("bits of the network's input image; those of compand where there is one", 1, 16),
            "weights": integer("bits of a weight", 2, 16),
            "activations": integer("bits of an activation", 2, 16),
        },
        ("input", "weights", "activations"),
    )
