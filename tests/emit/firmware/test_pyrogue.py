"""The PyRogue device: its variables are the register tables, its loader drives the bus as the bench's does."""

from __future__ import annotations

import ast
import importlib.util
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from speckleforge.emit.bench_files import interface
from speckleforge.emit.firmware.edge_registers import EDGE_BASE, edge_registers
from speckleforge.emit.firmware.pyrogue import camel
from speckleforge.emit.registers import Access, Register, register_map
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.rtl import Script
from tests.emit.designs import small
from tests.emit.firmware import pyrogue_stand_in as stand_in
from tests.emit.firmware.block import format_of, write_firmware
from tests.networks import random_parameters

DESIGN = small()
REGISTERS = (*register_map(DESIGN), *edge_registers(format_of(DESIGN)))
ADDRESS = {register.name: 4 * register.address for register in REGISTERS}
GOOD, WRONG_CRC = 1, 3
BASE = 0x80_0000


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The generated module, which finds the stand-in in pyrogue's place."""
    write_firmware(DESIGN, tmp_path)
    monkeypatch.setitem(sys.modules, "pyrogue", stand_in)
    spec = importlib.util.spec_from_file_location("_SpeckleForge", tmp_path / "python" / "_SpeckleForge.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(build_image(DESIGN.layout, random_parameters(DESIGN.topology, 1).values))
    return path


def block(result: int, active: int = 0) -> stand_in.Bus:
    """A block that ends every load with `result` and activates what it is told to, where a bank was loaded."""
    state = {"active": active, "result": 0, "bytes": 0}

    def answer(bus: stand_in.Bus, offset: int, word: int) -> None:
        if offset == BASE + ADDRESS["control"] and word & 1:
            state["result"] = state["bytes"] = 0
        if offset == BASE + ADDRESS["data"]:
            state["bytes"] += 4
            state["result"] = result if state["bytes"] >= DESIGN.layout.image_bytes else 0
        if offset == BASE + ADDRESS["control"] and word & 4 and state["result"] == GOOD:
            state["active"] = word >> 8 & 1
        bus.words[BASE + ADDRESS["status"]] = state["active"] << 12 | state["result"] << 4

    bus = stand_in.Bus(answer)
    bus.words[BASE + ADDRESS["status"]] = active << 12
    return bus


def bits_of(register: Register) -> list[tuple[str, int, int]]:
    """(name, lowest bit, bits) of the variables that a register must have."""
    if register.access is Access.STATE and register.bits:
        return [(camel(register.name) + camel(b.name), b.low, b.high - b.low + 1) for b in register.bits]
    return [(camel(register.name), 0, 32)]


def test_variables_are_the_register_tables(module: Any) -> None:
    device = module.SpeckleForge(name="block", memBase=stand_in.Bus())
    modes = {Access.SETTING: "RW", Access.COMMAND: "WO"}
    expected = {
        name: (4 * register.address, low, size, modes.get(register.access, "RO"))
        for register in REGISTERS
        for name, low, size in bits_of(register)
    }
    got = {
        name: (node.offset, node.bit_offset, node.bit_size, node.mode)
        for name, node in device.nodes.items()
        if isinstance(node, stand_in.RemoteVariable)
    }
    assert got == expected
    assert all(node.bulk == (node.mode == "RW") for node in device.nodes.values() if hasattr(node, "bulk"))
    assert EDGE_BASE * 4 in {node.offset for node in device.nodes.values() if hasattr(node, "offset")}


def test_bits_of_commands_are_those_of_the_table(module: Any) -> None:
    table = {register.name: register for register in REGISTERS}
    for name, prefix in (("control", ""), ("edge_control", "EDGE_")):
        for bits in table[name].bits:
            assert getattr(module.SpeckleForge, f"{prefix}{bits.name.upper()}") == 1 << bits.low


@pytest.mark.parametrize("active", [0, 1])
def test_the_loader_writes_what_the_bench_writes(module: Any, image: Path, tmp_path: Path, active: int) -> None:
    bus = block(GOOD, active)
    device = module.SpeckleForge(name="block", memBase=bus, offset=BASE)
    device.LoadImage(str(image))
    device.ActivateBank(1 - active)
    script = Script(tmp_path, interface(DESIGN)["registers"]).load(image.read_bytes(), 1 - active).activate(1 - active)
    assert bus.writes == bench_writes(script)


def bench_writes(script: Script) -> list[tuple[int, int]]:
    """(byte offset, word) that the bench would write for a script."""
    found = []
    for line in script.lines:
        command, *words = line.split()
        if command == "write":
            found.append((BASE + 4 * int(words[0], 0), int(words[1], 0)))
        elif command == "image":
            data = (script.folder / words[0]).read_bytes()
            data += bytes(-len(data) % 4)
            found += [(BASE + ADDRESS["data"], word) for (word,) in struct.iter_unpack("<I", data)]
    return found


def test_what_is_no_image_or_is_refused_is_told(module: Any, image: Path, tmp_path: Path) -> None:
    bus = block(WRONG_CRC)
    device = module.SpeckleForge(name="block", memBase=bus, offset=BASE)
    short = tmp_path / "short.bin"
    short.write_bytes(image.read_bytes()[:-1])
    with pytest.raises(ValueError, match=f"a weight image of this block has {DESIGN.layout.image_bytes}"):
        device.LoadImage(str(short))
    assert not bus.writes
    with pytest.raises(RuntimeError, match="was not loaded: wrong CRC"):
        device.LoadImage(str(image))
    with pytest.raises(RuntimeError, match="bank 1 holds no checked image"):
        device.ActivateBank(1)


def test_counters_and_identity(module: Any) -> None:
    bus = stand_in.Bus()
    device = module.SpeckleForge(name="block", memBase=bus, offset=BASE)
    counters = [register for register in REGISTERS if register.access is Access.COUNTER]
    for number, register in enumerate(counters):
        bus.words[BASE + 4 * register.address] = number + 1
    assert device.ReadCounters() == {camel(register.name): n + 1 for n, register in enumerate(counters)}
    device.ClearCounters()
    assert bus.writes == [(BASE + ADDRESS["control"], 8), (BASE + ADDRESS["edge_control"], 1)]
    with pytest.raises(RuntimeError, match="Magic is 0x00000000"):
        device.CheckIdentity()
    for register in REGISTERS:
        if register.access is Access.CONSTANT:
            bus.words[BASE + 4 * register.address] = register.value
    device.CheckIdentity()


def test_every_node_says_what_it_is(module: Any) -> None:
    device = module.SpeckleForge(name="block", memBase=stand_in.Bus())
    assert all(node.description for node in device.nodes.values())
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
