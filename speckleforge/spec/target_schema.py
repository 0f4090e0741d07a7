"""The JSON Schema of a board file. Takes nothing; gives one document. Every number in it names its source."""

from __future__ import annotations

from functools import cache
from typing import Any

from speckleforge.spec.schema.parts import Schema, choice, integer, keys

RESOURCES = ("lut", "ff", "dsp", "bram", "lutram")
OPTIONAL = ("uram",)  # what only some parts have; no kernel uses it (docs/boards.md)
_SOURCE: Schema = {"type": "string", "minLength": 1, "description": "key of the source in the file's header"}


def word(description: str, *, empty: bool = False) -> Schema:
    """A text; with `empty` also null."""
    return {"type": ["string", "null"] if empty else "string", "minLength": 1, "description": description}


def rate(description: str, *, empty: bool = False) -> Schema:
    """A positive number; with `empty` also null."""
    kind = ["number", "null"] if empty else "number"
    return {"type": kind, "exclusiveMinimum": 0, "description": description}


def named(description: str, value: Schema) -> Schema:
    """A mapping from any name to `value`."""
    return {"type": "object", "description": description, "additionalProperties": value}


def _count(name: str) -> Schema:
    """An amount of one resource."""
    properties = {
        "count": integer("how many the device has", 1, 10**9),
        "kind": word("the vendor's name of one"),
        "bits": integer("memory bits of one", 1, 10**9),
        "source": _SOURCE,
    }
    return keys(f"amount of {name.upper()}", properties, ("count", "source"))


def _slices() -> Schema:
    """How logic is grouped on the die."""
    properties = {
        "count": integer("slices of the device", 1, 10**9),
        "memory": integer("those of them whose LUTs can be memory", 1, 10**9),
        "luts": integer("LUTs of a slice", 1, 64),
        "source": _SOURCE,
    }
    text = "slices, where only some can hold memory; null where the count of lutram says it all"
    return {**keys(text, properties, tuple(properties)), "type": ["object", "null"]}


def _pin() -> Schema:
    """One port of the board."""
    roles = ("clock", "clock_n", "reset", "uart_rx", "uart_tx", "led", "tie")
    properties = {
        "role": choice("what the generated top uses it for; clock_n: the other side of a differential clock", roles),
        "direction": choice("seen from the FPGA", ("in", "out")),
        "site": word("package pin"),
        "sites": {
            "type": "array",
            "items": word("package pin"),
            "minItems": 1,
            "description": "pins of a vector, bit 0 first",
        },
        "io_type": word("electrical standard"),
        "pull": choice("pull resistor", ("NONE", "UP", "DOWN")),
        "drive": integer("drive strength in mA", 1, 100),
        "termination": word("of an input, on the die, as the vendor's tool calls it (UltraScale: ODT)"),
        "value": integer("level of a tied output", 0, 1),
        "source": _SOURCE,
    }
    return keys("a port", properties, ("role", "direction", "io_type", "source"))


def _link() -> Schema:
    """One way in or out."""
    properties = {
        "kind": choice("kind of link", ("uart", "pcie", "stream", "fibre", "ethernet", "axi")),
        "baud": integer("symbols per second", 1, 10**9),
        "generation": integer("of PCI Express", 1, 7),
        "lanes": integer("lanes", 1, 64),
        "bits": integer("width", 1, 4096),
        "mhz": rate("clock in MHz"),
        "payload_mbps": rate("payload in Mb/s", empty=True),
        "source": _SOURCE,
    }
    return keys("a link", properties, ("kind", "payload_mbps", "source"))


def _clock() -> Schema:
    """One clock of the board."""
    properties = {
        "mhz": rate("frequency in MHz"),
        "pin": word("its port or package pin", empty=True),
        "source": _SOURCE,
    }
    return keys("a clock", properties, ("mhz", "source"))


def _shell() -> Schema:
    """What the board's own logic takes."""
    share = {
        name: {"type": "number", "minimum": 0, "maximum": 1, "description": f"share of {name}"}
        for name in (*RESOURCES, *OPTIONAL)
    }
    properties: dict[str, Any] = {
        "slr": {"type": ["integer", "null"], "minimum": 0, "description": "super logic region that holds it"},
        "share": {**keys("shares of the device", share), "type": ["object", "null"]},
        "reason": word("why it is that, or why it is not known"),
    }
    return keys("what the board's own logic takes before the network gets any", properties, ("share", "reason"))


def _regions(counts: dict[str, Schema]) -> Schema:
    """Super logic regions: how many, what one of them holds, and each of them where they differ."""
    numbers = {name: integer(f"{name.upper()} of this region", 1, 10**9) for name in counts}
    one = keys("a region", {**numbers, "source": _SOURCE}, (*RESOURCES, "source"))
    properties = {
        "count": integer("super logic regions", 1, 16),
        **counts,
        "each": {
            "type": "array",
            "items": one,
            "minItems": 2,
            "description": "the regions in order, where they differ; the counts beside it are then the least of each",
        },
    }
    return {
        **keys("super logic regions; null on one die", properties, ("count", *RESOURCES)),
        "type": ["object", "null"],
    }


@cache
def build() -> Schema:
    """The schema of a board file."""
    counts = {name: _count(name) for name in (*RESOURCES, *OPTIONAL)}
    properties: dict[str, Any] = {
        "name": word("the file's name without .yaml"),
        "description": word("one line"),
        "part": word("the vendor's part number"),
        "board_part": word("the vendor tool's board name", empty=True),
        "family": choice("cost model and primitives", ("ecp5", "ultrascale", "ultrascaleplus")),
        "device": word("the device as the toolchain calls it"),
        "package": word("package as the toolchain calls it"),
        "speed": integer("speed grade", 1, 20),
        "toolchains": {
            "type": "array",
            "items": choice("a toolchain", ("ecp5", "xilinx", "vivado")),
            "minItems": 1,
            "uniqueItems": True,
            "description": "in order of preference",
        },
        "interface": choice("how frames and results travel", ("uart", "stream")),
        "resources": keys("of the whole device", counts, RESOURCES),
        "slices": _slices(),
        "slr": _regions(counts),
        "shell": _shell(),
        "clocks": named("clocks by name", _clock()),
        "links": named("links by name", _link()),
        "pins": named("ports by name", _pin()),
        "constraints": {
            "type": "array",
            "items": word("a line"),
            "description": "lines for the constraint file that are no pins",
        },
    }
    return keys("a board", properties, tuple(properties))


@cache
def published() -> Schema:
    """The schema of a board file as written, for editors: complete, or what differs from a base."""
    whole = build()
    base = word("another board whose keys hold where this file has none")
    either = [{"required": ["name", "base"]}, {"required": whole["required"]}]
    return {**whole, "properties": {**whole["properties"], "base": base}, "required": ["name"], "anyOf": either}
