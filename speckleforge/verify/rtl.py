"""RTL simulation as one of the executions. Takes the built bench and a script; gives streams, records, cycles.

Knows no expected value.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem
from speckleforge.ir.design import Design, parse_design
from speckleforge.ir.stream import StreamType
from speckleforge.layers import kernel_class, op_class
from speckleforge.tools.process import minimal_environment, run_tool
from speckleforge.verify.build import BENCH, DESIGN, INTERFACE
from speckleforge.verify.streams import Trace, read_trace

FIRST, LAST = 1, 2
BEGIN_LOAD, BEGIN_BOOT, ACTIVATE, BANK = 1, 2, 4, 256  # CONTROL
LOAD_RESULT, LOAD_GOOD, ACTIVE = 0x70, 0x10, 0x1000  # STATUS
SETTLE_CYCLES = 80


@dataclass(frozen=True)
class Frame:
    """One frame as it is sent: its words' integers [words, bytes], marks, pulse id."""

    pulse_id: int
    words: NDArray[np.uint8]
    marks: int = FIRST | LAST


def encode_frames(images: NDArray[Any], stream: StreamType) -> NDArray[np.uint8]:
    """Images [N, channels, rows, columns] (or [N, features]) -> words [N, words, bytes] of the input stream."""
    count, bits = len(images), stream.element.bits
    image = np.asarray(images, np.int64).reshape(count, stream.channels, stream.height, stream.width)
    columns = stream.words_per_row * stream.lanes
    padded = np.zeros((count, stream.height, columns, stream.channels), np.int64)
    padded[:, :, stream.offset : stream.offset + stream.width] = image.transpose(0, 2, 3, 1)
    raw = ((padded[..., None] >> np.arange(bits)) & 1).astype(np.uint8)
    return np.packbits(raw.reshape(count, stream.words, stream.word_bits), axis=-1, bitorder="little")


@dataclass
class Script:
    """Commands of the bench, in order; files that they name are written into `folder`.

    `boots`: the core has a boot memory for a whole image.
    """

    folder: Path
    registers: Mapping[str, Any]
    boots: bool = True
    lines: list[str] = field(default_factory=list)
    _files: int = 0

    def add(self, line: str) -> Script:
        """One command as the bench reads it."""
        self.lines.append(line)
        return self

    def begin(self, seed: int, boot: bytes | None = None) -> Script:
        """Seed, boot memory, reset, and the end of the load at start-up, good or not.

        A core without a boot memory is given `boot` through DATA instead.
        """
        self.add(f"seed {seed}")
        good = boot is not None and self.boots
        if boot is not None and good:
            self.add(f"boot {self._file(boot)}")
        self._reset(good=good)
        return self if good or boot is None else self.load(boot, 0)

    def restart(self) -> Script:
        """Reset again, with the boot memory as it is, and the end of the load at start-up."""
        return self._reset(good=self.boots)

    def _reset(self, *, good: bool) -> Script:
        return self.add("reset").add(f"until {self.address('status')} 0x73 {'0x10' if good else '0x20'}")

    def frames(self, frames: Sequence[Frame]) -> Script:
        """Queue frames."""
        parts = []
        for frame in frames:
            parts.append(np.array([frame.pulse_id, len(frame.words), frame.marks], "<u4").tobytes())
            parts.append(frame.words.tobytes())
        return self.add(f"frames {self._file(b''.join(parts))}")

    def load(self, image: bytes, bank: int) -> Script:
        """Load an image through DATA, to its good end."""
        self.begin_load(image, bank)
        return self.add(f"until {self.address('status')} {LOAD_RESULT:#x} {LOAD_GOOD:#x}")

    def begin_load(self, image: bytes, bank: int) -> Script:
        """Send an image, whatever becomes of it."""
        self.add(f"write {self.address('control')} {BEGIN_LOAD | BANK * bank}")
        return self.add(f"image {self._file(image)}")

    def activate(self, bank: int) -> Script:
        """Make a bank active for the next frame, and see that it is."""
        self.add(f"write {self.address('control')} {ACTIVATE | BANK * bank}")
        return self.add(f"until {self.address('status')} {ACTIVE:#x} {ACTIVE * bank:#x}")

    def read(self, name: str, *, settled: bool = True) -> Script:
        """Read a register, when the counters have settled."""
        if settled:
            self.add(f"run {SETTLE_CYCLES}")
        return self.add(f"read {self.address(name)}")

    def address(self, name: str) -> int:
        """Word address of a register."""
        return int(self.registers[name]["address"])

    def _file(self, content: bytes) -> str:
        self._files += 1
        name = f"file_{self._files}.bin"
        (self.folder / name).write_bytes(content)
        return name


@dataclass(frozen=True)
class RtlRun:
    """What one run of the bench gave.

    Attributes
    ----------
    traces
        Stream name -> its words; `input` is what left the guard.
    records
        Field name -> int64 [records], flags apart as bools.
    record_cycles
        Cycle in which each record was taken.
    accepted
        [frames, 2]: cycles in which the first and the last word of each sent frame were taken.
    reads
        Register name -> values read, in order.
    high_water
        FIFO -> most words that it held at once: an instance's name, or `ingress`.
    """

    traces: Mapping[str, Trace]
    records: Mapping[str, NDArray[np.int64]]
    record_cycles: NDArray[np.int64]
    accepted: NDArray[np.int64]
    reads: Mapping[str, list[int]]
    high_water: Mapping[str, int]


class RtlSimulator:
    """A built bench.

    Parameters
    ----------
    simulators
        The folder that `verify.build` made.
    work
        A folder to work in; made if missing.
    """

    def __init__(self, simulators: Path, work: Path) -> None:
        self._work = work
        self._runs = 0
        work.mkdir(parents=True, exist_ok=True)
        self._bench = work / BENCH
        shutil.copyfile(simulators / BENCH, self._bench)
        self._bench.chmod(0o755)
        self.interface: dict[str, Any] = json.loads((simulators / INTERFACE).read_text(encoding="utf-8"))
        text = (simulators / DESIGN).read_text(encoding="utf-8")
        self.design: Design = parse_design(text, op_class, kernel_class)
        self._boot = sorted(simulators.glob("*.hex"))
        if self.interface["design"] != self.design.design_id:
            raise FormatError(Problem("the bench is of another design", str(simulators), self.interface["design"]))

    def script(self) -> Script:
        """An empty script with a folder of its own."""
        self._runs += 1
        folder = self._work / f"run_{self._runs}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in self._boot:
            shutil.copyfile(path, folder / path.name)
        return Script(folder, self.interface["registers"], self.design.settings.boot)

    def run(self, script: Script) -> RtlRun:
        """Run a script to its end.

        Raises
        ------
        StageError
            If the core stands still, with the streams that wait.
        """
        folder = script.folder
        (folder / "script.txt").write_text("\n".join(script.lines) + "\n", encoding="utf-8")
        command = [os.fspath(self._bench.resolve()), "script.txt", "."]
        run_tool(command, cwd=folder, log=folder / "bench.log", env=minimal_environment())
        cycles, records = self._records(folder / "records.bin")
        accepted = np.fromfile(folder / "accepts.bin", "<u8").astype(np.int64).reshape(-1, 2)
        marks = np.fromfile(folder / "high_water.bin", "<u4").tolist()
        high_water = dict(zip(self.interface["fifos"], marks, strict=True))
        return RtlRun(self._traces(folder), records, cycles, accepted, self._reads(folder / "reads.bin"), high_water)

    def _traces(self, folder: Path) -> dict[str, Trace]:
        design, first = self.design, self.design.topology.nodes[0]
        kinds = {"input": (design.source, first.out)}
        kinds |= {item.name: (item.kernel.sink, design.boundary_type(item)) for item in design.instances}
        return {
            name: read_trace(folder / f"stream_{index}.bin", name, *kinds[name])
            for index, name in enumerate(self.interface["streams"])
        }

    def _records(self, path: Path) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]]]:
        record = self.interface["record"]
        kinds = [("cycle", "<u8")]
        kinds += [(name, f"<{'i' if signed else 'u'}{bits // 8}") for name, bits, signed in record["fields"]]
        raw = np.fromfile(path, np.dtype(kinds))
        values = {name: raw[name].astype(np.int64) for name, _ in kinds[1:]}
        values |= {name: values["flags"] >> bit & 1 for name, bit in record["flags"].items()}
        sequence = record["sequence"]
        values["sequence"] = values["flags"] >> sequence["low"] & ((1 << sequence["bits"]) - 1)
        return raw["cycle"].astype(np.int64), values

    def _reads(self, path: Path) -> dict[str, list[int]]:
        names = {row["address"]: name for name, row in self.interface["registers"].items()}
        found: dict[str, list[int]] = {}
        for address, value in np.fromfile(path, "<u4").reshape(-1, 2):
            found.setdefault(names[int(address)], []).append(int(value))
        return found
