"""Sections `train` and `quantize`: how the network learns, in floats and in integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys, number


def train() -> Schema:
    """How the network learns."""
    return keys(
        "training",
        {
            "loss": choice("what training makes small", offers.losses(), "supcon"),
            **_loss_keys(),
            "epochs": integer("passes over the training split", 1, 10_000, 10),
            "batch": integer("patterns per step", 2, 65_536, 64),
            "learning_rate": number("of Adam at the start", 0, 1, 0.001),
            "augment": _augment(),
            "seed": integer("of initial weights, order and augmentation", 0, 2**32 - 1, 0),
            "from": {
                "type": "string",
                "pattern": r"\.(safetensors|pt|pth)$",
                "description": "take this trained network (relative to this spec; .safetensors, or a PyTorch state "
                "dict .pt or .pth) instead of training",
            },
            "names": {
                "type": "object",
                "additionalProperties": {"type": "string", "minLength": 1},
                "description": "for `from`: a tensor or layer of the file -> ours, such as `features.0: conv2d_1`; "
                "`ignore` leaves it out; where this is missing, layers are matched by order and shape",
            },
            "input_frac": {
                **integer("for `from`: the given network takes words times 2**-input_frac", -16, 16),
            },
        },
        default={},
    )


def _key(about: Mapping[str, Any], description: str) -> Schema:
    """One number of a loss or an augmentation, without its default."""
    if about.get("whole"):
        return integer(description, int(about["above"]) + 1, about["at_most"])
    if "least" in about:
        return {"type": "number", "minimum": about["least"], "maximum": about["at_most"], "description": description}
    return number(description, about["above"], about["at_most"])


def _loss_keys() -> Schema:
    """The losses' own keys. Their defaults depend on the loss: `spec.training` fills them in."""
    return {
        key: _key(about, f"of {name}, {about['default']:g} unless given: {about['description']}")
        for name, own in offers.loss_keys().items()
        for key, about in own.items()
    }


def _augment() -> Schema:
    """The list of augmentations."""
    steps = offers.augmentations()
    one = {
        name: keys(
            f"{name} with its keys",
            {key: {**_key(about, about["description"]), "default": about["default"]} for key, about in own.items()},
        )
        for name, own in steps.items()
    }
    return {
        "type": "array",
        "maxItems": 32,
        "default": ["dihedral"],
        "description": "how patterns are changed at random in training, in order; a word alone has its defaults",
        "items": {
            "anyOf": [
                {"enum": list(steps), "description": "an augmentation with its defaults"},
                keys("one augmentation", one, minProperties=1, maxProperties=1),
            ]
        },
    }


def quantize() -> Schema:
    """How the trained network becomes integers."""
    return keys(
        "from floats to integers",
        {
            "method": choice(
                "post_training: rounded to nearest scales; training: trained on with the integers' arithmetic and "
                "learned power-of-two scales, as 2 to 6 bits need",
                ("post_training", "training"),
                "post_training",
            ),
            "epochs": integer("for `training`: passes over the training split", 1, 10_000, 4),
            "learning_rate": number("for `training`: of Adam at the start", 0, 1, 0.001),
            "seed": integer("for `training`: of order and augmentation", 0, 2**32 - 1, 0),
        },
        default={},
    )
