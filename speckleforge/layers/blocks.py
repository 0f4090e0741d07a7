"""What the shared blocks of the kernels are made of, in bits: adders, requantisers, FIFOs, memories.

Takes sizes; gives counts that a layer's `cost.py` puts into its terms. Memory rules are those of the tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import NamedTuple

SMALL_WORDS = 64  # sf_memory: up to so many words are distributed RAM
SMALL_LINES = 32  # sf_window: the same for its line buffer

# Width and depth of one block RAM. Source: yosys 0.70, `brams.txt` of each family.
ECP5_SHAPES = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
# The same, and the part of a RAMB36 that it takes.
ULTRASCALE_SHAPES = (
    (36, 512, 0.5), (18, 1024, 0.5), (9, 2048, 0.5), (4, 4096, 0.5), (2, 8192, 0.5), (1, 16384, 0.5),
    (72, 512, 1.0), (36, 1024, 1.0), (18, 2048, 1.0), (9, 4096, 1.0), (4, 8192, 1.0), (2, 16384, 1.0), (1, 32768, 1.0),
)  # fmt: skip


class Memory(NamedTuple):
    """`count` memories of `depth` words of `width` bits, each with one write and one read port.

    Up to `small` words it is distributed RAM; -1: always. A depth of 1 is a register.
    """

    count: int
    width: int
    depth: int
    small: int = SMALL_WORDS


@cache
def _lutram(width: int, depth: int, family: str) -> int:
    """LUTs of one distributed memory.

    Source: yosys 0.70, `lutrams.txt` of each family: ECP5 TRELLIS_DPR16X4 (16 words of 4 bits, 4 LUTs); UltraScale RAM32M16 (32
    words of 14 bits, 8 LUTs) and RAM64M8 (64 words of 7 bits, 8 LUTs).
    """
    if family == "ecp5":
        return 4 * ceil(width / 4) * ceil(depth / 16)
    if depth <= 32:
        return 8 * ceil(width / 14)
    return 8 * ceil(width / 7) * ceil(depth / 64)


@cache
def _blocks(width: int, depth: int, family: str) -> float:
    """Block RAMs of one memory, in halves on UltraScale."""
    if family == "ecp5":
        return min(ceil(width / w) * ceil(depth / d) for w, d in ECP5_SHAPES)
    return min(ceil(width / w) * ceil(depth / d) * part for w, d, part in ULTRASCALE_SHAPES)


def memory_cost(memories: Iterable[Memory], family: str) -> tuple[int, int]:
    """LUTs used as memory, and whole block RAMs, of all of them."""
    luts, rams = 0, 0.0
    for count, width, depth, small in memories:
        if depth > 1 and (small < 0 or depth <= small):
            luts += count * _lutram(width, depth, family)
        elif depth > 1:
            rams += count * _blocks(width, depth, family)
    return luts, ceil(rams)


def tree_bits(inputs: int, bits: int) -> int:
    """Result bits of all adders of a tree over `inputs` numbers of `bits` bits; a sum grows by one bit a level."""
    total = 0
    while inputs > 1:
        bits += 1
        total += bits * (inputs // 2)
        inputs = -(-inputs // 2)
    return total


def requantise_bits(acc_bits: int, shift_bits: int) -> int:
    """Shifter bits of one lane of `sf_requantise`: two bits of the shift a stage."""
    return -(-shift_bits // 2) * (acc_bits + 2)


def fifo(word_bits: int, depth: int) -> Memory:
    """The memory of an output FIFO with its `first`, `last` and tag."""
    return Memory(1, word_bits + 10, depth, -1)
