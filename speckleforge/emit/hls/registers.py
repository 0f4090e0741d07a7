"""The HLS block's AXI4-Lite registers: one table, the source of its C++ ports, the C header and the page for people.

Offsets are fixed by pragmas, so that a tool's version cannot move them. Where the SystemVerilog core has a register of
the same name, bits and meaning are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from speckleforge.emit.hls.turn import IDLE_CYCLES
from speckleforge.emit.registers import COUNTERS, LOAD_RESULTS, MAGIC, Bits
from speckleforge.ir.design import Design
from speckleforge.layers.head.op import RECORD

INTERFACE = 1  # raise when a port or a register changes
FIRST, STEP = 0x40, 0x10  # bytes; below lie the control words that the tool makes
COUNTED = (  # by the egress; the block holds back what it cannot take, so it drops nothing
    ("frames", "frames that came"),
    ("kept", "records with `keep`"),
    ("kept_fail_open", "kept because they cannot be trusted: not loaded, short, long or broken"),
    ("prescaled", "kept by the prescale"),
    ("short", "frames that ended early; padded with zeros"),
    ("long", "frames that did not end; cut"),
    ("errors", "frames that the link says are broken"),
)
LOADED = ("loads", "layout_errors", "crc_errors")  # by the loader


@dataclass(frozen=True)
class HlsRegister:
    """A 32-bit argument of the top function.

    Attributes
    ----------
    writable
        A setting of the host; else the block gives it.
    process
        Which part of the block knows it: `identity`, `load`, `egress`; empty for a setting.
    """

    name: str
    text: str
    offset: int = 0
    writable: bool = False
    process: str = ""
    value: int = 0
    bits: tuple[Bits, ...] = ()

    @property
    def port(self) -> str:
        """The argument's name: `interface` is a word of SystemVerilog, `short` one of C++."""
        if self.name in (*dict(COUNTED), *LOADED):
            return f"count_{self.name}"
        return "interface_version" if self.name == "interface" else self.name

    @property
    def upper(self) -> str:
        """The name as C writes it."""
        return self.name.upper()


CONTROL = (
    Bits("sequence", 7, 0, "another number than the last load's begins a load from IMAGE; 0 begins none, ends one"),
    Bits("bank", 8, 8, "the bank that it fills"),
    Bits("active", 9, 9, "the bank of the frames that come"),
    Bits("service", 16, 16, "1: turns that take no frame, for a fast load while none come"),
)
STATUS = (
    Bits("busy", 0, 0, "a load is under way"),
    Bits("load_result", 6, 4, "how the last load ended: " + ", ".join(f"{i} {t}" for i, t in enumerate(LOAD_RESULTS))),
    Bits("loaded", 9, 8, "banks that hold a checked image, one bit each"),
    Bits("active", 12, 12, "bank of the last turn"),
)


def hls_registers(design: Design) -> tuple[HlsRegister, ...]:
    """All of them, by rising offset; IMAGE, the memory for a weight image, lies behind."""
    texts = dict(COUNTERS)
    rows = [
        HlsRegister("control", "settings and commands", writable=True, bits=CONTROL),
        HlsRegister("prescale", "every so-manieth frame is kept whatever the network says; 0: none", writable=True),
        *(HlsRegister(name, text, process="identity", value=value) for name, value, text in _identity(design)),
        HlsRegister("status", "what went on when the last turn began", process="load", bits=STATUS),
        HlsRegister("image_id_0", "image in bank 0; 0 where it holds none", process="load"),
        HlsRegister("image_id_1", "image in bank 1; 0 where it holds none", process="load"),
        *(HlsRegister(name, texts[name], process="load") for name in LOADED),
        *(HlsRegister(name, text, process="egress") for name, text in COUNTED),
    ]
    return tuple(replace(row, offset=FIRST + STEP * index) for index, row in enumerate(rows))


def _identity(design: Design) -> list[tuple[str, int, str]]:
    """What the block is: name, value, meaning."""
    slots = design.instances[-1].kernel.sink.channels - len(RECORD)
    return [
        ("magic", MAGIC, "`SFCR`: this is a speckleforge network"),
        ("interface", INTERFACE, "version of this register map"),
        ("layout_id", design.layout.layout_id, "layout of the weight images that it takes: the id of the topology"),
        ("design_id", int(design.design_id[:8], 16), "first 4 bytes of the design's digest"),
        ("frame_words", design.source.words, "words of a frame, the header's beat not counted"),
        ("word_bits", design.source.word_bits, "bits of an input word"),
        ("slots", slots, "prototype slots; a record has 4 + slots beats"),
        ("banks", design.settings.banks, "weight banks"),
        ("image_bytes", design.layout.image_bytes, "bytes of a weight image, header and CRC included"),
    ]


def image_words(design: Design) -> int:
    """32-bit words of a weight image."""
    return -(-design.layout.image_bytes // 4)


def image_offset(design: Design) -> int:
    """Byte address of IMAGE: a multiple of the memory's size, rounded up to a power of two, as the tool decodes it."""
    size = 1 << (4 * image_words(design) - 1).bit_length()
    return max(size, 1 << (FIRST + STEP * len(hls_registers(design)) - 1).bit_length())


def header(design: Design, banner: str) -> str:
    """`sf_hls_registers.h` for a host."""
    lines = [banner.rstrip(), "#ifndef SF_HLS_REGISTERS_H", "#define SF_HLS_REGISTERS_H", ""]
    lines += ["/* Byte addresses in the block's AXI4-Lite window. */", "#define SF_HLS_AP_CTRL 0x0000"]
    for row in hls_registers(design):
        lines.append(f"#define SF_HLS_{row.upper} 0x{row.offset:04x} /* {row.text} */")
        lines += [
            f"#define SF_HLS_{row.upper}_{b.name.upper()}_SHIFT {b.low} /* {b.high}:{b.low} {b.text} */"
            for b in row.bits
        ]
    lines += [f"#define SF_HLS_IMAGE 0x{image_offset(design):x} /* {image_words(design)} words of a weight image */"]
    return "\n".join([*lines, "", "#endif"]) + "\n"


def page(design: Design, banner: str) -> str:
    """`registers.md` for people."""
    lines = [*(f"    {line}" for line in banner.splitlines()), "", "# Registers of the HLS block", ""]
    lines += [
        "AXI4-Lite, 32 bits, byte addresses. The word at 0 is the tool's own: start (0), done (1), idle (2),",
        "ready (3), continue (4, with Vitis HLS), auto-restart (7). To run it, write 0x81 once; done and ready then",
        "need not move: look at FRAMES. Each value that the block gives is followed by a word whose bit 0 says that it",
        "is new. All of them, MAGIC and LAYOUT_ID too, are 0 until a first turn is through; one to which no frame",
        f"comes ends by itself after {IDLE_CYCLES:,} cycles.",
        "",
    ]
    lines += ["| address | name | access | meaning |", "|---|---|---|---|"]
    for row in hls_registers(design):
        value = f" (0x{row.value:08x})" if row.process == "identity" else ""
        lines.append(f"| 0x{row.offset:04x} | {row.upper} | {'rw' if row.writable else 'r'} | {row.text}{value} |")
        lines += [f"| | {b.high}:{b.low} {b.name} | | {b.text} |" for b in row.bits]
    size = image_words(design)
    lines.append(f"| 0x{image_offset(design):x} | IMAGE | w | {size} words: a weight image, lowest byte first |")
    return "\n".join(lines) + "\n"
