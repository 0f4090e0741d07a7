"""How much of a weight image one turn of the HLS block takes. Takes a design; gives bytes.

A turn lets a frame through and reads a byte a cycle beside it, so a load need not slow frames: it may take half of a
frame's interval. What it reads waits in a FIFO at each layer for the next turn. In a turn of `service` no frame waits.
"""

from __future__ import annotations

from speckleforge.ir.design import Design

LEAST, MOST = 16, 512  # a FIFO of 512 messages is one block RAM
SERVICE = 4096
# That a turn waits for a frame. One that comes just behind an empty turn waits for it; so there are few.
IDLE_CYCLES = 1 << 16


def turn_bytes(design: Design) -> int:
    """Bytes beside a frame: half of its interval, as a power of two."""
    interval = max(item.kernel.interval_cycles for item in design.instances)
    return min(max(1 << (interval // 2).bit_length() - 1, LEAST), MOST) if interval > 1 else LEAST


def service_bytes(design: Design) -> int:
    """Bytes in a turn of `service`."""
    return max(SERVICE, turn_bytes(design))
