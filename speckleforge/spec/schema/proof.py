"""Sections `gates`, `verify` and `evaluate`: what a build has to show, and how accuracy is measured."""

from __future__ import annotations

from speckleforge.spec.schema.parts import Schema, integer, keys, number


def gates() -> Schema:
    """What a build has to show."""
    resources = ("lut", "ff", "dsp", "bram")
    share = {name: number(f"largest share of the board's {name.upper()}", 0, 1) for name in resources}
    at_most_cycles = keys("limit", {"at_most": integer("clock cycles", 1, 10**9)}, ("at_most",))
    accuracy = {
        "shots": integer("support patterns per class", 1, 1000, 5),
        "at_least": number("mean accuracy of the integer network on the test particles", 0, 1),
    }
    pair = {
        "shots": integer("support patterns per class", 1, 1000, 5),
        "at_least": number("mean balanced accuracy between just these two, of the integer network", 0, 1),
    }
    margin = {
        "shots": integer("support patterns per class", 1, 1000, 5),
        "at_least": number("accuracy of the integer network minus that of the baseline; 0.1 is ten points", 0, 1),
    }
    return keys(
        "what a build has to show; one that does not hold ends the build with exit code 4",
        {
            "accuracy": keys("few-shot accuracy", accuracy, ("at_least",)),
            "single_vs_multi": keys("single hits against multiple hits by themselves", pair, ("at_least",)),
            "baseline_margin": keys("how far a baseline on intensity alone lies below", margin, ("at_least",)),
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


def verify() -> Schema:
    """How much is compared."""
    return keys(
        "bit-exact comparison of all executions",
        {"patterns": integer("test patterns that every engine computes", 1, 65_536, 64)},
        default={},
    )


def evaluate() -> Schema:
    """How accuracy is measured."""
    share = {"type": "number", "minimum": 0, "maximum": 1, "description": "share of the frames"}
    return keys(
        "how accuracy is measured; `docs/evaluation.md` has the protocol",
        {
            "shots": {
                "type": "array",
                "items": integer("support patterns per class", 1, 1000),
                "minItems": 1,
                "maxItems": 16,
                "default": [1, 5, 10, 20],
                "description": "support patterns per class; numbers for which there are too few patterns are left out",
            },
            "seeds": integer("training seeds: that of `train` and those after it; the first one is built", 1, 100, 1),
            "priors": {
                "type": "object",
                "additionalProperties": share,
                "default": {},
                "description": "share of each class in the frames that one expects, for the veto's purity and data "
                "reduction; what the named classes leave is divided evenly among the others; by default background 0.9",
            },
        },
        default={},
    )
