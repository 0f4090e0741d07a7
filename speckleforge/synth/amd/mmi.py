"""Block RAM of a boot memory in a Vivado bitstream. Takes an MMI file and an image; gives places, MEM file, plan.

The memory is bytes. A byte's bits lie in lanes (`sf_write_mmi.tcl` says how they are ordered). A MEM file is the
image's bytes in address order, two hexadecimal digits each, behind `@00000000`: `updatemem` deals out its bits, most
significant first, to the lanes of a bus block in the order of the MMI file, which stand there from bit 7 to bit 0. No
byte is turned round, and the endianness that the file names has no effect (UG1580, "Address Map Definitions").
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from speckleforge.artifacts.memory_map import MMI_SPACE
from speckleforge.errors import FormatError, Problem
from speckleforge.synth.amd import names
from speckleforge.synth.amd.check import check_line
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.synth.plan import Command, Plan
from speckleforge.tools.releases import Release

MMI_FILE, MEM_FILE, PATCHED = "memory.mmi", "weights.mem", "patched.bit"
_ROW = 16


@dataclass(frozen=True)
class Lane:
    """Bits `msb` to `lsb` of the bytes `begin` to `end`, in one block RAM."""

    memory: str
    placement: str
    msb: int
    lsb: int
    begin: int
    end: int

    @property
    def width(self) -> int:
        """Bits of a byte that it holds."""
        return self.msb - self.lsb + 1


@dataclass(frozen=True)
class BitPlace:
    """One bit in a block RAM: its entry, and the bit within it."""

    placement: str
    entry: int
    bit: int


@dataclass(frozen=True)
class MemoryMap:
    """Where each bit of the boot memory lies; lanes in the order of the MMI file."""

    part: str
    lanes: tuple[Lane, ...]

    @property
    def size(self) -> int:
        """Bytes that the block RAMs hold."""
        return max(lane.end for lane in self.lanes) + 1

    def place(self, address: int, bit: int) -> BitPlace:
        """Where bit `bit` of the byte at `address` lies; raises `FormatError` where it lies nowhere."""
        for lane in self.lanes:
            if lane.begin <= address <= lane.end and lane.lsb <= bit <= lane.msb:
                return BitPlace(lane.placement, address - lane.begin, bit - lane.lsb)
        raise FormatError(Problem("no block RAM holds this bit", f"address {address}, bit {bit}"))

    def locate(self, where: BitPlace) -> tuple[int, int]:
        """Inverse of `place`: address and bit."""
        for lane in self.lanes:
            if lane.placement == where.placement and where.bit < lane.width:
                return lane.begin + where.entry, lane.lsb + where.bit
        raise FormatError(Problem("the map has no such bit", str(where)))


def parse_mmi(text: str) -> MemoryMap:
    """The map in an MMI file.

    Raises
    ------
    FormatError
        The text is no MMI file, or lanes overlap or leave a bit out.
    """
    try:
        root = ET.fromstring(text)
        lanes = tuple(_lane(item) for item in root.iter("BitLane"))
        part = str(root.find("./Config/Option[@Name='Part']").attrib["Val"])  # type: ignore[union-attr]
    except (ET.ParseError, KeyError, ValueError, AttributeError) as error:
        raise FormatError(Problem("not an MMI file", got=str(error))) from error
    _check_lanes(lanes)
    return MemoryMap(part, lanes)


def _lane(item: ET.Element) -> Lane:
    """One `BitLane`."""
    width, addresses = item.find("DataWidth"), item.find("AddressRange")
    if width is None or addresses is None:
        raise ValueError("a BitLane without DataWidth or AddressRange")
    numbers = [int(width.attrib[key]) for key in ("MSB", "LSB")]
    numbers += [int(addresses.attrib[key]) for key in ("Begin", "End")]
    return Lane(item.attrib["MemType"], item.attrib["Placement"], *numbers)


def _check_lanes(lanes: tuple[Lane, ...]) -> None:
    """Raise unless each bit of each byte lies in exactly one lane, and lanes stand in updatemem's order."""
    if not lanes:
        raise FormatError(Problem("an MMI file without lanes"))
    following, left = 0, 8
    for index, lane in enumerate(lanes):
        if (lane.begin, lane.msb) != (following, left - 1) or lane.lsb > lane.msb or lane.end < lane.begin:
            raise FormatError(Problem("lanes overlap or leave a bit out", f"lane {index}: {lane.placement}"))
        left = lane.lsb
        if left == 0:
            following, left = lane.end + 1, 8
        elif lanes[index + 1 : index + 2] and lanes[index + 1].end != lane.end:
            raise FormatError(Problem("lanes of one bus block end apart", f"lane {index + 1}"))
    if left != 8:
        raise FormatError(Problem("the last bus block lacks bits", f"below bit {left}"))


def mem_text(image: bytes, size: int) -> str:
    """The MEM file of an image, zeros behind it up to the memory's size; byte order: the module's docstring.

    Raises
    ------
    FormatError
        The image is longer than the memory.
    """
    if len(image) > size:
        got, allowed = f"{len(image)} bytes", f"at most {size} bytes"
        raise FormatError(Problem("the image does not fit into the boot memory", got=got, allowed=allowed))
    padded = image.ljust(size, b"\0")
    rows = (padded[start : start + _ROW] for start in range(0, size, _ROW))
    return "@00000000\n" + "".join(" ".join(f"{value:02X}" for value in row) + "\n" for row in rows)


def updatemem_command(bitstream: str = "design.bit", out: str = PATCHED) -> Command:
    """The call of the tool, with `memory.mmi` and the MEM file beside the bitstream."""
    names.all_files((bitstream, out), "updatemem")
    given = ("-meminfo", MMI_FILE, "-data", MEM_FILE, "-bit", bitstream)
    return Command("updatemem", ("-force", *given, "-proc", MMI_SPACE, "-out", out))


def updatemem_plan(
    image: bytes, mmi: str, at: Release, bitstream: str = "design.bit", out: str = PATCHED
) -> VendorPlan:
    """What puts a weight image into a bitstream.

    Parameters
    ----------
    mmi
        Text of the MMI file of the very design that the bitstream is of.
    bitstream
        In the work folder, as `out`.
    """
    size = parse_mmi(mmi).size
    files = ((MEM_FILE, mem_text(image, size)), (MMI_FILE, mmi))
    command = updatemem_command(bitstream, out)
    check_line(command, at)
    plan = Plan(files, (command,), (out,))
    return VendorPlan("updatemem", str(at), plan, (bitstream,), ("updatemem",), (("updatemem",),))
