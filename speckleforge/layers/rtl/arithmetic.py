"""Latencies of the dot products that kernels share: `sf_dots_<arithmetic>`."""

from __future__ import annotations

from speckleforge.layers.rtl import tree_stages

LOW_BITS = 18  # field of the lower product in a DSP's sum, sign included
CHAIN_MOST = 8  # longer cascades save adders, but cost delays of their operands


def dsp_chain(taps: int, bits: int, weight_bits: int) -> int:
    """Taps that one cascade of `sf_dots_dsp2` sums: the longest of its cascades.

    A product of an operand of `bits` (signed or not) and a weight is at most `2**(bits + weight_bits - 1)` in size, and
    the lower sum may not leave `LOW_BITS` signed bits. Cascades are then made about equally long.
    """
    most = min(CHAIN_MOST, 1 << (LOW_BITS - bits - weight_bits))
    chains = -(-taps // most)
    return -(-taps // chains)


def dots_stages(arithmetic: str, taps: int, bits: int, group: int, weight_bits: int) -> int:
    """Cycles from operands to sums of `sf_dots_<arithmetic>`.

    Parameters
    ----------
    arithmetic
        "mul": a register behind each product, then `sf_add_tree`.
        "dsp2": four registers in the first unit of a cascade, one more for each that follows, then `sf_add_tree`.
        "da": registers of addresses and of table entries, `sf_add_tree` over tables, one stage for each binary level of
        planes.
    taps, bits, weight_bits
        Products in a sum, bits of an operand, bits of a weight.
    group
        Weights of one table; 1 where there are no tables.
    """
    if arithmetic == "mul":
        return 1 + tree_stages(taps)
    if arithmetic == "dsp2":
        chain = dsp_chain(taps, bits, weight_bits)
        return 3 + chain + tree_stages(-(-taps // chain))
    if arithmetic == "da":
        return 2 + tree_stages(-(-taps // group)) + tree_stages(bits)
    raise ValueError(arithmetic)


def fill_cycles(group: int) -> int:
    """Cycles for which `sf_dots_da` makes its tables: an operand waits that many more."""
    return (1 << group) + 3
