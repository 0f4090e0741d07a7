"""Heads of bitstream files, written here in Vivado's manner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.parsers.xilinx_bitstream import parse_xilinx_bitstream

SYNC = bytes.fromhex("ffffffffaa995566")
WORDS = st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)


def bit_file(design: str, part: str, data: bytes) -> bytes:
    head = bytes.fromhex("00090ff00ff00ff00ff0000001")
    for letter, text in ((b"a", design), (b"b", part), (b"c", "2024/05/06"), (b"d", "12:34:56")):
        head += letter + (len(text) + 1).to_bytes(2) + text.encode() + b"\0"
    return head + b"e" + len(data).to_bytes(4) + data


@given(WORDS, WORDS, st.binary(max_size=200))
def test_every_head_is_read(design: str, part: str, tail: bytes) -> None:
    found = parse_xilinx_bitstream(bit_file(design, part, SYNC + tail))
    assert (found.design, found.part, found.data) == (design, part, SYNC + tail)


@pytest.mark.parametrize(
    ("design", "compressed"),
    [
        ("sf_top;UserID=0XFFFFFFFF;Version=2023.2", False),
        ("sf_top;COMPRESS=TRUE;UserID=0XFFFFFFFF;Version=2023.2", True),
        ("sf_top;UserID=0XFFFFFFFF;COMPRESS=TRUE", True),
        ("COMPRESS;UserID=0XFFFFFFFF", False),
    ],
)
def test_compression_is_told(design: str, compressed: bool) -> None:
    assert parse_xilinx_bitstream(bit_file(design, "xcku040-ffva1156-2-e", SYNC)).compressed == compressed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a bitstream of Vivado"),
        (b"\xff\xff\xbd\xb3", "not a bitstream of Vivado"),
        (bit_file("a", "b", SYNC)[:-1], "a bitstream is cut"),
        (bit_file("a", "b", SYNC) + b"\0", "a bitstream is cut"),
        (bit_file("a", "b", bytes(100)), "without its synchronisation word"),
        (bit_file("a", "b", SYNC).replace(b"b\0\2b", b"x\0\2b"), "without field 'b'"),
        (bit_file("a", "b", SYNC)[:20], "without field"),
    ],
)
def test_what_is_no_bitstream_is_told(content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_xilinx_bitstream(content)
