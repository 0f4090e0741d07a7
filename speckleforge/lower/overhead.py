"""What a design takes besides its kernels: frame buffer, guard, loader, registers, boot image, perhaps a link."""

from __future__ import annotations

from pathlib import Path

from speckleforge.ir.core import INGRESS_FRAMES, buffered, ingress_words
from speckleforge.ir.design import NO_BOOT_BYTES
from speckleforge.ir.layout import layout_of
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.ir.topology import Topology
from speckleforge.layers.blocks import Memory, memory_cost, row_bits
from speckleforge.layers.fitted import Fit, load, predict
from speckleforge.lower.request import Board

READS = ("data/core.json",)
DATA = Path(__file__).parent / "data"
MARKS = 3  # first, last and error of a word in the frame buffer
QUEUE_WORDS = 8  # behind its memory
ID_BITS = 40  # pulse id and destination
# Number, width and depth of the core's small memories. Source: sf_counters (two read ports), sf_frames, sf_readback.
SMALL = ((2, 32, 32), (1, 41, 16), (1, 3, 16), (1, 32, 4))


def core_fit(family: str) -> Fit:
    """Coefficients of the core's overhead."""
    return load(DATA / "core.json", family)


def terms(
    topology: Topology, interface: str, source: StreamType, found: list[Memory], family: str
) -> dict[str, dict[str, float]]:
    """Segments of the weight image, words of a record, bits of an input word, rows of block RAM, the fixed parts."""
    common = {
        "core": 1.0,
        "segments": float(len(layout_of(topology).segments)),
        "input_bits": float(source.word_bits),
        "uart": float(not buffered(interface)),
    }
    rows = float(sum(row_bits(memory, family) for memory in found))
    return {
        "logic": common | {"row_bits": rows},
        "ff": common | {"record_words": float(topology.nodes[-1].out.size)},
    }


def memories(
    topology: Topology, interface: str, source: StreamType, *, boot: bool = True, hold_frames: int = 0
) -> list[Memory]:
    """Boot image, what is known of frames and banks, counters, and the frame buffer.

    With a serial link the frame buffer holds a frame and a tail of the one before, 2**n words; requests have one too.
    """
    image, frames = large_memories(topology, interface, source, boot=boot, hold_frames=hold_frames).values()
    found = [image, *(Memory(*sizes, -1) for sizes in SMALL), frames]
    if buffered(interface):
        return [*found, Memory(1, source.word_bits + MARKS, QUEUE_WORDS, -1), Memory(1, ID_BITS, 16, -1)]
    return [*found, Memory(1, 32, 64, -1)]


def large_memories(
    topology: Topology, interface: str, source: StreamType, *, boot: bool = True, hold_frames: int = 0
) -> dict[str, Memory]:
    """What may be block RAM, by its name for people: the boot image, or a placeholder for it, and the frame buffer."""
    image = Memory(1, 8, layout_of(topology).image_bytes if boot else NO_BOOT_BYTES, 0)
    if buffered(interface):
        frames = Memory(1, source.word_bits + MARKS, ingress_words(source, hold_frames), 0)
        return {"boot image": image, f"buffer of {INGRESS_FRAMES + hold_frames} frames": frames}
    words = source.words + source.words // 8
    return {"boot image": image, "frame buffer": Memory(1, source.word_bits + 1, 1 << max(9, words.bit_length()), 0)}


def overhead(topology: Topology, board: Board, source: StreamType, *, boot: bool, hold_frames: int = 0) -> Resources:
    """Predicted resources of everything but the kernels, for the stream that enters the first one.

    `boot`: the weight image has a copy in block RAM. `hold_frames`: as for `ir.core.ingress_words`.
    """
    found = memories(topology, board.interface, source, boot=boot, hold_frames=hold_frames)
    memory = memory_cost(found, board.family)
    counted = terms(topology, board.interface, source, found, board.family)
    return predict(core_fit(board.family), counted, memory)
