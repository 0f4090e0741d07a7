"""The register map: one table, the source of the SystemVerilog decoder, the C header, the JSON and the page for people.

Takes a design; gives rows with a word address each. Never decides what a register does: that is hand-written RTL.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from speckleforge.ir.design import Design
from speckleforge.layers.head.op import RECORD

MAGIC = 0x52434653  # "SFCR", little-endian
INTERFACE_VERSION = 2
ADDRESS_BITS = 12
PAGE = 16  # registers that are decoded together
CONSTANT_BASE, LIVE_BASE, COUNTER_BASE, BANK_BASE = 0, 16, 32, 64


class Access(Enum):
    """What reading and writing do.

    `CONSTANT`: fixed by the design. `STATE`: read only. `SETTING`: read and write. `COMMAND`: write only, may hold the
    bus. `COUNTER`: read only, cleared by CONTROL. `BANK`: read only, of a weight bank; 0 where that holds no checked
    image.
    """

    CONSTANT = "constant"
    STATE = "state"
    SETTING = "setting"
    COMMAND = "command"
    COUNTER = "counter"
    BANK = "bank"


@dataclass(frozen=True)
class Bits:
    """Bits `high` to `low` of a register."""

    name: str
    high: int
    low: int
    text: str


@dataclass(frozen=True)
class Register:
    """A 32-bit register at a word address; `value` is that of a constant."""

    name: str
    address: int
    access: Access
    text: str
    bits: tuple[Bits, ...] = ()
    value: int = 0

    @property
    def upper(self) -> str:
        """The name as C writes it."""
        return self.name.upper()


LOAD_RESULTS = ("none yet", "good", "refused: another layout", "wrong CRC")

_STATUS = (
    Bits("busy", 0, 0, "a load is under way"),
    Bits("booting", 1, 1, "it comes from the boot memory; CONTROL and DATA wait for its end"),
    Bits("load_result", 6, 4, "how the last load ended: " + ", ".join(f"{i} {t}" for i, t in enumerate(LOAD_RESULTS))),
    Bits("loaded", 9, 8, "banks that hold a checked image, one bit each"),
    Bits("active", 12, 12, "bank of the next frame"),
    Bits("in_flight", 23, 16, "frames between the guard and their record"),
)
_CONTROL = (
    Bits("load", 0, 0, "begin a load through DATA"),
    Bits("load_boot", 1, 1, "begin a load from the boot memory"),
    Bits("activate", 2, 2, "make the bank active for the next frame; refused without a checked image"),
    Bits("clear", 3, 3, "clear all counters"),
    Bits("bank", 8, 8, "the bank meant"),
)
COUNTERS = (
    ("frames", "frames begun at the guard: all that come but for those dropped"),
    ("results", "records sent"),
    ("kept", "records with `keep`"),
    ("kept_fail_open", "kept because they cannot be trusted: not loaded, tainted, short, long, out of sync or broken"),
    ("prescaled", "kept by the prescale"),
    ("out_of_sync", "records that did not belong to the oldest frame in flight"),
    ("short", "frames that ended early; padded with zeros"),
    ("long", "frames that did not end; cut"),
    ("stray_words", "words outside any frame; dropped"),
    ("loads", "images loaded with the right CRC"),
    ("layout_errors", "images refused for another magic, layout or length"),
    ("crc_errors", "images with a wrong CRC"),
    ("commands_refused", "CONTROL commands for a bank that does not exist, or to activate one without an image"),
    ("errors", "frames that the link says are broken"),
    ("dropped", "frames that the core could not hold; dropped whole, without a record: they are to be kept"),
    ("saturated_input", "frames with an input element at full scale (signed: at either end of its range)"),
    ("saturated_embedding", "frames whose embedding, as the head takes it, has an element at an end of its range"),
)

_BANKS = (  # by the address of `sf_readback`
    ("image_crc_0", "CRC-32 of the image in bank 0, as it was loaded and checked"),
    ("image_crc_1", "CRC-32 of the image in bank 1, as it was loaded and checked"),
    ("threshold_0", "threshold of the veto in bank 0"),
    ("threshold_1", "threshold of the veto in bank 1"),
)


def register_map(design: Design) -> tuple[Register, ...]:
    """All registers of a design's core, by rising address."""
    rows = [*_identity(design), *_operation()]
    rows += [Register(n, COUNTER_BASE + i, Access.COUNTER, t) for i, (n, t) in enumerate(COUNTERS)]
    rows += [Register(n, BANK_BASE + i, Access.BANK, t) for i, (n, t) in enumerate(_BANKS)]
    return tuple(rows)


def _identity(design: Design) -> list[Register]:
    """What the core is: constants of the design, from address 0."""
    layout = design.layout
    slots = design.instances[-1].kernel.sink.channels - len(RECORD)
    values = (
        ("magic", MAGIC, "`SFCR`: this is a speckleforge core"),
        ("interface", INTERFACE_VERSION, "version of this register map and of the result record"),
        ("layout_id", layout.layout_id, "layout of the weight images that it takes"),
        ("design_id", int(design.design_id[:8], 16), "first 4 bytes of the design's digest"),
        ("frame_words", design.source.words, "words of a frame"),
        ("word_bits", design.source.word_bits, "bits of an input word"),
        ("slots", slots, "prototype slots; a result record has 4 + slots words"),
        ("banks", design.settings.banks, "weight banks"),
        ("image_bytes", layout.image_bytes, "bytes of a weight image, header and CRC included"),
    )
    return [Register(n, CONSTANT_BASE + i, Access.CONSTANT, t, value=v) for i, (n, v, t) in enumerate(values)]


def _operation() -> list[Register]:
    """What a host reads and writes."""
    return [
        Register("status", LIVE_BASE + 0, Access.STATE, "what goes on", _STATUS),
        Register("image_id_0", LIVE_BASE + 1, Access.STATE, "image in bank 0; 0 where it holds none"),
        Register("image_id_1", LIVE_BASE + 2, Access.STATE, "image in bank 1; 0 where it holds none"),
        Register("control", LIVE_BASE + 3, Access.COMMAND, "commands: write ones", _CONTROL),
        Register("data", LIVE_BASE + 4, Access.COMMAND, "the next 4 bytes of a weight image, lowest first"),
        Register(
            "prescale",
            LIVE_BASE + 5,
            Access.SETTING,
            "every so-manieth frame is kept whatever the network says; 0: none",
        ),
        Register("scratch", LIVE_BASE + 6, Access.SETTING, "holds what is written; for tests of the link"),
        Register("boot_address", LIVE_BASE + 7, Access.SETTING, "byte of the boot memory that BOOT_DATA writes"),
        Register("boot_data", LIVE_BASE + 8, Access.COMMAND, "writes bits 7:0 to the boot memory at BOOT_ADDRESS"),
    ]
