"""Section `hardware`: the board and what is asked of it."""

from __future__ import annotations

from speckleforge.spec import offers
from speckleforge.spec.schema.parts import Schema, choice, integer, keys, number

BUDGET = {"lut": "LUTs", "ff": "flip-flops", "dsp": "multiplier blocks", "bram": "block RAM"}


def hardware() -> Schema:
    """The board and what is asked of it."""
    latency = "asked time in the core from a frame's first word to its decision, in microseconds"
    budget = {
        name: {"type": "number", "minimum": 0, "maximum": 1, "description": f"most of the device's {what}"}
        for name, what in BUDGET.items()
    }
    return keys(
        "the board and what is asked of it",
        {
            "target": choice("the board: a file in targets/", offers.targets()),
            "clock_mhz": number("clock of the network, in MHz", 0, 2000),
            "latency_us": number(latency, 0, 1e6),
            "frame_rate_khz": number("asked frames per millisecond", 0, 1e5),
            "weights": _weights(),
            "budget": keys("shares of the device that the design may take at most; without it all of them", budget),
            "arithmetic": _arithmetic(),
            "placement": _placement(),
            "vivado": _vivado(),
            "hls": _hls(),
        },
        ("target", "clock_mhz"),
        anyOf=[{"required": ["latency_us"]}, {"required": ["frame_rate_khz"]}],
    )


def _weights() -> Schema:
    boot = (
        "weights at power-up; memory: a copy of the weight image in block RAM; host: none, frames are kept and flagged "
        "until a host has loaded a set"
    )
    values = {
        "reload": choice("when new weights can be loaded", ("runtime",), "runtime"),
        "banks": integer("2: a new set loads while frames run on the old one", 1, 2, 2),
        "boot": choice(boot, ("memory", "host"), "memory"),
    }
    return keys("how weights reach the hardware", values, default={})


def _arithmetic() -> Schema:
    return {
        "type": "array",
        "items": choice("how products are made", ("mul", "da", "dsp2")),
        "minItems": 1,
        "uniqueItems": True,
        "description": "how products may be made, in layers that have the choice; without it any way",
    }


def _placement() -> Schema:
    values = {
        "seed": integer("seed of the placer; the first one of several", 0, 2**31 - 1, 1),
        "seeds": integer("how many seeds may be tried to meet the clock; the best placement is kept", 1, 64, 1),
        "until": choice("met: stop at the first seed that meets the clock; all: try every one", ("met", "all"), "met"),
    }
    return keys("place and route with open tools", values, default={})


def _vivado() -> Schema:
    values = {
        "implement": _flag("place and route as well; only then is a clock confirmed", default=True),
        "threads": integer("threads of a run; equal results need equal threads", 1, 32, 4),
        "regions": _flag("hold each kernel in the super logic region that the planner gave it (pblocks)"),
        "activity": _flag("simulate the switching activity of golden patterns, for the power estimate: minutes"),
        "reference": {
            "type": "string",
            "minLength": 1,
            "description": "a routed checkpoint (.dcp) of a similar design, for incremental implementation",
        },
        "limit_hours": _limit(),
    }
    return keys("Vivado, for boards that name it: here where it is installed", values, default={})


def _hls() -> Schema:
    values = {
        "cosim": _flag("simulate the RTL that HLS made with some golden vectors: hours"),
        "implement": _flag("run Vivado on the IP that HLS packed, besides the SystemVerilog"),
        "uncertainty_percent": integer("share of the clock's period that HLS keeps free", 0, 90),
        "limit_hours": _limit(),
    }
    return keys("the HLS sources in a vendor's HLS tool, likewise", values, default={})


def _flag(description: str, *, default: bool = False) -> Schema:
    return {"type": "boolean", "default": default, "description": description}


def _limit() -> Schema:
    return number("hours after which a run is ended", 0, 1000, 24)
