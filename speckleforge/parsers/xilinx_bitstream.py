"""Bitstream files (BIT) as Vivado writes them. Takes bytes; gives design, part, compression and the data.

The head is a list of fields, each a letter and a length; it holds a date, so two files with equal data may differ.
Source: magic of `file` (xilinx); trabucayre/openFPGALoader, src/bitparser.cpp; heads of Vivado 2016.2 to 2024.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_MAGIC = bytes.fromhex("0ff00ff00ff00ff000")
_TEXTS = "abcd"  # design, part, date, time
_DATA = ord("e")
_SYNC = bytes.fromhex("aa995566")  # Source: UG570, Sync Word


@dataclass(frozen=True)
class XilinxBitstream:
    """What the head says, and the data.

    Attributes
    ----------
    design
        The top, and behind semicolons what the tool adds: `sf_top;UserID=0XFFFFFFFF;Version=2023.2`.
    part
        As Vivado spells it: `xcku040-ffva1156-2-e`.
    data
        What is loaded into the device, without the head.
    """

    design: str
    part: str
    data: bytes

    @property
    def compressed(self) -> bool:
        """True where the head says so: then the size depends on the contents."""
        return "COMPRESS=TRUE" in self.design.upper().split(";")


def parse_xilinx_bitstream(content: bytes, where: str = "design.bit") -> XilinxBitstream:
    """Read a file.

    Raises
    ------
    FormatError
        It has no such head, is cut, or holds no synchronisation word.
    """
    start = 2 + int.from_bytes(content[:2])
    if content[2:start] != _MAGIC or content[start : start + 2] != b"\0\1":
        raise FormatError(Problem("not a bitstream of Vivado", where, got=content[:8].hex() or "an empty file"))
    fields, at = {}, start + 2
    for letter in _TEXTS:
        fields[letter], at = _text(content, at, letter, where)
    size = int.from_bytes(content[at + 1 : at + 5])
    data = content[at + 5 :]
    if content[at : at + 1] != bytes([_DATA]) or len(data) != size:
        raise FormatError(Problem("a bitstream is cut", where, f"{len(data)} bytes of data", f"{size}"))
    if _SYNC not in data[:4096]:
        raise FormatError(Problem("a bitstream without its synchronisation word", where))
    return XilinxBitstream(fields["a"], fields["b"], data)


def _text(content: bytes, at: int, letter: str, where: str) -> tuple[str, int]:
    """The text of a field, without the zero that ends it, and where the next field begins."""
    size = int.from_bytes(content[at + 1 : at + 3])
    end = at + 3 + size
    if content[at : at + 1] != letter.encode() or end > len(content):
        raise FormatError(Problem(f"a bitstream without field '{letter}' in its head", where))
    return content[at + 3 : end].rstrip(b"\0").decode("ascii", "replace"), end
