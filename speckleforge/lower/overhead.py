"""What a design takes besides its kernels: guard, loader, registers, boot image, and a serial link if it has one."""

from __future__ import annotations

from pathlib import Path

from speckleforge.ir.design import NO_BOOT_BYTES
from speckleforge.ir.layout import layout_of
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.ir.topology import Topology
from speckleforge.layers.blocks import Memory, memory_cost
from speckleforge.layers.fitted import Fit, load, predict
from speckleforge.lower.request import Board

READS = ("data/core.json",)
DATA = Path(__file__).parent / "data"


def core_fit(family: str) -> Fit:
    """Coefficients of the core's overhead."""
    return load(DATA / "core.json", family)


def terms(topology: Topology, interface: str) -> dict[str, dict[str, float]]:
    """Segments of the weight image, prototype slots, and the fixed parts."""
    segments, slots = len(layout_of(topology).segments), topology.nodes[-1].out.size
    counted = {
        "core": 1.0,
        "segments": float(segments),
        "record_words": float(slots),
        "uart": float(interface == "uart"),
    }
    return {"logic": counted, "ff": counted}


def memories(topology: Topology, interface: str, source: StreamType, *, boot: bool = True) -> list[Memory]:
    """Boot image; with a serial link the frame buffer: a frame and a tail of the one before, 2**n words."""
    found = [Memory(1, 8, layout_of(topology).image_bytes if boot else NO_BOOT_BYTES, 0)]
    if interface == "uart":
        words = source.words + source.words // 8
        found.append(Memory(1, source.word_bits + 1, 1 << max(9, words.bit_length()), 0))
    return found


def overhead(topology: Topology, board: Board, source: StreamType, *, boot: bool) -> Resources:
    """Predicted resources of everything but the kernels, for the stream that enters the first one.

    `boot`: the weight image has a copy in block RAM.
    """
    memory = memory_cost(memories(topology, board.interface, source, boot=boot), board.family)
    return predict(core_fit(board.family), terms(topology, board.interface), memory)
