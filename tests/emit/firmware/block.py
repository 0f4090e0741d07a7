"""A built block with its bench: frames in by beats, records out, registers; and what the numpy reference says."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from speckleforge.emit.firmware.edge_registers import EDGE_MAGIC, edge_registers
from speckleforge.emit.firmware.files import firmware_files
from speckleforge.emit.firmware.frame_format import FrameFormat, dma_of, frame_format
from speckleforge.emit.firmware.host.sf_frames import pack_frame, record_type
from speckleforge.emit.firmware.top import FIRMWARE_TOP
from speckleforge.emit.registers import MAGIC, register_map
from speckleforge.emit.rtl import rtl_files
from speckleforge.ir.design import Design
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.tools.find import find_tool
from speckleforge.tools.process import minimal_environment, run_tool
from tests.networks import random_parameters, random_words

HERE = Path(__file__).parent
# The wheel's precompiled-header rule does not link with g++.
PCH = "CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG= VK_PCH_I_FAST= VK_PCH_I_SLOW="
SOF, EOFE = 2, 1

# What a simulation of clean edges leaves out, put into the sources before they are compiled: the bits of a pointer
# arrive up to a cycle of their own clock apart, and a level is seen up to a cycle later.
SKEW = """
  logic [ADDR_BITS:0] {name}_before, {name}_mask;
  always_ff @(posedge {near}) {name}_before <= {name};
  always_ff @(posedge {near}) {name}_mask <= (ADDR_BITS + 1)'($urandom);
  wire [ADDR_BITS:0] {name}_skewed = ({name} & {name}_mask) | ({name}_before & ~{name}_mask);
"""
LATE = """
  logic [WIDTH-1:0] earlier;
  always_ff @(posedge clk) earlier <= from;
  wire [WIDTH-1:0] mask = WIDTH > 2 ? '1 : WIDTH'(noise);
  logic [31:0] noise;
  always_ff @(posedge clk) noise <= $urandom;
"""


def add_noise(rtl: Path) -> None:
    """Let the crossings be as unkind as constraints allow."""
    path = rtl / "sf_async_fifo.sv"
    text = path.read_text(encoding="utf-8")
    for name, near in (("write_gray", "write_clk"), ("read_gray", "read_clk")):
        assert text.count(f".from  ({name})") == 1
        text = text.replace(f".from  ({name})", f".from  ({name}_skewed)")
        text = text.replace("  sf_sync #(", SKEW.format(name=name, near=near) + "\n  sf_sync #(", 1)
    path.write_text(text, encoding="utf-8")
    path = rtl / "sf_sync.sv"
    text = path.read_text(encoding="utf-8")
    assert text.count("    meta <= from;") == 1
    text = text.replace("    meta <= from;", "    meta <= (from & mask) | (earlier & ~mask);")
    path.write_text(text.replace("  assign stable", LATE + "  assign stable"), encoding="utf-8")


def target(bits: int = 256) -> dict[str, Any]:
    """The KCU1500 with a DMA stream of this width."""
    text = (HERE.parents[2] / "targets" / "kcu1500.yaml").read_text(encoding="utf-8")
    board: dict[str, Any] = yaml.safe_load(text)
    board["links"]["dma"]["bits"] = bits
    return board


def format_of(design: Design, bits: int = 256) -> FrameFormat:
    """The frames of a design on a stream of this width."""
    dma = dma_of(target(bits))
    assert dma
    return frame_format(design, dma)


def write_firmware(design: Design, folder: Path, bits: int = 256) -> dict[str, str]:
    """The folder `firmware/`, written."""
    board = target(bits)
    files = firmware_files(design, rtl_files(design, board), board)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return files


@dataclass
class Sent:
    """One frame as it goes over the stream.

    `user` of the first and of the last beat; `cut`: bytes left out at the end; `more`: bytes added; `last`: has one.
    """

    payload: bytes
    dest: int = 0
    sof: bool = True
    eofe: bool = False
    last: bool = True
    pause: int = 0

    def beats(self, beat_bytes: int) -> bytes:
        """The bench's text of its beats."""
        count = -(-len(self.payload) // beat_bytes)
        rows = []
        for i in range(count):
            part = self.payload[i * beat_bytes : (i + 1) * beat_bytes]
            first, last = i == 0, i == count - 1
            user = (SOF if self.sof and first else 0) | (EOFE if self.eofe and last else 0)
            marks = struct.pack("<QBBBB", (1 << len(part)) - 1, last and self.last, self.dest, user, self.pause * first)
            rows.append(part.ljust(beat_bytes, b"\xa5") + marks)
        return b"".join(rows)


@dataclass
class Result:
    """What the bench saw: records in order, their tDest, values read, bus answers; times in ps.

    `starts`: of the first beats of frames; `times`: of the last beats of records.
    """

    records: np.ndarray
    dest: list[int]
    times: list[int]
    reads: list[int]
    answers: list[int]
    starts: list[int]


@dataclass
class Block:
    """A compiled block. `values`: more arguments of Verilator; `edit` may spoil the folder of sources."""

    design: Design
    folder: Path
    bits: int = 256
    values: Sequence[str] = ()
    edit: Callable[[Path], None] | None = None
    addresses: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        write_firmware(self.design, self.folder / "firmware", self.bits)
        self.frames = format_of(self.design, self.bits)
        table = (*register_map(self.design), *edge_registers(self.frames))
        self.addresses = {register.name: 4 * register.address for register in table}
        self.params = random_parameters(self.design.topology, 5)
        self._build()

    def _build(self) -> None:
        rtl = self.folder / "firmware" / "rtl"
        if self.edit:
            self.edit(rtl)
        add_noise(rtl)
        index = yaml.safe_load((rtl / "files.json").read_text(encoding="utf-8"))
        tool = find_tool("verilator")
        command = [*tool.command, "--cc", "--exe", "--build", "-j", "2", "--top-module", FIRMWARE_TOP, "-Mdir", "obj"]
        command += [
            "-MAKEFLAGS",
            f"OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0 {PCH}",
            "-CFLAGS",
            "-std=c++20",
            "-Wno-fatal",
        ]
        command += ["--x-assign", "unique", "--x-initial", "unique", *self.values]
        files = [*index["models"], *index["files"]]
        run_tool(
            [*command, *(str(rtl / name) for name in files), str(HERE / "bench.cpp")],
            cwd=self.folder,
            log=self.folder / "build.log",
            env=minimal_environment(tool.env),
        )
        (self.folder / "boot.hex").write_bytes((rtl / "boot.hex").read_bytes())

    def images(self, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Random input words [N, rows, columns, channels] and what the head makes of them [N, slots + 4]."""
        words = random_words(self.design.topology, count, seed)
        expected = run_topology(self.design.topology, words, self.params.values)[self.design.topology.nodes[-1].name]
        stream = self.design.source
        shaped = words.reshape(count, stream.channels, stream.height, stream.width).transpose(0, 2, 3, 1)
        return shaped, expected

    def frame(self, image: np.ndarray, pulse_id: int) -> bytes:
        """A frame's bytes, as the host's packer makes them; the rest of the header is noise."""
        head = self.frames.header_bytes
        packed = pack_frame(image, pulse_id, self.design.source.element.bits, head)
        assert len(packed) == self.frames.frame_bytes
        return packed[:4] + bytes((pulse_id * 7 + i) % 256 for i in range(head - 4)) + packed[head:]

    def image_file(self) -> Path:
        """The weight image of `params`."""
        path = self.folder / "weights.bin"
        path.write_bytes(build_image(self.design.layout, self.params.values))
        return path

    def run(self, script: Sequence[str], clocks_ps: Sequence[int], seed: int = 1) -> Result:
        """Obey a script; `{name}` in it is the byte address of a register."""
        values = {"magic": MAGIC, "edge_magic": EDGE_MAGIC}
        begun = [f"until {{{name}}} 0xffffffff {value}" for name, value in values.items()]
        script = [*begun, *script]  # the block begins in reset
        (self.folder / "script").write_text("\n".join(script).format(**self.addresses) + "\n", encoding="utf-8")
        command = [self.folder / "obj" / f"V{FIRMWARE_TOP}", "script", ".", str(seed), *map(str, clocks_ps)]
        run_tool(command, cwd=self.folder, log=self.folder / "run.log")
        return self._read()

    def beats(self, name: str, frames: Sequence[Sent]) -> str:
        """A file of beats; the line that queues it."""
        (self.folder / name).write_bytes(b"".join(frame.beats(self.bits // 8) for frame in frames))
        return f"beats {name}"

    def load(self, bank: int = 1) -> list[str]:
        """Lines that load `params` and make the bank active."""
        begin, activate = 1 | bank << 8, 4 | bank << 8
        return [
            "until {status} 0x73 0x20",  # the placeholder of the boot memory was refused
            f"write {{control}} {begin}",
            f"image {{data}} {self.image_file().name}",
            "until {status} 0x70 0x10",
            f"write {{control}} {activate}",
        ]

    def _read(self) -> Result:
        size = self.bits // 8
        kind = np.dtype([("data", "u1", (size,)), ("keep", "<u8"), ("marks", "u1", (4,)), ("ps", "<u8")])
        beats = np.fromfile(self.folder / "beats.bin", kind)
        records, dests, times, held = [], [], [], b""
        for beat in beats:
            last, dest, user, _ = beat["marks"]
            assert user == (0 if held else SOF)
            count = int(beat["keep"]).bit_length()
            assert int(beat["keep"]) == (1 << count) - 1
            assert last or count == size
            held += beat["data"].tobytes()[:count]
            if last:
                assert len(held) == self.frames.record_bits // 8
                records.append(held)
                dests.append(int(dest))
                times.append(int(beat["ps"]))
                held = b""
        assert not held
        slots = self.frames.record_bits // 32 - 4
        names = ("reads.txt", "answers.txt", "starts.txt")
        numbers = [[int(line) for line in (self.folder / name).read_text().split()] for name in names]
        return Result(np.frombuffer(b"".join(records), record_type(slots)), dests, times, *numbers)


def check_record(record: Any, expected: np.ndarray) -> None:
    """Scores, class, slot and decisions of a record are the reference's."""
    slots = len(record["scores"])
    np.testing.assert_array_equal(record["scores"], expected[:slots])
    flags = int(record["flags"])
    got = [int(record["class"]), int(record["slot"]), flags >> 1 & 1, flags >> 2 & 1]
    assert got == list(expected[slots:])
