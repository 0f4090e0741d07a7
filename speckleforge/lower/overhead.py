"""What a design takes besides its kernels: guard, loader, registers, boot image, and on a board with a serial link the link."""

from __future__ import annotations

from pathlib import Path

from speckleforge.ir.layout import layout_of
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.ir.topology import Topology
from speckleforge.layers.blocks import Memory, memory_cost
from speckleforge.layers.fitted import Fit, load, predict
from speckleforge.lower.request import Board

READS = ("data/core.json",)
DATA = Path(__file__).parent / "data"
FRAMES_HELD = 2  # sf_frame_buffer: at least so many frames, in a power of two of words


def core_fit(family: str) -> Fit:
    """Coefficients of the core's overhead."""
    return load(DATA / "core.json", family)


def terms(topology: Topology, interface: str) -> dict[str, dict[str, float]]:
    """Segments of the weight image, prototype slots, and the fixed parts."""
    segments, slots = len(layout_of(topology).segments), topology.nodes[-1].out.size
    counted = {"core": 1.0, "segments": float(segments), "record_words": float(slots), "uart": float(interface == "uart")}
    return {"logic": counted, "ff": counted}


def overhead(topology: Topology, board: Board, source: StreamType) -> Resources:
    """Predicted resources of everything but the kernels, for the stream that enters the first one."""
    memories = [Memory(1, 8, layout_of(topology).image_bytes, 0)]
    if board.interface == "uart":
        memories.append(Memory(1, source.word_bits + 1, 1 << (FRAMES_HELD * source.words - 1).bit_length(), 0))
    luts, rams = memory_cost(memories, board.family)
    return predict(core_fit(board.family), terms(topology, board.interface), lutram=luts, bram=rams)
