"""Section `train`: how the network learns."""

from __future__ import annotations

from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys, number


def train() -> Schema:
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
