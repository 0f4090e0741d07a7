"""Ports of an HLS IP, as data: what the wrapper for a firmware tree must know of each. Frozen, checked when made."""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem
from speckleforge.synth.amd import names

MOST_DATA_BITS = 1024  # Source: surf, AxiStreamPkg, AXI_STREAM_MAX_TDATA_WIDTH_C
SSI_USER_BITS = 2  # Source: surf, SsiPkg: start of frame and end-of-frame error


@dataclass(frozen=True)
class StreamPort:
    """An AXI4-Stream of the IP.

    Attributes
    ----------
    name
        Of the port: HLS calls its wires `<name>_TDATA` and so on.
    direction
        `in` or `out`, seen from the IP.
    keep, strobe, last
        Whether it has TKEEP, TSTRB, TLAST.
    user_bits
        Of TUSER. Two are SSI's: bit 1 start of frame with the first byte, bit 0 end-of-frame error with the last; other
        counts are the lowest bits of the record's.
    """

    name: str
    direction: str
    data_bits: int
    keep: bool = True
    strobe: bool = True
    last: bool = True
    user_bits: int = 0
    id_bits: int = 0
    dest_bits: int = 0

    def __post_init__(self) -> None:
        names.vhdl_identifier(self.name, "IP port")
        _one_of(self.direction, ("in", "out"), self.name)
        if self.data_bits % 8 or not 8 <= self.data_bits <= MOST_DATA_BITS:
            raise DesignError(Problem("no width of a stream", self.name, str(self.data_bits), "8 to 1024, whole bytes"))
        for value in (self.user_bits, self.id_bits, self.dest_bits):
            _one_of(str(value), tuple(map(str, range(9))), self.name)


@dataclass(frozen=True)
class LitePort:
    """An AXI4-Lite of the IP, 32 bits wide; `addr_bits` of its addresses."""

    name: str
    addr_bits: int

    def __post_init__(self) -> None:
        names.vhdl_identifier(self.name, "IP port")
        _one_of(str(self.addr_bits), tuple(map(str, range(2, 33))), self.name)


@dataclass(frozen=True)
class PlainPort:
    """A wire or vector that is no stream.

    Attributes
    ----------
    width
        0 for a single wire.
    tie
        For an input: `0` or `1`, to which all its bits are tied; empty for an output, which is left open.
    """

    name: str
    direction: str
    width: int = 0
    tie: str = ""

    def __post_init__(self) -> None:
        names.vhdl_identifier(self.name, "IP port")
        _one_of(self.direction, ("in", "out"), self.name)
        _one_of(self.tie, ("0", "1") if self.direction == "in" else ("",), f"{self.name}: tie")
        if self.width < 0:
            raise DesignError(Problem("no width", self.name, str(self.width), "0 (a single wire) or more"))


@dataclass(frozen=True)
class IpPorts:
    """All ports of an IP besides `ap_clk` and `ap_rst_n`, which every one with AXI ports has."""

    streams: tuple[StreamPort, ...]
    lites: tuple[LitePort, ...] = ()
    plain: tuple[PlainPort, ...] = ()

    def __post_init__(self) -> None:
        groups = ([p.name for p in self.streams], [p.name for p in self.lites], [p.name for p in self.plain])
        used = [name.lower() for group in groups for name in group]
        if len(set(used)) != len(used) or {"ap_clk", "ap_rst_n"} & set(used):
            raise DesignError(Problem("a port's name is there twice", got=", ".join(used)))


def _one_of(value: str, allowed: tuple[str, ...], where: str) -> None:
    """Raise for a value that is not allowed."""
    if value not in allowed:
        raise DesignError(Problem("no such value", where, value, ", ".join(allowed)))
