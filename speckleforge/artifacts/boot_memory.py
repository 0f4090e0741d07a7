"""The boot memory's placeholder: what `sf_boot` holds in a placed design before weights are patched in.

Takes a size; gives bytes. Emitters write them into the memory's initialisation file, the patcher finds and checks them.
The bytes look random, so that synthesis can simplify nothing, and begin with their own length, so that the patcher
needs no other source. Finding all of them where they belong proves, for this very build, how the memory was mapped.
"""

from __future__ import annotations

import hashlib
import struct

MAGIC = b"SFPH"
HEADER_BYTES = 8  # magic, then the memory's size in bytes (u32, little-endian)


def placeholder(size: int) -> bytes:
    """Placeholder for a memory of `size` bytes (at least 8)."""
    blocks = (hashlib.sha256(MAGIC + struct.pack("<I", index)).digest() for index in range(size // 32 + 1))
    return (MAGIC + struct.pack("<I", size) + b"".join(blocks))[:size]


def placeholder_size(start: bytes) -> int | None:
    """Size in bytes that a placeholder's first 8 bytes tell; None if they are no placeholder."""
    if len(start) < HEADER_BYTES or start[:4] != MAGIC:
        return None
    return int(struct.unpack("<I", start[4:8])[0])


def readmemh_text(content: bytes) -> str:
    """`content` for `$readmemh`: one byte per line, address 0 first."""
    return "".join(f"{value:02x}\n" for value in content)
