"""A small network's HLS block, compiled with a scripted host: loads, frames of every sort, records, registers."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speckleforge.emit.hls.files import hls_files
from speckleforge.emit.hls.registers import hls_registers
from speckleforge.ir.design import Design
from speckleforge.verify.compiled import HLS_FLAGS

# Reads a script: `load FILE BANK`, `ask FILE BANK`, `use`, `idle`, `forget`, `prescale N`, `noise`, `beats FILE`,
# `frame FILE PULSE BEATS`, `registers`; prints a line where there is something to say.
HOST = r"""
#include <fstream>
#include <iostream>
#include <string>
#include "sf_driver.h"
#include "sf_npy.h"

static std::vector<std::uint16_t> words_of(const std::string& path) {
    const std::vector<std::int64_t> values = sf::read_npy(path);
    return std::vector<std::uint16_t>(values.begin(), values.end());
}

int main(int, char** argv) {
    std::ifstream script(argv[1]);
    sf::Driver driver;
    std::string command, file;
    while (script >> command) {
        if (command == "load") {
            int bank;
            script >> file >> bank;
            std::cout << "load " << driver.load(sf::read_bytes(file), bank) << "\n";
        } else if (command == "ask") {
            int bank;
            script >> file >> bank;
            driver.ask(sf::read_bytes(file), bank);
        } else if (command == "use") {
            std::cout << "load " << driver.use() << "\n";
        } else if (command == "idle") {
            driver.idle();
        } else if (command == "forget") {
            driver.forget();
        } else if (command == "prescale") {
            int every;
            script >> every;
            driver.set_prescale(every);
        } else if (command == "noise") {
#ifdef SF_AP_NOISE
            ap_detail::noisy() = true;
#endif
        } else if (command == "beats") {  // a file of whole beats, as a DMA would send it
            script >> file;
            const std::vector<std::uint8_t> bytes = sf::read_bytes(file);
            const sf::Record r = driver.beats(bytes.data(), bytes.size());
            std::cout << "frame " << r.pulse_id << " " << r.image_id << " " << r.flags;
            std::cout << " " << r.label << " " << r.slot;
            for (int score : r.scores) std::cout << " " << score;
            std::cout << "\n";
        } else if (command == "frame") {
            int pulse, beats;
            script >> file >> pulse >> beats;
            const sf::Record r = driver.frame(words_of(file).data(), pulse, beats);
            std::cout << "frame " << r.pulse_id << " " << r.image_id << " " << r.flags;
            std::cout << " " << r.label << " " << r.slot;
            for (int score : r.scores) std::cout << " " << score;
            std::cout << "\n";
        } else {
            const sf::Registers& r = driver.registers();
            std::cout << "registers";
            PRINT
            std::cout << "\n";
        }
    }
    return 0;
}
"""


@dataclass(frozen=True)
class Record:
    """One frame's result."""

    pulse_id: int
    image_id: int
    flags: int
    label: int
    slot: int
    scores: tuple[int, ...]

    def flag(self, bit: int) -> bool:
        return bool(self.flags >> bit & 1)

    @property
    def sequence(self) -> int:
        return self.flags >> 24 & 0x7F


class Block:
    """The compiled block of a design, in a folder."""

    def __init__(self, design: Design, folder: Path, flags: tuple[str, ...] = ()) -> None:
        self.design, self.folder = design, folder
        for name, text in hls_files(design).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        self.ports = [row.port for row in hls_registers(design) if not row.writable]
        printed = " ".join(f'std::cout << " " << r.{port}.to_uint64();' for port in self.ports)
        (folder / "host.cpp").write_text(HOST.replace("PRINT", printed))
        command = ["g++", *HLS_FLAGS, *flags, "host.cpp", "sf_network.cpp", "-o", "host"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr[-4000:]

    def image(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return name

    def words(self, name: str, words: np.ndarray) -> str:
        np.save(self.folder / name, words.astype(np.uint16))
        return f"{name}.npy"

    def run(self, *script: str) -> tuple[list[int], list[Record], dict[str, int]]:
        """Results of the loads, the records, and the registers where the script ends with `registers`."""
        (self.folder / "script").write_text("\n".join(script) + "\n")
        done = subprocess.run(["./host", "script"], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        lines = [line.split() for line in done.stdout.splitlines()]
        loads = [int(row[1]) for row in lines if row[0] == "load"]
        numbers = [[int(n) for n in row[1:]] for row in lines if row[0] == "frame"]
        records = [Record(*row[:5], tuple(row[5:])) for row in numbers]
        last = [row[1:] for row in lines if row[0] == "registers"]
        return loads, records, dict(zip(self.ports, map(int, last[-1]), strict=True)) if last else {}
