"""Names of resources common to all families. Takes rows of a utilisation report; gives totals; reads no text.

| name | 7 series | UltraScale(+) | Versal |
|---|---|---|---|
| lut | Slice LUTs | CLB LUTs | CLB LUTs |
| lut_logic, lutram, lut_distributed_ram, srl | LUT as Logic, as Memory, as Distributed RAM, as Shift Register | the
same | the same |
| ff, latch | Register as Flip Flop, as Latch | the same | the same |
| dsp | DSPs | DSPs | DSP Slices |
| bram | Block RAM Tile (halves) | the same | the same, or of the next two |
| bram36, bram18, uram | RAMB36/FIFO, RAMB18, none | the same, URAM | RAMB36E5, RAMB18E5, URAM |
| carry | CARRY4 (a primitive) | CARRY8 | LOOKAHEAD8 |
| io, bufg | Bonded IOB, BUFGCTRL | Bonded IOB, GLOBAL CLOCK BUFFERs or their parts | the same |

`lutram` is LUT as Memory: distributed RAM and shift registers together. `ff` is the total of registers where a report
does not break it down. Without a row of tiles `bram` is the RAMB36 and half the RAMB18. `bufg` counts a BUFGCTRL twice
where the report itself sums so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Common name -> rows that hold it; the first one that is there counts. Source: reports of Vivado 2014.4 to 2025.2.
ROWS: Mapping[str, tuple[str, ...]] = {
    "lut": ("Slice LUTs", "CLB LUTs", "LUTs"),
    "lut_logic": ("LUT as Logic",),
    "lutram": ("LUT as Memory",),
    "lut_distributed_ram": ("LUT as Distributed RAM",),
    "srl": ("LUT as Shift Register",),
    "ff": ("Register as Flip Flop", "Slice Registers", "CLB Registers", "Registers"),
    "latch": ("Register as Latch",),
    "dsp": ("DSPs", "DSP Slices", "DSP48E1", "DSP48E2", "DSP58"),
    "bram": ("Block RAM Tile",),
    "bram36": ("RAMB36/FIFO", "RAMB36", "RAMB36E5"),
    "bram18": ("RAMB18", "RAMB18E5"),
    "uram": ("URAM",),
    "carry": ("CARRY8", "CARRY4", "LOOKAHEAD8"),
    "io": ("Bonded IOB",),
    "bufg": ("BUFGCTRL", "GLOBAL CLOCK BUFFERs"),
    "mmcm": ("MMCM", "MMCME2_ADV"),
    "pll": ("PLL", "PLLE2_ADV"),
}
_CLOCK_BUFFERS = ("BUFGCE", "BUFGCE_DIV", "BUFG_GT", "BUFG_PS", "BUFG_FABRIC", "BUFGCTRL")


@dataclass(frozen=True)
class SiteCount:
    """Used and available sites of a row."""

    site: str
    used: int | float | None
    available: int | None


@dataclass(frozen=True)
class Resource:
    """One resource: None where the report has no such row, or the row no such number."""

    used: int | float | None
    available: int | None


def totals_of(counts: Sequence[SiteCount], primitives: Mapping[str, int | None] | None) -> dict[str, Resource]:
    """All common names; those without a row have None for both numbers.

    A list of all primitives without a carry cell means none.
    """
    rows: dict[str, SiteCount] = {}
    for count in counts:
        rows.setdefault(count.site, count)
    found = {name: _resource(rows, sites) for name, sites in ROWS.items()}
    if not any(site in rows for site in ROWS["bram"]):
        found["bram"] = _tiles(found["bram36"], found["bram18"])
    found["bufg"] = _clock_buffers(rows)
    if found["carry"].used is None and primitives is not None:
        cells = [primitives[cell] for cell in ROWS["carry"] if cell in primitives]
        found["carry"] = Resource(cells[0] if cells else 0, None)
    return found


def totals_of_slr(counts: Sequence[SiteCount]) -> dict[str, int | float | None]:
    """Used resources of one super logic region, without those that its table leaves out."""
    return {name: entry.used for name, entry in totals_of(counts, None).items() if entry.used is not None}


def _resource(rows: Mapping[str, SiteCount], sites: Sequence[str]) -> Resource:
    """The first of these rows that is there."""
    row = next((rows[site] for site in sites if site in rows), None)
    return Resource(row.used, row.available) if row else Resource(None, None)


def _tiles(large: Resource, small: Resource) -> Resource:
    """Block RAM tiles, each of which holds one RAMB36 or two RAMB18, of a report that counts those alone."""
    if large.used is None or small.used is None:
        return Resource(None, None)
    used = large.used + small.used / 2
    return Resource(int(used) if used == int(used) else used, large.available)


def _clock_buffers(rows: Mapping[str, SiteCount]) -> Resource:
    """Global clock buffers.

    The report's own sum, or the sum of their kinds (whose available sites are not one number).
    """
    if "GLOBAL CLOCK BUFFERs" in rows:
        return _resource(rows, ("GLOBAL CLOCK BUFFERs",))
    kinds = [rows[kind] for kind in _CLOCK_BUFFERS if kind in rows]
    if len(kinds) < 2:
        return _resource(rows, ("BUFGCTRL",))
    used = [kind.used for kind in kinds]
    return Resource(None if None in used else sum(number for number in used if number is not None), None)
