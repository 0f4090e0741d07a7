"""The boot memory in block RAM: the Tcl that writes an MMI file, against a model in Python, in many lane arrangements.

`Ram` is a block RAM as a synthesis leaves it; its INIT strings are made here, bit by bit. The stubs answer with these.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.artifacts.boot_memory import placeholder, readmemh_text
from speckleforge.errors import DesignError, FormatError
from speckleforge.synth.amd.mmi import BitPlace, Lane, MemoryMap, mem_text, parse_mmi, updatemem_plan
from speckleforge.synth.amd.vendor_plan import library
from speckleforge.synth.plan import Command
from speckleforge.tools.releases import release
from tests.synth.amd.interpreter import Outcome, World, needs_tcl, run_script

BITS = {36: 32768, 18: 16384}
TCL = needs_tcl()


@dataclass(frozen=True)
class Ram:
    """Bits `msb` to `lsb` of the bytes from `begin` on; `end` where a memory ends inside."""

    name: str
    kind: int
    msb: int
    lsb: int
    begin: int
    end: int
    site: str

    @property
    def width(self) -> int:
        return self.msb - self.lsb + 1

    def init(self, content: bytes) -> dict[str, str]:
        """`INIT_xx` -> `256'h...`: entry i at bits i * width of one long number."""
        number = 0
        for address in range(self.begin, min(self.end + 1, len(content))):
            value = content[address] >> self.lsb & (1 << self.width) - 1
            number |= value << (address - self.begin) * self.width
        count = BITS[self.kind] // 256
        return {f"INIT_{row:02X}": f"256'h{number >> 256 * row & (1 << 256) - 1:064X}" for row in range(count)}

    def properties(self, content: bytes, names: str) -> dict[str, str]:
        """What `get_property` says of the cell."""
        found = {"LOC": f"RAMB{self.kind}_{self.site}", **self.init(content)}
        found |= {f"{names}ADDR_BEGIN": str(self.begin), f"{names}ADDR_END": str(self.end)}
        found |= {f"{names}SLICE_BEGIN": str(self.lsb), f"{names}SLICE_END": str(self.msb)}
        return {f"{self.name},{key}": value for key, value in found.items()}


def arrange(size: int, width: int, kind: int = 36, whole: bool = True) -> list[Ram]:
    """A memory of `size` bytes in lanes of `width`, each as deep as a block RAM; `whole`: the last ones say so."""
    depth = BITS[kind] // width
    rams = []
    for begin in range(0, size, depth):
        for lsb in range(0, 8, width):
            end = begin + depth - 1 if whole else min(begin + depth, size) - 1
            number = len(rams)
            name = f"u_boot/mem_reg_bram_{number}"
            rams.append(Ram(name, kind, lsb + width - 1, lsb, begin, end, f"X{number % 7}Y{number // 7}"))
    return rams


ARRANGEMENTS = {
    "one": arrange(4096, 8),
    "bytes": arrange(20000, 8),
    "a memory's end": arrange(20000, 8, whole=False),
    "nibbles": arrange(16384, 4),
    "pairs": arrange(20000, 2),
    "bits": arrange(40000, 1),
    "half blocks": arrange(5000, 8, kind=18),
    "half blocks of nibbles": arrange(5000, 4, kind=18, whole=False),
    "uneven lanes": [
        Ram("u_boot/mem_reg_0", 36, 3, 0, 0, 8191, "X0Y0"),
        Ram("u_boot/mem_reg_1", 36, 5, 4, 0, 8191, "X0Y1"),
        Ram("u_boot/mem_reg_2", 36, 7, 6, 0, 8191, "X0Y2"),
    ],
    "deep first, then shallow": [*arrange(8192, 4), Ram("u_boot/mem_reg_z", 18, 7, 0, 8192, 10239, "X5Y5")],
}
SIZES = {"one": 4096, "nibbles": 16384, "uneven lanes": 8192, "deep first, then shallow": 9000}
SIZES |= {
    name: 5000 if "half" in name else 40000 if name == "bits" else 20000 for name in ARRANGEMENTS if name not in SIZES
}


def write(folder: Path, rams: list[Ram], content: bytes, names: str = "RAM_", **more: str) -> Outcome:
    """Run `sf_write_mmi` on these cells, in some order of theirs."""
    folder.mkdir()
    (folder / "boot.hex").write_text(readmemh_text(content))
    (folder / "sf_write_mmi.tcl").write_text(library("sf_write_mmi.tcl"))
    (folder / "main.tcl").write_text("source sf_write_mmi.tcl\nsf_write_mmi memory.mmi boot.hex\n")
    properties = {key: value for ram in rams for key, value in ram.properties(content, names).items()}
    properties |= {"design,PART": "xcku040-ffva1156-2-e", **more}
    cells = [ram.name for ram in rams]
    random.Random(1).shuffle(cells)
    return run_script(folder, "main.tcl", "vivado", "2023.2", World(cells=cells, properties=properties))


def marked(test: object) -> object:
    """A test that needs Tcl."""
    for mark in TCL:
        test = mark(test)
    return test


@marked
@pytest.mark.parametrize("names", ["RAM_", "bram_"])
@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_the_file_says_where_every_bit_is(name: str, names: str, tmp_path: Path) -> None:
    rams, content = ARRANGEMENTS[name], placeholder(SIZES[name])
    done = write(tmp_path / "w", rams, content, names)
    assert (done.code, done.err) == (0, "")
    found = parse_mmi((tmp_path / "w" / "memory.mmi").read_text(encoding="utf-8"))
    assert found.part == "xcku040-ffva1156-2-e"
    assert found.size >= len(content)
    by_site = {ram.site: ram for ram in rams}
    assert len(found.lanes) == len(rams)
    for lane in found.lanes:
        ram = by_site[lane.placement]
        assert (lane.msb, lane.lsb, lane.begin, lane.end) == (ram.msb, ram.lsb, ram.begin, ram.end)
        assert lane.memory == {36: "RAMB32", 18: "RAMB18"}[ram.kind]
    check_bits(found, rams, content)


def check_bits(found: MemoryMap, rams: list[Ram], content: bytes) -> None:
    """Bits at random: where the map says, the block RAM's INIT string has the content's bit; and back."""
    by_site = {ram.site: (ram, ram.init(content)) for ram in rams}
    chosen = random.Random(2)
    for _ in range(300):
        address, bit = chosen.randrange(len(content)), chosen.randrange(8)
        where = found.place(address, bit)
        ram, init = by_site[where.placement]
        position = where.entry * ram.width + where.bit
        digits = init[f"INIT_{position // 256:02X}"].split("h")[1]
        assert int(digits, 16) >> position % 256 & 1 == content[address] >> bit & 1
        assert found.locate(where) == (address, bit)


def updatemem(found: MemoryMap, text: str) -> dict[BitPlace, int]:
    """What updatemem does with a MEM file, as lowRISC/opentitan's `gen_vivado_mem_image.py` found it to: a stream of
    bits, most significant first, dealt out to the lanes of a bus block in the file's order, entry by entry."""
    head, *digits = text.split()
    assert head == "@00000000"
    stream = iter([int(char, 16) >> place & 1 for char in "".join(digits) for place in (3, 2, 1, 0)])
    blocks: dict[tuple[int, int], list[Lane]] = {}
    for lane in found.lanes:
        blocks.setdefault((lane.begin, lane.end), []).append(lane)
    filled = {}
    for (begin, end), lanes in blocks.items():
        for entry in range(end - begin + 1):
            for lane in lanes:
                for bit in reversed(range(lane.width)):
                    filled[BitPlace(lane.placement, entry, bit)] = next(stream)
    return filled


@st.composite
def maps(draw: st.DrawFn) -> MemoryMap:
    """Small maps: bus blocks of lanes that tile a byte."""
    lanes: list[Lane] = []
    begin = 0
    for _ in range(draw(st.integers(1, 3))):
        end = begin + draw(st.integers(1, 20)) - 1
        left = 8
        while left:
            width = draw(st.integers(1, left))
            lanes.append(Lane("RAMB32", f"X{len(lanes)}Y0", left - 1, left - width, begin, end))
            left -= width
        begin = end + 1
    return MemoryMap("part", tuple(lanes))


@given(found=maps(), data=st.data())
def test_a_mem_file_fills_each_bit_where_the_map_says(found: MemoryMap, data: st.DataObject) -> None:
    image = data.draw(st.binary(max_size=found.size))
    filled = updatemem(found, mem_text(image, found.size))
    padded = image.ljust(found.size, b"\0")
    for address, value in enumerate(padded):
        for bit in range(8):
            where = found.place(address, bit)
            assert filled[where] == value >> bit & 1
            assert found.locate(where) == (address, bit)
    assert len(filled) == 8 * found.size


@given(image=st.binary(max_size=100), more=st.integers(0, 40))
def test_a_mem_file_is_the_images_bytes_in_order(image: bytes, more: int) -> None:
    head, *digits = mem_text(image, len(image) + more).split()
    assert head == "@00000000"
    assert bytes(int(byte, 16) for byte in digits) == image + bytes(more)


def test_a_mem_file_by_hand() -> None:
    assert mem_text(b"SFW1\x00\xff", 18) == "@00000000\n53 46 57 31 00 FF" + " 00" * 10 + "\n00 00\n"
    with pytest.raises(FormatError, match="does not fit"):
        mem_text(b"abc", 2)


def broken(rams: list[Ram], index: int, **change: object) -> list[Ram]:
    """The same cells, one of them changed."""
    return [replace(ram, **change) if number == index else ram for number, ram in enumerate(rams)]  # type: ignore[arg-type]


FAULTS = {
    "a lane is missing": (
        arrange(16384, 4)[:-1],
        {},
        "hold 8192 bytes, the memory has 16384|downwards of address 8192",
    ),
    "a lane is there twice": (
        [*arrange(8192, 4), Ram("u_boot/mem_reg_x", 36, 3, 0, 0, 8191, "X9Y9")],
        {},
        "missing or there twice",
    ),
    "addresses overlap": (broken(arrange(8192, 8), 1, begin=4000), {}, "missing or there twice|do not fit"),
    "lanes end apart": (broken(arrange(8192, 4), 1, end=8000), {}, "missing or there twice"),
    "the memory is longer": (arrange(4096, 8), {}, "hold 4096 bytes, the memory has 8192"),
    "not placed": (arrange(8192, 8), {"u_boot/mem_reg_bram_0,LOC": ""}, "is not placed in a block RAM"),
    "in UltraRAM": (arrange(8192, 8), {"u_boot/mem_reg_bram_0,LOC": "URAM288_X0Y1"}, "is not placed in a block RAM"),
    "at an offset": (arrange(8192, 8), {"u_boot/mem_reg_bram_0,RAM_OFFSET": "1008"}, "load it from a host"),
    "two slices": (arrange(8192, 8), {"u_boot/mem_reg_bram_1,RAM_EXT_SLICE_BEGIN": "18"}, "holds two slices"),
    "no addresses": (arrange(8192, 8), {"u_boot/mem_reg_bram_1,RAM_ADDR_BEGIN": ""}, "has no property RAM_ADDR_BEGIN"),
    "other contents": (
        arrange(8192, 8),
        {"u_boot/mem_reg_bram_1,INIT_05": "256'h" + "0" * 64},
        "does not hold the memory's file at address 4256",
    ),
    "no contents": (arrange(8192, 8), {"u_boot/mem_reg_bram_1,INIT_05": ""}, "has no INIT_05 of 256 bits"),
    "lanes exchanged": (
        [replace(ram, name=f"u_boot/mem_reg_bram_{1 - index}") for index, ram in enumerate(arrange(8192, 4))],
        {
            f"u_boot/mem_reg_bram_{index},{key}": str(value)
            for index, ram in enumerate(arrange(8192, 4))
            for key, value in (("RAM_SLICE_BEGIN", ram.lsb), ("RAM_SLICE_END", ram.msb))
        },
        "does not hold the memory's file",
    ),
    "no cells": ([], {}, "has no block RAM of u_boot/mem"),
}


@marked
@pytest.mark.parametrize("fault", FAULTS)
def test_a_map_that_is_not_proved_is_not_written(fault: str, tmp_path: Path) -> None:
    rams, change, message = FAULTS[fault]
    size = {"a lane is missing": 16384}.get(fault, 8192)
    done = write(tmp_path / "w", rams, placeholder(size), **change)  # type: ignore[arg-type]
    assert done.code == 3
    assert any(part in done.err for part in message.split("|")), done.err
    assert not (tmp_path / "w" / "memory.mmi").exists()


@marked
def test_the_search_is_for_the_boot_memory_alone(tmp_path: Path) -> None:
    done = write(tmp_path / "w", arrange(4096, 8), placeholder(4096))
    (words,) = done.named("get_cells")
    assert words[words.index("-filter") + 1] == "REF_NAME =~ RAMB* && NAME =~ *u_boot/mem_reg*"
    script = (tmp_path / "w" / "main.tcl").read_text().replace("boot.hex", "boot.hex U_App/U_Network/")
    (tmp_path / "w" / "main.tcl").write_text(script)
    done = run_script(tmp_path / "w", "main.tcl", "vivado", "2023.2", World())
    (words,) = done.named("get_cells")
    assert words[words.index("-filter") + 1] == "REF_NAME =~ RAMB* && NAME =~ U_App/U_Network/*u_boot/mem_reg*"
    assert "no block RAM of U_App/U_Network/u_boot/mem" in done.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<MemInfo", "<Mem", "not an MMI file"),
        ('MSB="7"', 'MSB="6"', "lanes overlap or leave a bit out"),
        ('End="4095"', 'End="4000"', "lanes overlap or leave a bit out"),
        ('Begin="4096"', 'Begin="x"', "not an MMI file"),
        ("<DataWidth", "<Width", "not an MMI file"),
        ('Name="Part"', 'Name="Device"', "not an MMI file"),
    ],
)
def test_a_file_that_is_no_map_is_told(old: str, new: str, message: str) -> None:
    assert old in TWO
    with pytest.raises(FormatError, match=message):
        parse_mmi(TWO.replace(old, new, 1))


TWO = """<?xml version="1.0" encoding="UTF-8"?>
<MemInfo Version="1" Minor="0">
  <Processor Endianness="Little" InstPath="sf_boot">
    <AddressSpace Name="sf_boot" Begin="0" End="8191">
      <BusBlock>
        <BitLane MemType="RAMB32" Placement="X1Y2">
          <DataWidth MSB="7" LSB="0"/>
          <AddressRange Begin="0" End="4095"/>
          <Parity ON="false" NumBits="0"/>
        </BitLane>
      </BusBlock>
      <BusBlock>
        <BitLane MemType="RAMB32" Placement="X1Y3">
          <DataWidth MSB="7" LSB="0"/>
          <AddressRange Begin="4096" End="8191"/>
          <Parity ON="false" NumBits="0"/>
        </BitLane>
      </BusBlock>
    </AddressSpace>
  </Processor>
  <Config>
    <Option Name="Part" Val="xcku115-flvb2104-2-e"/>
  </Config>
</MemInfo>
"""


def test_patching_a_bitstream_is_one_command() -> None:
    plan = updatemem_plan(b"SFW1", TWO, release("2023.2"))
    arguments = ("-force", "-meminfo", "memory.mmi", "-data", "weights.mem", "-bit", "design.bit", "-proc", "sf_boot")
    assert plan.plan.commands == (Command("updatemem", (*arguments, "-out", "patched.bit")),)
    assert plan.inputs == ("design.bit",)
    assert plan.plan.results == ("patched.bit",)
    files = dict(plan.plan.files)
    assert files["memory.mmi"] == TWO
    assert files["weights.mem"] == mem_text(b"SFW1", 8192)
    with pytest.raises(FormatError, match="does not fit"):
        updatemem_plan(bytes(8193), TWO, release("2023.2"))
    with pytest.raises(DesignError, match="no file name"):
        updatemem_plan(b"", TWO, release("2023.2"), bitstream="-x.bit")


def test_a_place_that_is_none_is_told() -> None:
    found = parse_mmi(TWO)
    with pytest.raises(FormatError, match="no block RAM holds this bit"):
        found.place(8192, 0)
    with pytest.raises(FormatError, match="the map has no such bit"):
        found.locate(BitPlace("X9Y9", 0, 0))
