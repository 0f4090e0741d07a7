"""Boot memory in a placed ECP5 design. Takes the placed netlist and the text configuration; gives patched ones.

How yosys folds a memory of 8-bit words into DP16KD blocks of width w (measured with yosys 0.70, and proved for each
build by finding the whole placeholder): a block has H = 16384 / w entries (2048 for w = 9, 1024 for 18). The memory
becomes one row of columns, H deep: bit b of address a is column (a div H) * 8 + b, entry a mod H. A block takes the
next w columns, column c at bit c mod w of the entry (`lane_bits` 9); or, where the memory can be written and w is 9 or
18, the next 8 or 16, eight to each 9 bits (`lane_bits` 8), because a write enable governs 9 bits. The configuration
holds a block as 2048 words of 9 bits: an entry of 18 bits takes two, and 8 bits of a word hold 2, 4 or 8 entries of 4,
2 or 1 bits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speckleforge.artifacts.boot_memory import HEADER_BYTES, placeholder, placeholder_size
from speckleforge.errors import FormatError, Problem

BLOCK_WORDS = 2048  # 9-bit words of one DP16KD in the text configuration
DEPTHS = {1: 16384, 2: 8192, 4: 4096, 9: 2048, 18: 1024}  # entries of a block by width
LANE_BITS = (9, 8)
_CELL = re.compile(r"^(?P<memory>.*)\.(?P<copy>\d+)\.(?P<column>\d+)$")

Content = Mapping[int, Sequence[int]]  # 9-bit words of each block by its number (WID) in the configuration


@dataclass(frozen=True)
class Block:
    """One DP16KD of a memory: its number in the configuration (WID), copy, place in the row, and width in bits."""

    wid: int
    copy: int
    column: int
    width: int


@dataclass(frozen=True)
class BootMemory:
    """The boot memory's blocks.

    Attributes
    ----------
    name
        Of the memory in the netlist.
    size
        In bytes.
    lane_bits
        Columns that each 9 bits of an entry hold: 9, or 8 (blocks of width 9 and 18 only).
    """

    name: str
    size: int
    lane_bits: int
    blocks: tuple[Block, ...]

    def as_record(self) -> dict[str, Any]:
        """For JSON; `from_record` undoes it."""
        blocks = [[block.wid, block.copy, block.column, block.width] for block in self.blocks]
        return {"name": self.name, "size": self.size, "lane_bits": self.lane_bits, "blocks": blocks}

    @staticmethod
    def from_record(record: Mapping[str, Any]) -> BootMemory:
        """Undo `as_record`."""
        blocks = tuple(Block(*map(int, block)) for block in record["blocks"])
        return BootMemory(str(record["name"]), int(record["size"]), int(record["lane_bits"]), blocks)


def memories(netlist: Mapping[str, Any]) -> dict[str, tuple[Block, ...]]:
    """Block-RAM memories of a netlist that nextpnr wrote (`--write`): their blocks by the memory's name."""
    found: dict[str, list[Block]] = {}
    for module in netlist["modules"].values():
        for name, cell in module["cells"].items():
            match = _CELL.match(name)
            if cell["type"] != "DP16KD" or not match or "WID" not in cell["attributes"]:
                continue
            wid, width = _binary(cell["attributes"]["WID"]), _binary(cell["parameters"]["DATA_WIDTH_A"])
            block = Block(wid, int(match["copy"]), int(match["column"]), width)
            found.setdefault(match["memory"], []).append(block)
    return {name: tuple(sorted(blocks, key=_order)) for name, blocks in sorted(found.items())}


def find_boot_memory(netlist: Mapping[str, Any], config: str) -> BootMemory:
    """The memory that holds the placeholder, checked byte by byte.

    Raises
    ------
    FormatError
        No memory or more than one holds a placeholder, or its bytes are not all where they belong.
    """
    content = read_blocks(config)
    found = [boot for name, blocks in memories(netlist).items() if (boot := _as_boot(name, blocks, content))]
    if len(found) != 1:
        names = ", ".join(boot.name for boot in found) or "none"
        next_step = "the RTL must initialise `sf_boot.mem` with the placeholder (artifacts.boot_memory)"
        raise FormatError(
            Problem("the placed design has no boot memory to patch", "placed.config", names, "one", next_step)
        )
    check_placeholder(found[0], config)
    return found[0]


def check_placeholder(boot: BootMemory, config: str) -> None:
    """Raise a `FormatError` unless the memory holds the whole placeholder: then its mapping is as described above."""
    expected = placeholder(boot.size)
    for copy, got in read_memory(boot, config).items():
        if got != expected:
            address = _first_difference(got, expected)
            raise FormatError(
                Problem(
                    "the boot memory does not hold the placeholder; it cannot be patched safely",
                    f"placed.config: {boot.name} copy {copy}, address {address}",
                    got=f"0x{got[address]:02x}",
                    allowed=f"0x{expected[address]:02x}",
                    next_step="place and route the design again; a patched configuration cannot be patched twice",
                )
            )


def read_memory(boot: BootMemory, config: str) -> dict[int, bytes]:
    """Content of each copy of the memory in a text configuration."""
    content = read_blocks(config)
    lane_bits = boot.lane_bits
    return {copy: _gather(blocks, content, boot.size, lane_bits) for copy, blocks in _copies(boot.blocks).items()}


def patch(boot: BootMemory, config: str, data: bytes) -> str:
    """The configuration with `data` in the boot memory, zeros behind it.

    Raises
    ------
    FormatError
        `data` is longer than the memory, or the memory does not hold the placeholder.
    """
    if len(data) > boot.size:
        got, allowed = f"{len(data)} bytes", f"at most {boot.size} bytes"
        raise FormatError(Problem("the image does not fit into the boot memory", boot.name, got, allowed))
    check_placeholder(boot, config)
    padded = data.ljust(boot.size, b"\0")
    content = {wid: list(words) for wid, words in read_blocks(config).items()}
    for blocks in _copies(boot.blocks).values():
        _scatter(blocks, content, padded, boot.lane_bits)
    return write_blocks(config, {block.wid: content[block.wid] for block in boot.blocks})


def read_blocks(config: str) -> dict[int, list[int]]:
    """9-bit words of every block in a text configuration."""
    return {wid: [int(word, 16) for word in body.split()] for wid, _, _, body in _sections(config)}


def write_blocks(config: str, content: Content) -> str:
    """The configuration with other words in the blocks of `content`, laid out as nextpnr writes them."""
    parts, position = [], 0
    for wid, start, end, _ in _sections(config):
        if wid in content:
            parts += [config[position:start], _body(content[wid])]
            position = end
    return "".join([*parts, config[position:]])


def _sections(config: str) -> Iterable[tuple[int, int, int, str]]:
    """Number, start, end and text of the words of each `.bram_init` section."""
    for match in re.finditer(r"^\.bram_init (\d+)\n((?:[0-9a-f]+[ \n])+)", config, re.MULTILINE):
        yield int(match[1]), match.start(2), match.end(2), match[2]


def _body(words: Sequence[int]) -> str:
    """Words of a section: eight to a line, three hexadecimal digits each."""
    lines = (words[start : start + 8] for start in range(0, len(words), 8))
    return "".join(" ".join(f"{word:03x}" for word in line) + "\n" for line in lines)


def _as_boot(name: str, blocks: tuple[Block, ...], content: Content) -> BootMemory | None:
    """The memory as boot memory if its first bytes are a placeholder's."""
    if any(block.width not in DEPTHS or block.wid not in content for block in blocks):
        return None
    first = _copies(blocks)[0]
    candidates = []
    for lane_bits in LANE_BITS:
        try:
            size = placeholder_size(_gather(first, content, HEADER_BYTES, lane_bits))
            if size is not None:
                got = _gather(first, content, size, lane_bits)
                candidates.append(
                    (_first_difference(got, placeholder(size)), BootMemory(name, size, lane_bits, blocks))
                )
        except KeyError:  # fewer columns than such a memory needs
            continue
    # The mapping that explains most; the caller checks that it explains all.
    return max(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def _copies(blocks: Iterable[Block]) -> dict[int, list[Block]]:
    """Blocks of each copy in the order of their columns."""
    found: dict[int, list[Block]] = {}
    for block in sorted(blocks, key=_order):
        found.setdefault(block.copy, []).append(block)
    return found


def _first_difference(got: bytes, expected: bytes) -> int:
    """First address at which they differ; their length where they are equal."""
    return next((index for index in range(len(expected)) if got[index] != expected[index]), len(expected))


def _gather(blocks: Sequence[Block], content: Content, size: int, lane_bits: int) -> bytes:
    """The first `size` bytes of one copy."""
    width = blocks[0].width
    depth = DEPTHS[width]
    data = bytearray(size)
    for bit, address, block, place in _places(blocks, size, lane_bits):
        words = content[block.wid]
        limit = min(depth, size - address)
        for entry in range(limit):
            word, shift = _locate(width, entry, place)
            data[address + entry] |= (words[word] >> shift & 1) << bit
    return bytes(data)


def _scatter(blocks: Sequence[Block], content: dict[int, list[int]], data: bytes, lane_bits: int) -> None:
    """Put `data` into one copy."""
    width = blocks[0].width
    depth = DEPTHS[width]
    for bit, address, block, place in _places(blocks, len(data), lane_bits):
        words = content[block.wid]
        for entry in range(min(depth, len(data) - address)):
            word, shift = _locate(width, entry, place)
            words[word] = words[word] & ~(1 << shift) | (data[address + entry] >> bit & 1) << shift


def _places(blocks: Sequence[Block], size: int, lane_bits: int) -> Iterable[tuple[int, int, Block, int]]:
    """For each column: bit of the byte, first address, block, and bit within the block's entry."""
    width = blocks[0].width
    by_column = {block.column: block for block in blocks}
    lane = min(lane_bits, width)  # a narrow block is one lane by itself
    for column in range(8 * -(-size // DEPTHS[width])):
        lanes, place = divmod(column, lane)
        block, lane_number = divmod(lanes, max(1, width // 9))
        yield column % 8, column // 8 * DEPTHS[width], by_column[block], 9 * lane_number + place


def _locate(width: int, entry: int, place: int) -> tuple[int, int]:
    """Word of the configuration and bit within it, for bit `place` of an entry."""
    if width >= 9:
        return entry * (width // 9) + place // 9, place % 9
    per_word = 8 // width
    return entry // per_word, entry % per_word * width + place


def _order(block: Block) -> tuple[int, int]:
    """Copies, and columns within a copy."""
    return block.copy, block.column


def _binary(text: str | int) -> int:
    """A parameter as yosys' JSON writes it."""
    return text if isinstance(text, int) else int(text, 2)
