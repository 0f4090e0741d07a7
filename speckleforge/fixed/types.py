"""Integer types of the hardware: `u4`, `s8`. Importable without numpy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem, RangeError

MAX_BITS = 63  # so that every value, and every accumulator, is exact in int64


@dataclass(frozen=True, order=True)
class IntType:
    """Integers of `bits` bits, two's complement where `signed`.

    Raises
    ------
    DesignError
        If `bits` is not in 1..63 (2..63 where signed).
    """

    bits: int
    signed: bool

    def __post_init__(self) -> None:
        lowest = 2 if self.signed else 1
        if not lowest <= self.bits <= MAX_BITS:
            raise DesignError(
                Problem("no such integer type", got=f"{self.bits} bits", allowed=f"{lowest} to {MAX_BITS} bits")
            )

    def __str__(self) -> str:
        return f"{'s' if self.signed else 'u'}{self.bits}"

    @property
    def min(self) -> int:
        """Smallest value."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def max(self) -> int:
        """Largest value."""
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    @property
    def magnitude(self) -> int:
        """Largest absolute value: 128 for s8, 15 for u4."""
        return max(self.max, -self.min)

    @property
    def bytes(self) -> int:
        """Bytes that one element takes in a weight image."""
        return -(-self.bits // 8)

    @property
    def numpy(self) -> str:
        """Name of the smallest numpy integer type that holds all values."""
        width = next(width for width in (8, 16, 32, 64) if self.bits <= width)
        return f"{'int' if self.signed else 'uint'}{width}"

    def check(self, low: int, high: int, where: str) -> None:
        """Refuse a set of values whose smallest is `low` and largest is `high`.

        Raises
        ------
        RangeError
            If either lies outside the type's range.
        """
        if low < self.min or high > self.max:
            raise RangeError(Problem("value out of range", where, f"{low}..{high}", f"{self} ({self.min}..{self.max})"))


def parse_int_type(text: str) -> IntType:
    """Parse `u8` or `s17`.

    Raises
    ------
    DesignError
        If `text` is not such a type.
    """
    match = re.fullmatch(r"([us])(\d{1,2})", text)
    if not match:
        raise DesignError(Problem("not an integer type", got=text, allowed="u1..u63 or s2..s63"))
    return IntType(int(match[2]), match[1] == "s")


def unsigned(bits: int) -> IntType:
    """The unsigned type of `bits` bits."""
    return IntType(bits, False)


def signed(bits: int) -> IntType:
    """The two's complement type of `bits` bits."""
    return IntType(bits, True)


def bits_for(magnitude: int, *, is_signed: bool = True) -> int:
    """Fewest bits that hold every integer in [-magnitude, magnitude] (or [0, magnitude] where not signed)."""
    return max(magnitude.bit_length(), 1) + (1 if is_signed else 0)
