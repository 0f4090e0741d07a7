"""The whole board through its serial pins. Takes the built board bench and bytes; gives packets and answers.

Packets are those of the host's own codec, as shipped with the design. Knows no expected value.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from speckleforge.artifacts.boot_memory import readmemh_text
from speckleforge.errors import FormatError, Problem
from speckleforge.ir.design import Design, parse_design
from speckleforge.layers import kernel_class, op_class
from speckleforge.tools.process import minimal_environment, run_tool
from speckleforge.verify.build import BOARD, BOARD_BENCH, CODEC, DESIGN, INTERFACE

BOOT_FILE = "boot.hex"
_MODULE = "speckleforge_host_codec"


def load_codec(path: Path) -> Any:
    """The host's codec as a module."""
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    if spec is None or spec.loader is None:
        raise FormatError(Problem("not a codec", str(path)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@dataclass
class PinScript:
    """What goes over the serial line; sent bytes are written into `folder`."""

    folder: Path
    lines: list[str] = field(default_factory=list)
    sent: int = 0
    expected: int = 0  # packets that will have come

    def idle(self, cycles: int) -> PinScript:
        """Leave the line idle."""
        self.lines.append(f"run {cycles}")
        return self

    def send(self, data: bytes) -> PinScript:
        """Send bytes back to back."""
        name = f"send_{len(self.lines)}.bin"
        (self.folder / name).write_bytes(data)
        self.lines.append(f"send {name}")
        self.sent += len(data)
        return self

    def wait(self, packets: int) -> PinScript:
        """Wait until so many more packets have come."""
        self.expected += packets
        self.lines.append(f"packets {self.expected}")
        return self

    def ask(self, request: bytes) -> PinScript:
        """Send a request and wait for its answer."""
        return self.send(request).wait(1)


@dataclass(frozen=True)
class PinRun:
    """What came: result records as bytes, answers (address, value), broken or unknown packets, bytes, cycles."""

    records: list[bytes]
    answers: list[tuple[int, int]]
    strays: int
    received: int
    cycles: int


class PinSimulator:
    """A built board bench.

    Parameters
    ----------
    simulators
        The folder that `verify.build` made.
    work
        A folder to work in; made if missing.
    """

    def __init__(self, simulators: Path, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self._work, self._runs = work, 0
        self._bench = work / BOARD_BENCH
        for name in (BOARD_BENCH, CODEC):
            shutil.copyfile(simulators / name, work / name)
        self._bench.chmod(0o755)
        self.codec: Any = load_codec(work / CODEC)
        self.interface: Mapping[str, Any] = json.loads((simulators / INTERFACE).read_text(encoding="utf-8"))
        self.board: Mapping[str, Any] = json.loads((simulators / BOARD).read_text(encoding="utf-8"))
        self.design: Design = parse_design((simulators / DESIGN).read_text(encoding="utf-8"), op_class, kernel_class)

    @staticmethod
    def present(simulators: Path) -> bool:
        """Whether the design has a board with a serial line."""
        return (simulators / BOARD).is_file()

    def address(self, register: str) -> int:
        """Word address of a register of the core."""
        return int(self.interface["registers"][register]["address"])

    def script(self, image: bytes, seed: int) -> PinScript:
        """An empty script in a folder of its own; the boot memory holds `image`, and has been read when it begins."""
        self._runs += 1
        folder = self._work / f"pins_{self._runs}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / BOOT_FILE).write_text(readmemh_text(image), encoding="utf-8")
        return PinScript(folder, [f"seed {seed}"]).idle(8 * len(image) + 2000)

    def run(self, script: PinScript) -> PinRun:
        """Run a script to its end.

        Raises
        ------
        StageError
            If a packet that was waited for does not come.
        """
        folder = script.folder
        (folder / "script.txt").write_text("\n".join(script.lines) + "\n", encoding="utf-8")
        divider = str(self.board["simulated_clocks_per_bit"])
        command = [os.fspath(self._bench.resolve()), divider, "script.txt", "received.bin"]
        run_tool(command, cwd=folder, log=folder / "bench.log", env=minimal_environment())
        raw = np.fromfile(folder / "received.bin", np.dtype([("cycle", "<u8"), ("byte", "u1")]))
        decoder, codec = self.codec.Decoder(), self.codec
        packets = decoder.feed(raw["byte"].tobytes())
        answers = [answer for answer in map(codec.decode_answer, packets) if answer is not None]
        records = [packet.payload for packet in packets if packet.kind == codec.RESULT]
        strays = decoder.broken + len(packets) - len(answers) - len(records)
        last = int(raw["cycle"][-1]) if len(raw) else 0
        return PinRun(records, [(item.addr, item.value) for item in answers], strays, len(raw), last)
