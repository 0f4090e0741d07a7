"""cocotb tests of `sf_core`: a weight load over the registers, frames with gaps and back-pressure, records compared.

Started by `run_cocotb.py`, which says where the build's files are. Knows the core only by `interface.json`; what the
records must be comes from the golden vectors. Copy what you need into a bench of your own.
"""

from __future__ import annotations

import json
import os
import random
from collections import deque
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, Timer

CONFIG = json.loads(Path(os.environ["SF_COCOTB"]).read_text(encoding="utf-8"))
INTERFACE = json.loads(Path(CONFIG["interface"]).read_text(encoding="utf-8"))
REGISTERS = INTERFACE["registers"]
PERIOD_NS, SETTLE_NS = 10, 2
LIMIT = 2_000_000  # cycles that nothing takes
LOAD, ACTIVATE, BANK = 1, 4, 256  # CONTROL


class Core:
    """The core's ports, a clock cycle at a time.

    Inputs change at the falling edge only, handshakes are seen before the rising one.
    """

    def __init__(self, dut: Any, seed: int) -> None:
        self.dut = dut
        self.random = random.Random(seed)
        self.words: deque[tuple[int, int, bool, bool]] = deque()  # data, pulse id, first, last
        self.records: list[int] = []
        self.in_gap = self.res_gap = 0.0  # share of cycles without a word offered, and with records refused
        self.push = False  # begin frames though there is no room, as a detector does
        self.request: tuple[int, int | None] | None = None  # address, value to write
        self.offering = self.accepted = False
        self.answer: int | None = None

    async def start(self) -> None:
        """Clock, reset, and the end of the load at power-up, whatever came of it."""
        dut = self.dut
        for port in ("in_valid", "in_data", "in_first", "in_last", "in_error", "in_pulse_id", "in_dest", "res_ready"):
            getattr(dut, port).value = 0
        dut.cfg_valid.value = 0
        dut.rst.value = 1
        Clock(dut.clk, PERIOD_NS, unit="ns").start()
        for _ in range(8):
            await FallingEdge(dut.clk)
        dut.rst.value = 0
        await self.until("status", ("busy", 0), ("booting", 0))

    async def cycle(self) -> None:
        """One clock cycle."""
        dut = self.dut
        await FallingEdge(dut.clk)
        if not self.offering and self.words and self.random.random() >= self.in_gap and self._may_begin():
            data, pulse_id, first, last = self.words[0]
            dut.in_data.value, dut.in_pulse_id.value = data, pulse_id
            dut.in_first.value, dut.in_last.value = first, last
            self.offering = True
        dut.in_valid.value = self.offering
        dut.res_ready.value = self.random.random() >= self.res_gap
        dut.cfg_valid.value = self.request is not None
        if self.request is not None:
            address, value = self.request
            dut.cfg_addr.value, dut.cfg_write.value, dut.cfg_wdata.value = address, value is not None, value or 0
        await Timer(SETTLE_NS, unit="ns")
        if self.offering and int(dut.in_ready.value):
            self.words.popleft()
            self.offering = False
        if int(dut.res_valid.value) and int(dut.res_ready.value):
            self.records.append(int(dut.res_data.value))
        if self.request is not None and int(dut.cfg_ready.value):
            self.request, self.accepted = None, True
        if int(dut.cfg_rvalid.value):
            self.answer = int(dut.cfg_rdata.value)

    def _may_begin(self) -> bool:
        return (
            self.push or not self.words[0][2] or not hasattr(self.dut, "in_room") or bool(int(self.dut.in_room.value))
        )

    async def _ask(self, address: int, value: int | None) -> None:
        self.request, self.accepted, self.answer = (address, value), False, None
        while not self.accepted:
            await self.cycle()

    async def write(self, name: str, value: int) -> None:
        """Write a register."""
        await self._ask(REGISTERS[name]["address"], value)

    async def read(self, name: str) -> int:
        """Read a register."""
        await self._ask(REGISTERS[name]["address"], None)
        while self.answer is None:
            await self.cycle()
        return self.answer

    async def until(self, name: str, *wanted: tuple[str, int]) -> int:
        """Read a register until its named bits have these values."""
        for _ in range(LIMIT):
            value = await self.read(name)
            if all(field(name, bits, value) == want for bits, want in wanted):
                return value
        raise AssertionError(f"{name} never had {wanted}")

    async def load(self, image: bytes, bank: int) -> None:
        """Load a weight image into a bank and make it active for the next frame."""
        await self.write("control", LOAD | BANK * bank)
        for at in range(0, len(image), 4):
            await self.write("data", int.from_bytes(image[at : at + 4], "little"))
        status = await self.until("status", ("busy", 0))
        assert field("status", "load_result", status) == 1, "the image was refused"
        await self.write("control", ACTIVATE | BANK * bank)
        await self.until("status", ("active", bank))

    def queue(self, pulse_id: int, words: list[int]) -> None:
        """Queue a frame."""
        for index, word in enumerate(words):
            self.words.append((word, pulse_id, index == 0, index == len(words) - 1))

    async def drain(self, records: int | None) -> None:
        """Until all words are taken and `records` have come; None: and nothing more comes for a while."""
        quiet = 0
        for _ in range(LIMIT):
            before = len(self.records)
            await self.cycle()
            quiet = 0 if self.words or len(self.records) != before else quiet + 1
            if not self.words and (len(self.records) >= records if records is not None else quiet > CONFIG["quiet"]):
                return
        raise AssertionError(f"{len(self.records)} records came, {len(self.words)} words were not taken")


def field(register: str, bits: str, value: int) -> int:
    """Named bits of a register's value."""
    place = REGISTERS[register]["bits"][bits]
    low, high = int(place["low"]), int(place["high"])
    return value >> low & ((1 << (high - low + 1)) - 1)


def encode(image: np.ndarray[Any, Any]) -> list[int]:
    """An image [channels, rows, columns] (or a vector) as the words of the input stream, as integers."""
    stream = INTERFACE["input"]
    bits, lanes, channels = stream["bits"], stream["lanes"], stream["channels"]
    pixels = image.reshape(channels, stream["rows"], stream["columns"])
    words = []
    for row in range(stream["rows"]):
        for start in range(0, stream["columns"], lanes):
            word = 0
            for lane in range(min(lanes, stream["columns"] - start)):
                for channel in range(channels):
                    value = int(pixels[channel, row, start + lane]) & ((1 << bits) - 1)
                    word |= value << (lane * channels + channel) * bits
            words.append(word)
    assert len(words) == INTERFACE["frame_words"]
    return words


def decode(record: int) -> dict[str, int]:
    """Fields and flags of a result record."""
    found, low = {}, 0
    for name, bits, signed in INTERFACE["record"]["fields"]:
        value = record >> low & ((1 << bits) - 1)
        found[name] = value - (1 << bits) if signed and value >> (bits - 1) else value
        low += bits
    return found | {name: found["flags"] >> bit & 1 for name, bit in INTERFACE["record"]["flags"].items()}


def expected(pattern: int) -> dict[str, int]:
    """What the golden vectors say of a pattern's record."""
    values = [int(value) for value in GOLDEN[pattern]]
    names = [f"score_{n}" for n in range(len(values) - 4)]
    return dict(zip([*names, "class", "slot", "accept", "network_keep"], values, strict=True))


def check(core: Core, patterns: dict[int, int], image_id: int) -> list[int]:
    """Compare every record with its pattern's golden vector; the pulse ids in the order of the records."""
    found = [decode(record) for record in core.records]
    for record in found:
        where = f"pulse {record['pulse_id']}"
        for name, value in expected(patterns[record["pulse_id"]]).items():
            assert record[name] == value, f"{where}: {name} is {record[name]}, not {value}"
        for flag in INTERFACE["record"]["fail_open"]:
            assert not record[flag], f"{where} is flagged {flag}"
        assert record["image_id"] == image_id, f"{where}: another image"
    return [record["pulse_id"] for record in found]


INPUTS = np.load(Path(CONFIG["vectors"]) / f"{INTERFACE['input']['node']}.npy", mmap_mode="r")
GOLDEN = np.load(Path(CONFIG["vectors"]) / f"{INTERFACE['output']}.npy", mmap_mode="r")
IMAGE = Path(CONFIG["weights"]).read_bytes()
IMAGE_ID = int.from_bytes(IMAGE[8:12], "little")
LAST_BANK = REGISTERS["banks"]["value"] - 1


@cocotb.test()
async def records_equal_the_golden_vectors(dut: Any) -> None:
    """A weight load over the registers, then frames with random gaps and refused records."""
    core = Core(dut, CONFIG["seed"])
    await core.start()
    for name in ("magic", "interface", "layout_id", "design_id"):
        assert await core.read(name) == REGISTERS[name]["value"], f"another {name}"
    await core.load(IMAGE, LAST_BANK)
    assert await core.read(f"image_crc_{LAST_BANK}") == int.from_bytes(IMAGE[-4:], "little")
    core.in_gap, core.res_gap = 0.25, 0.5
    patterns = {100 + i: i % len(INPUTS) for i in range(CONFIG["frames"])}
    for pulse_id, pattern in patterns.items():
        core.queue(pulse_id, encode(INPUTS[pattern]))
    await core.drain(len(patterns))
    assert check(core, patterns, IMAGE_ID) == list(patterns)
    dut._log.info("%d records as the golden vectors say", len(patterns))


@cocotb.test(skip=not INTERFACE["buffered"])
async def frames_that_do_not_wait_are_held_or_dropped_whole(dut: Any) -> None:
    """Frames without a gap while no record is taken: each has an exact record, or is counted as dropped."""
    core = Core(dut, CONFIG["seed"] + 1)
    await core.start()
    await core.load(IMAGE, LAST_BANK)
    core.push, core.res_gap = True, 1.0
    patterns = {500 + i: i % len(INPUTS) for i in range(CONFIG["flood"])}
    for pulse_id, pattern in patterns.items():
        core.queue(pulse_id, encode(INPUTS[pattern]))
    while core.words:
        await core.cycle()
    core.res_gap = 0.0
    await core.drain(None)
    came, dropped = check(core, patterns, IMAGE_ID), await core.read("dropped")
    assert came == sorted(set(came))
    assert len(came) + dropped == len(patterns), f"{len(came)} records, {dropped} dropped of {len(patterns)}"
    dut._log.info("%d records, %d frames dropped", len(came), dropped)
