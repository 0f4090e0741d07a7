"""What the shared blocks of the kernels are made of, in bits: adders, requantisers, FIFOs, memories.

Takes sizes; gives counts that a layer's `cost.py` puts into its terms. Memory rules are those of the tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import NamedTuple

from speckleforge.ir.stream import StreamType

SMALL_WORDS = 64  # sf_memory: up to so many words are distributed RAM
BLOCK = -2  # for Memory.small
BYTE_BITS = 9  # of block RAM, with a write enable
SMALL_LINES = 32  # sf_window: the same for its line buffer

# Width, depth and how many of the family's block RAMs it is. Source: Lattice FPGA-DS-02012 (DP16KD); AMD UG573 (RAMB18,
# RAMB36).
BLOCKS = {
    "ecp5": ((36, 512, 1.0), (18, 1024, 1.0), (9, 2048, 1.0), (4, 4096, 1.0), (2, 8192, 1.0), (1, 16384, 1.0)),
    "ultrascale": (
        (36, 512, 0.5), (18, 1024, 0.5), (9, 2048, 0.5), (4, 4096, 0.5), (2, 8192, 0.5), (1, 16384, 0.5),
        (72, 512, 1.0), (36, 1024, 1.0), (18, 2048, 1.0), (9, 4096, 1.0), (4, 8192, 1.0), (2, 16384, 1.0),
        (1, 32768, 1.0),
    ),
}  # fmt: skip
# Width, depth, LUTs and yosys' price of one distributed memory. Source: yosys 0.70, lattice/lutrams_trellis.txt,
# xilinx/lutrams_xcu.txt (UltraScale primitives are priced by the width in use); LUTs with those of the write port.
DISTRIBUTED = {"ecp5": ((4, 16, 6, 4.0),), "ultrascale": ((14, 32, 8, 16.0), (7, 64, 8, 16.0))}
# A distributed memory of 32 words with several ports: LUTs, and bits that it gives in all. Source: yosys 0.70,
# xilinx/lutrams_xcu.txt.
SHARED_LUTS, SHARED_BITS = 8, 16
# yosys' price of a whole block RAM: it takes what is cheaper. Source: yosys 0.70, found by trials (ecp5: 116 to 127
# tell the block RAMs of 99 of 103 kernels, and no other price tells more).
BLOCK_PRICE = {"ecp5": 124.0, "ultrascale": 258.0}
MUX_PRICE = 0.5  # for each bit of each row beyond the first. Source: found by trials
SHIFT_LEAST = 3  # registers in a row of which yosys makes a shift register of LUTs on UltraScale
SOFT_BITS = 9  # UltraScale: products of fewer bits are made of LUTs. Source: yosys 0.70, synth_xilinx, DSP_Y_MINWIDTH


class Memory(NamedTuple):
    """`number` memories of `depth` words of `width` bits, each with one write and one read port.

    Up to `small` words it is distributed RAM, beyond what the tool finds cheaper; -1: always distributed. A depth of 1
    is a register. With 2, 4 or 8 `ports` it is read at so many addresses, at one of which it is written: a distributed
    memory of up to 32 words. With 0 it is a shift register: on UltraScale a LUT a bit, elsewhere registers.
    """

    number: int
    width: int
    depth: int
    small: int = SMALL_WORDS
    ports: int = 1

    def times(self, number: int) -> Memory:
        """So many times as many."""
        return self._replace(number=self.number * number)


class MemoryCost(NamedTuple):
    """What memories take: LUTs used as memory, whole block RAMs, bits of multiplexers between rows of each."""

    lutram: int
    bram: int
    mux_bits: int
    row_bits: int = 0


@cache
def _one(width: int, depth: int, small: int, family: str, ports: int = 1) -> tuple[int, float, int]:
    """LUTs, block RAMs and multiplexed bits of one memory."""
    if ports == 0:
        return width if family == "ultrascale" else 0, 0.0, 0
    if ports > 1 and family == "ultrascale":
        return SHARED_LUTS * ceil(width * ports / SHARED_BITS), 0.0, 0
    if ports > 1:
        return ports * _one(width, depth, small, family)[0], 0.0, 0
    if depth <= 1:
        return 0, 0.0, 0
    scaled = family == "ultrascale"
    choices = []
    for w, d, luts, dear in DISTRIBUTED[family]:
        rows, columns = ceil(depth / d), ceil(width / w)
        price = rows * dear * (width / w if scaled else columns) + MUX_PRICE * width * (rows - 1)
        choices.append((price, rows * columns * luts, width * (rows - 1)))
    cheap, luts, mux_bits = min(choices)
    rams = min(ceil(width / w) * ceil(depth / d) * part for w, d, part in BLOCKS[family])
    if small == -1 or depth <= small or (small != BLOCK and cheap <= rams * BLOCK_PRICE[family]):
        return luts, 0.0, mux_bits
    return 0, rams, 0


def weights(elements: int, bits: int, depth: int) -> Memory:
    """The memories of `sf_weights`: elements with a write enable each, side by side in block RAM where it is deep."""
    if depth <= SMALL_WORDS:
        return Memory(elements, bits, depth, -1)
    together = max(1, (4 if depth <= 512 else 2 if depth <= 1024 else 1) // ceil(bits / BYTE_BITS))
    width = together * ceil(bits / BYTE_BITS) * BYTE_BITS if together > 1 else bits
    return Memory(ceil(elements / together), width, depth, BLOCK)


def memory_cost(memories: Iterable[Memory], family: str) -> MemoryCost:
    """What all of them take."""
    luts, rams, mux_bits, rows = 0, 0.0, 0, 0
    for memory in memories:
        count, width, depth, small, ports = memory
        one = _one(width, depth, small, family, ports)
        luts, rams, mux_bits = luts + count * one[0], rams + count * one[1], mux_bits + count * one[2]
        rows += row_bits(memory, family) if one[1] else 0
    return MemoryCost(luts, ceil(rams), mux_bits, rows)


def row_bits(memory: Memory, family: str) -> int:
    """Bits of multiplexers between rows of block RAM, where a memory is deeper than the blocks that hold it best."""
    if not _one(memory.width, memory.depth, memory.small, family)[1]:
        return 0
    shapes = [(ceil(memory.width / w) * (rows := ceil(memory.depth / d)) * part, rows) for w, d, part in BLOCKS[family]]
    return memory.number * memory.width * (min(shapes)[1] - 1)


def soft(bits_a: int, bits_b: int, family: str) -> bool:
    """True if a product of these widths is made of LUTs instead of a multiplier block."""
    return family == "ultrascale" and bits_a + bits_b < SOFT_BITS


def soft_bits(products: int, bits_a: int, bits_b: int, family: str) -> int:
    """Partial-product bits of `products` multipliers made of LUTs; 0 where they are multiplier blocks."""
    return products * bits_a * bits_b if soft(bits_a, bits_b, family) else 0


def tree_bits(inputs: int, bits: int) -> int:
    """Result bits of all adders of a tree over `inputs` numbers of `bits` bits; a sum grows by one bit a level."""
    total = 0
    while inputs > 1:
        bits += 1
        total += bits * (inputs // 2)
        inputs = -(-inputs // 2)
    return total


def tree_shift_bits(inputs: int, bits: int) -> int:
    """Bits of numbers that wait in shift registers for their adder in a tree, where yosys makes one of LUTs of them.

    The last number of an odd count goes through a level as it is. Its own register is the first of the row.
    """
    total, waits = 0, 1
    while inputs > 1:
        if inputs % 2:
            waits += 1
        else:
            total += bits if waits >= SHIFT_LEAST else 0
            waits, bits = 1, bits + waits
        inputs = -(-inputs // 2)
    return total


def travel_bits(groups: int, folds: int, banks: int) -> int:
    """Bits of what travels with a word through a convolution: tag, flags, group of channels, fold of taps."""
    return 9 + (2 if banks > 1 else 1) + 2 * (groups - 1).bit_length() + (2 if folds > 1 else 0)


def shift_registers(bits: int) -> Memory:
    """So many bits that wait for `SHIFT_LEAST` cycles or more."""
    return Memory(1, bits, 0, -1, 0)


def requantise_bits(acc_bits: int, shift_bits: int) -> int:
    """Shifter bits of one lane of `sf_requantise`: two bits of the shift a stage."""
    return -(-shift_bits // 2) * (acc_bits + 2)


def pixel_counter_bits(stream: StreamType) -> int:
    """Bits of the counters of `sf_pixels`: columns, lanes, and the addresses of loading, writing and reading."""
    return (stream.width - 1).bit_length() + (stream.lanes - 1).bit_length() + 3 * (stream.words - 1).bit_length()


def fifo(word_bits: int, depth: int) -> Memory:
    """The memory of an output FIFO with its `first`, `last` and tag; the tool takes block RAM where it is long."""
    return Memory(1, word_bits + 10, depth, 0)
