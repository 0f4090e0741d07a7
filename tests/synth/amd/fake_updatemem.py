"""Stands for `updatemem`: deals out a MEM file's bits to the lanes of an MMI file, in a bitstream of our own making.

Our bitstream's data are a synchronisation word, the contents of each block RAM of the map by site, and a checksum. The
arguments and the log are those of the tool. FAKE_UPDATEMEM says how it goes wrong: `critical`, `error`, `short`,
`half`, `other part`, `nothing`.
"""

from __future__ import annotations

import os
import sys
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path

SYNC = bytes.fromhex("ffffffff000000bb11220044ffffffffaa995566")
BYTES = {"RAMB32": 4096, "RAMB18": 2048}


def bit_file(data: bytes, part: str, design: str = "sf_top;UserID=0XFFFFFFFF;Version=2023.2") -> bytes:
    """A file with a head as Vivado writes it."""
    head = b"\x00\x09\x0f\xf0\x0f\xf0\x0f\xf0\x0f\xf0\x00\x00\x01"
    for letter, text in zip("abcd", (design, part, "2024/05/06", "12:34:56"), strict=True):
        head += letter.encode() + (len(text) + 1).to_bytes(2) + text.encode() + b"\0"
    return head + b"e" + len(data).to_bytes(4) + data


def lanes(root: ET.Element) -> Iterator[tuple[str, int, int, int, int, int]]:
    """Site, bytes of the block RAM, msb, lsb, first and last address of each lane, in the file's order."""
    for lane in root.iter("BitLane"):
        width, reach = lane.find("DataWidth"), lane.find("AddressRange")
        numbers = [int(width.attrib[name]) for name in ("MSB", "LSB")]
        numbers += [int(reach.attrib[name]) for name in ("Begin", "End")]
        yield (lane.attrib["Placement"], BYTES[lane.attrib["MemType"]], *numbers)


def data_of(mmi: str, memory: bytes) -> bytes:
    """The data of a bitstream whose memory holds these bytes: bit i of a lane's entry e is bit e * width + i."""
    frames = b""
    for _, size, msb, lsb, begin, end in lanes(ET.fromstring(mmi)):
        number, width = 0, msb - lsb + 1
        for address in range(begin, min(end + 1, len(memory))):
            number |= (memory[address] >> lsb & (1 << width) - 1) << (address - begin) * width
        frames += number.to_bytes(size, "little")
    return SYNC + frames + zlib.crc32(frames).to_bytes(4)


def main(words: list[str]) -> int:
    given = dict(zip(words[1::2], words[2::2], strict=True))
    assert words[0] == "-force"
    assert given["-proc"] == "sf_boot"
    print("\n****** updatemem v2023.2 (64-bit)\n  **** SW Build 4029153 on Fri Oct 13 20:13:54 MDT 2023\n")
    print(f"Command: update_mem {' '.join(words)}\n\nLoading bitfile {given['-bit']}\nLoading data files...")
    fault = os.environ.get("FAKE_UPDATEMEM", "")
    if fault == "error":
        print("0 Infos, 0 Warnings, 0 Critical Warnings and 1 Errors encountered.\nupdate_mem failed")
        print("ERROR: [Updatemem 57-85] Invalid processor specification of: sf_boot. \nThe known processors are: ")
        return 1
    mem = Path(given["-data"]).read_text().split()
    assert mem[0] == "@00000000"
    memory = bytes(int(word, 16) for word in mem[1:])
    part, before = "xcku040-ffva1156-2-e", Path(given["-bit"]).read_bytes()
    data = data_of(Path(given["-meminfo"]).read_text(), memory)
    if fault == "critical":
        print("CRITICAL WARNING: [Updatemem 57-155] Out of bounds code segment for ram space.")
    kept = {"nothing": 0, "half": len(data) // 2}.get(fault, len(data))  # behind it all stays as it was
    data = data[:kept] + before[-len(data) :][kept:]
    data = data[:-8] if fault == "short" else data
    part = "xcku115-flvb2104-2-e" if fault == "other part" else part
    print(f"Updating memory content...\nCreating bitstream...\nWriting bitstream {given['-out']}...")
    Path(given["-out"]).write_bytes(bit_file(data, part))
    print("0 Infos, 0 Warnings, 0 Critical Warnings and 0 Errors encountered.\nupdate_mem completed successfully")
    print("INFO: [Common 17-206] Exiting updatemem at Fri Sep 21 16:02:02 2018...")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
