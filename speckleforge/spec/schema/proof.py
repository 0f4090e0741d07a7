"""Sections `gates` and `verify`: what a build has to show."""

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


def verify() -> Schema:
    """How much is compared."""
    return keys(
        "bit-exact comparison of all executions",
        {"patterns": integer("test patterns that every engine computes", 1, 65_536, 64)},
        default={},
    )
