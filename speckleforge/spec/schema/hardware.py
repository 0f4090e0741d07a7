"""Section `hardware`: the board and what is asked of it."""

from __future__ import annotations

from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys, number

BUDGET = {"lut": "LUTs", "ff": "flip-flops", "dsp": "multiplier blocks", "bram": "block RAM"}


def hardware() -> Schema:
    """The board and what is asked of it."""
    banks = integer("2: a new set loads while frames run on the old one", 1, 2, 2)
    boot = choice(
        "weights at power-up; memory: a copy of the weight image in block RAM; host: none, frames are kept and flagged "
        "until a host has loaded a set",
        ("memory", "host"),
        "memory",
    )
    placement = {
        "seed": integer("seed of the placer; the first one of several", 0, 2**31 - 1, 1),
        "seeds": integer("how many seeds may be tried to meet the clock; the best placement is kept", 1, 64, 1),
        "until": choice("met: stop at the first seed that meets the clock; all: try every one", ("met", "all"), "met"),
    }
    budget = {
        name: {"type": "number", "minimum": 0, "maximum": 1, "description": f"most of the device's {what}"}
        for name, what in BUDGET.items()
    }
    arithmetic = {
        "type": "array",
        "items": choice("how products are made", ("mul", "da", "dsp2")),
        "minItems": 1,
        "uniqueItems": True,
        "description": "how products may be made, in layers that have the choice; without it any way",
    }
    limit = number("hours after which a run is ended", 0, 1000, 24)
    vivado = {
        "implement": {
            "type": "boolean",
            "default": True,
            "description": "place and route as well; only then is a clock confirmed",
        },
        "threads": integer("threads of a run; equal results need equal threads", 1, 32, 4),
        "regions": {
            "type": "boolean",
            "default": False,
            "description": "hold each kernel in the super logic region that the planner gave it (pblocks)",
        },
        "activity": {
            "type": "boolean",
            "default": False,
            "description": "simulate the switching activity of golden patterns, for the power estimate: minutes",
        },
        "reference": {
            "type": "string",
            "minLength": 1,
            "description": "a routed checkpoint (.dcp) of a similar design, for incremental implementation",
        },
        "limit_hours": limit,
    }
    hls = {
        "cosim": {
            "type": "boolean",
            "default": False,
            "description": "simulate the RTL that HLS made with some golden vectors: hours",
        },
        "implement": {
            "type": "boolean",
            "default": False,
            "description": "run Vivado on the IP that HLS packed, besides the SystemVerilog",
        },
        "uncertainty_percent": integer("share of the clock's period that HLS keeps free", 0, 90),
        "limit_hours": limit,
    }
    return keys(
        "the board and what is asked of it",
        {
            "target": choice("the board: a file in targets/", offers.targets()),
            "clock_mhz": number("clock of the network, in MHz", 0, 2000),
            "latency_us": number(
                "asked time in the core from a frame's first word to its decision, in microseconds", 0, 1e6
            ),
            "frame_rate_khz": number("asked frames per millisecond", 0, 1e5),
            "weights": keys(
                "how weights reach the hardware",
                {
                    "reload": choice("when new weights can be loaded", ("runtime",), "runtime"),
                    "banks": banks,
                    "boot": boot,
                },
                default={},
            ),
            "budget": keys("shares of the device that the design may take at most; without it all of them", budget),
            "arithmetic": arithmetic,
            "placement": keys("place and route with open tools", placement, default={}),
            "vivado": keys("Vivado, for boards that name it: here where it is installed", vivado, default={}),
            "hls": keys("the HLS sources in a vendor's HLS tool, likewise", hls, default={}),
        },
        ("target", "clock_mhz"),
        anyOf=[{"required": ["latency_us"]}, {"required": ["frame_rate_khz"]}],
    )
