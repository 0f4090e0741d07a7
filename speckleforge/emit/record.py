"""The result record: words and flags, as `sf_egress` joins them. Takes a number of slots; gives fields and a page."""

from __future__ import annotations

HEADER_WORDS = 4
FLAGS = {
    0: ("keep", "keep the frame"),
    1: ("accept", "the head accepted a prototype"),
    2: ("network_keep", "what the network decides, whatever the rest"),
    3: ("prescaled", "kept by the prescale"),
    4: ("bank", "weight bank used"),
    8: ("not_loaded", "kept: that bank held no checked image when the frame began"),
    9: ("tainted", "kept: a load wrote into that bank while the frame was in flight"),
    10: ("short", "kept: the frame ended early and was padded with zeros"),
    11: ("long", "kept: the frame did not end and was cut"),
    12: ("out_of_sync", "kept: the numbers are not those of this frame"),
    13: ("error", "kept: the link says that the frame is broken"),
}
SEQUENCE_LOW, SEQUENCE_BITS = 24, 7
FAIL_OPEN = ("not_loaded", "tainted", "short", "long", "out_of_sync", "error")


_DROPPED = """A frame that came while the core could not hold it whole has no record: it counts in DROPPED, and
is to be kept. Records have the order of their frames, by pulse id."""


def record_bits(slots: int) -> int:
    """Bits of a record."""
    return 32 * (HEADER_WORDS + slots)


def record_fields(slots: int) -> list[tuple[str, int, bool]]:
    """Name, bits and signedness of each field, lowest bits first."""
    head = [
        ("pulse_id", 32, False),
        ("image_id", 32, False),
        ("flags", 32, False),
        ("class", 16, True),
        ("slot", 16, True),
    ]
    return head + [(f"score_{n}", 32, True) for n in range(slots)]


def record_md(slots: int) -> str:
    """The page for people."""
    lines = ["# Result record", "", f"One record of {HEADER_WORDS + slots} words (32 bits, little-endian) a frame:", ""]
    lines += ["| bits | field | type |", "|---|---|---|"]
    low = 0
    for name, bits, signed in record_fields(slots):
        lines.append(f"| {low + bits - 1}:{low} | {name} | {'s' if signed else 'u'}{bits} |")
        low += bits
    lines += [
        "",
        "class -1: unknown; slot -1: none valid.",
        "",
        _DROPPED,
        "",
        "| flag | name | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| {bit} | {name} | {text} |" for bit, (name, text) in FLAGS.items()]
    top = SEQUENCE_LOW + SEQUENCE_BITS - 1
    return "\n".join([*lines, f"| {top}:{SEQUENCE_LOW} | sequence | number of the frame, modulo 128 |"]) + "\n"
