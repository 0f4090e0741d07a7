"""Head of an ECP5 bitstream as ecppack writes it. Takes bytes; gives part, size and compression."""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_COMMENT = b"\xff\x00"
_PREAMBLE = b"\xff\xff\xbd\xb3"
_COMPRESSED_FRAMES = 0xB8  # LSC_PROG_INCR_CMP. Source: Lattice FPGA-TN-02039, ECP5 sysCONFIG, table of commands
_COMPRESSION_TABLE = 0x02  # LSC_WRITE_COMP_DIC


@dataclass(frozen=True)
class Ecp5Bitstream:
    """What the head says: part as in its comment (None without one), size in bytes, compression."""

    part: str | None
    size_bytes: int
    compressed: bool


def parse_ecp5_bitstream(data: bytes, where: str = "design.bit") -> Ecp5Bitstream:
    """Read the head of a bitstream.

    Raises
    ------
    FormatError
        The preamble is missing: it is no ECP5 bitstream.
    """
    start = data.find(_PREAMBLE, 0, 4096)
    if start < 0:
        raise FormatError(Problem("not an ECP5 bitstream: no preamble", where, got=data[:8].hex() or "an empty file"))
    comment = data[len(_COMMENT) : start].split(b"\x00\xff")[0] if data.startswith(_COMMENT) else b""
    texts = [text.decode("ascii", "replace") for text in comment.split(b"\x00")]
    parts = [text.removeprefix("Part: ") for text in texts if text.startswith("Part: ")]
    # The dictionary of a compressed stream comes among the first commands, each 4 bytes long after some padding.
    head = data[start + 4 : start + 64]
    compressed = bytes([_COMPRESSION_TABLE, 0, 0, 0]) in head or bytes([_COMPRESSED_FRAMES]) in head[:32]
    return Ecp5Bitstream(parts[0] if parts else None, len(data), compressed)
