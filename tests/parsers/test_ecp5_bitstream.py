from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.ecp5_bitstream import parse_ecp5_bitstream

HEAD = b"\xff\x00Part: LFE5U-25F-6CABGA381\x00\xff\xff\xff\xbd\xb3\xff\xff\xff\xff"


def test_part_size_and_compression() -> None:
    plain = parse_ecp5_bitstream(HEAD + b"\x3b\0\0\0" + bytes(60))
    assert (plain.part, plain.size_bytes, plain.compressed) == ("LFE5U-25F-6CABGA381", len(HEAD) + 64, False)
    packed = parse_ecp5_bitstream(
        HEAD + b"\x3b\0\0\0\xe2\0\0\0\x41\x11\x10\x43\x22\0\0\0\x40\0\0\x3b\x46\0\0\0\x02\0\0\0"
    )
    assert packed.compressed


def test_without_comment_the_part_is_unknown() -> None:
    assert parse_ecp5_bitstream(b"\xff\xff\xbd\xb3" + bytes(70)).part is None


@pytest.mark.parametrize("data", [b"", b"\x7fELF" + bytes(100)])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="not an ECP5 bitstream"):
        parse_ecp5_bitstream(data)
