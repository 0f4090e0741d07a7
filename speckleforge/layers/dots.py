"""What the shared dot products (`sf_dots_*`) are made of: bits and memories for the terms of a layer's `cost.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from speckleforge.layers.blocks import SHIFT_LEAST, Memory, shift_registers, soft, tree_bits, tree_shift_bits
from speckleforge.layers.rtl.arithmetic import dsp_chain

SHARED_PORTS = (8, 4, 2)  # look-ups that share a memory (sf_subset_sums)


@dataclass(frozen=True)
class Dots:
    """`lanes` vectors of `taps` operands with `outputs` vectors of weights.

    Attributes
    ----------
    arithmetic, group
        As in a folding: `mul`, `da` (tables of `group` weights) or `dsp2`.
    bits, weight_bits
        Of an operand and of a weight.
    columns, step
        Where all taps of a window are operands at once: taps in a row of it, and columns from a lane's window to the
        next one's. What windows have in common is held once. 0: operands that are chosen from several.
    """

    arithmetic: str
    group: int
    lanes: int
    outputs: int
    taps: int
    bits: int
    weight_bits: int
    columns: int = 0
    step: int = 0

    @property
    def products(self) -> int:
        """Products in one cycle."""
        return self.lanes * self.outputs * self.taps

    def blocks(self, family: str) -> int:
        """Multiplier blocks."""
        if self.arithmetic == "dsp2":
            return -(-self.lanes * self.outputs // 2) * self.taps
        if self.arithmetic == "da" or soft(self.bits, self.weight_bits, family):
            return 0
        return self.products

    def soft_bits(self, family: str) -> int:
        """Partial-product bits of multipliers made of LUTs."""
        whole = self.arithmetic == "mul" and soft(self.bits, self.weight_bits, family)
        return self.products * self.bits * self.weight_bits if whole else 0

    @property
    def positions(self) -> int:
        """Memories that weights are written to."""
        return self.outputs * (len(self._tables) if self.arithmetic == "da" else self.taps)

    @cached_property
    def add_bits(self) -> int:
        """Result bits of all adders that make sums of products."""
        sums = self.lanes * self.outputs
        if self.arithmetic == "da":
            return sums * (self.bits * tree_bits(len(self._tables), self._value_bits) + self._plane_bits)
        if self.arithmetic == "dsp2":
            chain = dsp_chain(self.taps, self.bits, self.weight_bits)
            return sums * tree_bits(-(-self.taps // chain), self._product_bits + (chain - 1).bit_length())
        return sums * tree_bits(self.taps, self._product_bits)

    @property
    def fill_bits(self) -> int:
        """Bits that make the entries of tables: an adder for each, and addresses that are chosen to write."""
        if self.arithmetic != "da":
            return 0
        shared = -(-self.lanes * self.bits // max(SHARED_PORTS)) if self._shares else 0
        return self.outputs * sum(map(self._entry_bits, self._tables)) + shared * sum(self._tables)

    @cached_property
    def register_bits(self) -> int:
        """Registers from the operands' own to the sums."""
        held = self.bits * self._held[0]
        if self.arithmetic == "da":
            values = self.outputs * sum(map(self._entry_bits, self._tables))
            return held + self.lanes * self.bits * values + self.add_bits + 2 * values
        weights = self.outputs * self.taps * self.weight_bits
        if self.arithmetic == "dsp2":
            waits = sum(cycles for cycles in self._waits if cycles < SHIFT_LEAST)
            return held + weights + self.add_bits + waits * self.outputs * self.weight_bits
        return held + weights + self.products * self._product_bits + self.add_bits

    def memories(self, banks: int, phases: int) -> Iterator[Memory]:
        """Weights of all phases and banks; tables; what waits in shift registers."""
        sums = self.lanes * self.outputs
        if self.arithmetic == "da":
            for inputs in self._tables:
                yield Memory(self.outputs, self.weight_bits, banks << (inputs - 1).bit_length())
                for ports, number in self._look_ups():
                    yield Memory(self.outputs * number, self._entry_bits(inputs), 1 << inputs, -1, ports)
            yield shift_registers(self.bits * self._held[1])
            return
        yield Memory(self.outputs * self.taps, self.weight_bits, phases * banks)
        if self.arithmetic == "dsp2":
            late = sum(cycles >= SHIFT_LEAST for cycles in self._waits)
            yield shift_registers(self.bits * self._held[1] + late * self.outputs * self.weight_bits)
        else:
            yield shift_registers(sums * tree_shift_bits(self.taps, self._product_bits))

    @property
    def waits(self) -> tuple[int, ...]:
        """Cycles that each tap waits for its unit of a cascade; 0 where all taps meet at once."""
        return self._waits if self.arithmetic == "dsp2" else (0,) * self.taps

    @property
    def _product_bits(self) -> int:
        return self.bits + self.weight_bits

    @property
    def _shares(self) -> bool:
        return self.group > 4

    @cached_property
    def _tables(self) -> tuple[int, ...]:
        """Weights of each table."""
        whole, rest = divmod(self.taps, self.group)
        return (self.group,) * whole + ((rest,) if rest else ())

    @cached_property
    def _late(self) -> tuple[tuple[int, int], ...]:
        """(weights, cycles) of each table that is looked up later: as many cycles as levels of the tree pass it on."""
        found, last = [], len(self._tables) - 1
        for number, inputs in enumerate(self._tables):
            cycles, index, end = 0, number, last
            while end:
                cycles += index == end and end % 2 == 0
                index, end = index // 2, end // 2
            found.append((inputs, cycles))
        return tuple(found)

    @cached_property
    def _held(self) -> tuple[int, int]:
        """Operands in registers, each counted for every cycle that it waits, and operands in shift registers."""
        if self.arithmetic == "mul":
            return self._places, 0
        waits = tuple(self._waits) if self.arithmetic == "dsp2" else self._table_waits
        return _held(waits, self.lanes, self.columns, self.step)

    @property
    def _places(self) -> int:
        """Operands of all windows, each once that several have in common."""
        if not self.columns:
            return self.lanes * self.taps
        rows, rest = divmod(self.taps, self.columns)
        widths = [self.columns] * rows + [rest] * (rest > 0)
        return sum(width + (self.lanes - 1) * min(self.step, width) for width in widths)

    @property
    def _table_waits(self) -> tuple[int, ...]:
        """Cycles that each tap waits for its table."""
        return tuple(cycles for inputs, cycles in self._late for _ in range(inputs))

    def _entry_bits(self, inputs: int) -> int:
        return self.weight_bits + (inputs - 1).bit_length()

    @property
    def _value_bits(self) -> int:
        return self._entry_bits(self.group)

    @property
    def _plane_bits(self) -> int:
        """Adders that join bit-planes of one sum, two neighbours at a time."""
        planes, total = [1] * self.bits, 0
        width = self.weight_bits + (self.taps - 1).bit_length()
        while len(planes) > 1:
            joined = []
            for low, high in zip(planes[::2], planes[1::2], strict=False):
                total += width + high
                joined.append(low + high)
            planes = joined + planes[2 * len(joined) :]
        return total

    def _look_ups(self) -> Iterator[tuple[int, int]]:
        """(ports, number) of the memories that one output's table takes."""
        left = self.lanes * self.bits
        for ports in SHARED_PORTS if self._shares else ():
            if left >= ports:
                yield ports, left // ports
                left %= ports
        if left:
            yield 1, left

    @cached_property
    def _waits(self) -> tuple[int, ...]:
        """Cycles that each tap waits for its unit of a cascade (sf_dots_dsp2)."""
        chain = dsp_chain(self.taps, self.bits, self.weight_bits)
        short = chain - (self.taps - 1) % chain - 1  # of the last cascade, which begins later
        last = (self.taps - 1) // chain
        return tuple(t % chain + (short if t // chain == last else 0) for t in range(self.taps))


@cache  # the same for all widths, and with a pool inside
def _held(waits: tuple[int, ...], lanes: int, columns: int, step: int) -> tuple[int, int]:
    """Operands in registers and in shift registers, of which each waits so many cycles; see `Dots`."""
    found: dict[tuple[int, int], list[int]] = {}
    for lane in range(lanes):
        for tap, cycles in enumerate(waits):
            row, column = divmod(tap, columns or len(waits))
            place = (row, column + lane * step) if columns else (lane, tap)
            found.setdefault(place, []).append(1 + cycles)
    # A row of registers from which several take what they need is no shift register. Where what windows have in
    # common is not known, the first register is taken for shared.
    first = 0 if columns else 1
    shifts = [len(times) == 1 and times[0] >= SHIFT_LEAST + first for times in found.values()]
    rows = zip(found.values(), shifts, strict=True)
    return sum(first if shift else max(times) for times, shift in rows), sum(shifts)
