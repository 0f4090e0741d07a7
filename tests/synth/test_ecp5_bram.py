"""The patcher by itself, on configurations made here for every block width."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.boot_memory import placeholder, placeholder_size, readmemh_text
from speckleforge.errors import FormatError
from speckleforge.synth.ecp5_bram import (
    BLOCK_WORDS,
    DEPTHS,
    BootMemory,
    find_boot_memory,
    patch,
    read_blocks,
    read_memory,
    write_blocks,
)

OTHER = ".device LFE5U-25F\n\n.tile CIB_R1C6:CIB\narc: E1 S3\n\n"


def netlist(width: int, size: int, copies: int = 1, lane: int = 9) -> dict[str, Any]:
    """Cells of a memory of bytes; block numbers go down while columns go up."""
    blocks = -(-8 * -(-size // DEPTHS[width]) // used(width, lane))
    cells = {}
    for copy in range(copies):
        for column in range(blocks):
            attributes = {"WID": f"{100 + copies * blocks - copy * blocks - column:032b}"}
            parameters = {"DATA_WIDTH_A": f"{width:032b}"}
            cell = {"type": "DP16KD", "parameters": parameters, "attributes": attributes}
            cells[f"u_core.u_boot.mem.{copy}.{column}"] = cell
    cells["u_other.mem.0.0"] = {
        "type": "DP16KD",
        "parameters": {"DATA_WIDTH_A": f"{9:032b}"},
        "attributes": {"WID": f"{7:032b}"},
    }
    cells["lut"] = {"type": "TRELLIS_COMB", "parameters": {}, "attributes": {}}
    return {"modules": {"top": {"cells": cells}}}


def used(width: int, lane: int) -> int:
    """Columns that one block holds."""
    return width // 9 * lane if width >= 9 else width


def config(wids: list[int], content: dict[int, list[int]]) -> str:
    """A text configuration with these blocks."""
    zeros = "\n".join([" ".join(["000"] * 8)] * (BLOCK_WORDS // 8))
    text = OTHER + "".join(f".bram_init {wid}\n{zeros}\n\n" for wid in sorted(wids))
    return write_blocks(text, content)


def straightforward(width: int, size: int, data: bytes, blocks: list[int], lane: int) -> dict[int, list[int]]:
    """The mapping of the module's header, written bit by bit."""
    depth = DEPTHS[width]
    content = {wid: [0] * BLOCK_WORDS for wid in blocks}
    for address in range(size):
        for bit in range(8):
            column, entry = address // depth * 8 + bit, address % depth
            block, place = divmod(column, used(width, lane))
            if width >= 9:
                word, shift = entry * (width // 9) + place // lane, place % lane
            else:
                word, shift = divmod(entry * width + place, 8)
            content[blocks[block]][word] |= (data[address] >> bit & 1) << shift
    return content


def placed(width: int, size: int, data: bytes, copies: int = 1, lane: int = 9) -> tuple[dict[str, Any], str]:
    """A netlist and the configuration in which its memory holds `data`."""
    design = netlist(width, size, copies, lane)
    cells = design["modules"]["top"]["cells"]
    wids = {name: int(cell["attributes"]["WID"], 2) for name, cell in cells.items() if "WID" in cell["attributes"]}
    content: dict[int, list[int]] = {}
    for copy in range(copies):
        prefix = f"u_core.u_boot.mem.{copy}."
        names = sorted((n for n in wids if n.startswith(prefix)), key=lambda name: int(name.rsplit(".", 1)[1]))
        content |= straightforward(width, size, data, [wids[name] for name in names], lane)
    return design, config(list(wids.values()), content)


@pytest.mark.parametrize("width", DEPTHS)
@pytest.mark.parametrize("size", [1024, 3000])
@pytest.mark.parametrize("lane", [9, 8])
def test_patched_equals_built_with_the_image(width: int, size: int, lane: int) -> None:
    design, before = placed(width, size, placeholder(size), lane=lane)
    image = bytes((7 * index + index // 251) % 256 for index in range(size))
    boot = find_boot_memory(design, before)
    assert (boot.name, boot.size) == ("u_core.u_boot.mem", size)
    assert patch(boot, before, image) == placed(width, size, image, lane=lane)[1]


def test_every_copy_is_patched() -> None:
    design, before = placed(9, 2048, placeholder(2048), copies=2)
    boot = find_boot_memory(design, before)
    after = patch(boot, before, b"abc")
    assert read_memory(boot, after) == {copy: b"abc".ljust(2048, b"\0") for copy in (0, 1)}
    assert read_blocks(after)[7] == [0] * BLOCK_WORDS
    assert after.startswith(OTHER)


def test_a_record_comes_back() -> None:
    boot = find_boot_memory(*placed(4, 4096, placeholder(4096)))
    assert BootMemory.from_record(boot.as_record()) == boot


def test_one_wrong_byte_is_named() -> None:
    data = bytearray(placeholder(2048))
    data[1234] ^= 0x10
    with pytest.raises(FormatError, match=r"cannot be patched safely(.*\n)*") as error:
        find_boot_memory(*placed(9, 2048, bytes(data)))
    assert "address 1234" in str(error.value)
    assert f"got: 0x{data[1234]:02x}" in str(error.value)


def test_a_patched_configuration_is_not_patched_twice() -> None:
    design, before = placed(9, 2048, placeholder(2048))
    boot = find_boot_memory(design, before)
    with pytest.raises(FormatError, match="cannot be patched twice"):
        patch(boot, patch(boot, before, b"x"), b"y")


def test_no_placeholder_and_too_much_data() -> None:
    with pytest.raises(FormatError, match=r"no boot memory to patch(.*\n)*.*got: none"):
        find_boot_memory(*placed(9, 2048, bytes(2048)))
    design, before = placed(9, 2048, placeholder(2048))
    with pytest.raises(FormatError, match="does not fit"):
        patch(find_boot_memory(design, before), before, bytes(2049))


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DEPTHS)), st.integers(8, 3000), st.binary(max_size=8))
def test_any_size_and_image(width: int, size: int, image: bytes) -> None:
    design, before = placed(width, size, placeholder(size))
    boot = find_boot_memory(design, before)
    assert read_memory(boot, patch(boot, before, image)) == {0: image.ljust(size, b"\0")}


def test_placeholder_tells_its_size() -> None:
    assert placeholder_size(placeholder(70000)[:8]) == 70000
    assert placeholder_size(bytes(8)) is None
    assert placeholder(100)[:99] != placeholder(99)
    assert len(placeholder(100)) == 100
    assert readmemh_text(b"\x00\xfe") == "00\nfe\n"
