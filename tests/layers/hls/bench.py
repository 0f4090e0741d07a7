"""Chains of HLS kernels as one C++ program: what the kernels of many chains give for frames and parameters.

The chains are those of the SystemVerilog kernels (`tests.layers.rtl`): one reference, two hardwares.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speckleforge.emit.hls.files import HERE
from speckleforge.layers.hls import PLACEMENT, constants_of, sources
from speckleforge.verify.compiled import HLS_FLAGS
from tests.layers.rtl.bench import Chain, pack, tensor_of, unpack, write_hex

STREAMS = f"-I{HERE / 'csim' / 'stream'}"
STAND_INS = f"-I{HERE / 'csim' / 'ap_int'}"
# Vendor's types leave new values as they are; the compiler cannot see that bits are set before they are read.
VENDOR_QUIET = ("-Wno-uninitialized", "-Wno-maybe-uninitialized", "-Wno-aggressive-loop-optimizations")

MAIN = """
#include <fstream>
#include <iostream>
#include <string>
#include "sf_stream.h"

template <int W>
ap_uint<W> parse(const std::string& digits) {
    ap_uint<W> word = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const char c = digits[digits.size() - 1 - i];
        const int value = c <= '9' ? c - '0' : c - 'a' + 10;
        for (int b = 0; b < 4; ++b) {
            const int at = static_cast<int>(4 * i) + b;
            if (at < W) word(at, at) = ap_uint<1>((value >> b) & 1);
        }
    }
    return word;
}

template <int W>
std::string print(const ap_uint<W>& word) {
    std::string digits;
    for (int at = (W + 3) / 4 * 4 - 4; at >= 0; at -= 4) {
        int value = 0;
        for (int b = 0; b < 4 && at + b < W; ++b) {
            const ap_uint<1> bit = sf::element<ap_uint<1> >(word, at + b);
            value |= static_cast<int>(bit) << b;
        }
        digits += "0123456789abcdef"[value];
    }
    return digits;
}

struct Line { std::string first, second; };

template <int W>
void feed(std::ifstream& file, int words, hls::stream<ap_uint<W> >& to) {
    std::string digits;
    for (int i = 0; i < words; ++i) {
        file >> digits;
        to.write(parse<W>(digits));
    }
}
"""


def stages(chain: Chain) -> list:
    """The chain's kernels that HLS has."""
    return [kernel for kernel in chain.kernels if kernel.kind not in PLACEMENT]


def program(chain: Chain) -> str:
    """A function that runs a chain: reads `<name>.in` and `<name>.par`, writes `<name>.out`."""
    rows, kernels = [], stages(chain)
    for i, kernel in enumerate(kernels):
        values = "".join(f"  static const int {n} = {v};\n" for n, v in constants_of(kernel, chain.banks).items())
        rows.append(f"struct {chain.name}_{i} {{\n{values}}};\n")
    rows.append(f"static void run_{chain.name}() {{\n")
    rows.append(f'  std::ifstream words("{chain.name}.in"), messages("{chain.name}.par");\n')
    rows.append(f'  std::ofstream out("{chain.name}.out");\n')
    rows.append(f"  hls::stream<ap_uint<{chain.source.word_bits}> > s0;\n")
    for i, kernel in enumerate(kernels):
        rows.append(f"  hls::stream<ap_uint<{kernel.sink.word_bits}> > s{i + 1};\n  hls::stream<sf::Message> p{i};\n")
    rows.append("  int kernel, frames; std::string digits;\n  messages >> frames;\n")
    rows.append("  while (messages >> kernel >> digits) {\n")
    for i, kernel in enumerate(kernels):
        if kernel.op is not None and kernel.op.parameters(tensor_of(kernel)):
            rows.append(f"    if (kernel == {i} || kernel == -1) p{i}.write(parse<39>(digits));\n")
    rows.append("    if (kernel != -1) continue;\n")
    rows.append(f"    feed<{chain.source.word_bits}>(words, {chain.source.words}, s0);\n")
    for i, kernel in enumerate(kernels):
        loaded = kernel.op is not None and kernel.op.parameters(tensor_of(kernel))
        rows.append(f"    sf::{kernel.kind}<{chain.name}_{i}>(s{i}, s{i + 1}{f', p{i}' if loaded else ''});\n")
    last = len(kernels)
    rows.append(f'    while (!s{last}.empty()) out << print<{chain.sink.word_bits}>(s{last}.read()) << "\\n";\n')
    rows.append('    if (!s0.empty()) std::cout << "a frame was not used up\\n";\n')
    rows.append("  }\n}\n")
    return "".join(rows)


def messages(chain: Chain) -> list[str]:
    """Writes of every bank, then a `go` for each frame: lines `kernel message`; -1: to all kernels, and a frame."""
    rows = [str(len(chain.frames))]
    kernels = stages(chain)
    for bank in range(chain.banks):
        by_kernel = dict(zip(map(id, chain.kernels), chain.params[bank], strict=True))
        for i, kernel in enumerate(kernels):
            for parameter, spec in enumerate(kernel.op.parameters(tensor_of(kernel)) if kernel.op else ()):
                for index, value in enumerate(by_kernel[id(kernel)][spec.name].ravel()):
                    message = int(value) & 0xFFFFFFFF | parameter << 32 | (index == 0) << 36 | bank << 37
                    rows.append(f"{i} {message:x}")
    for tag in chain.tags:
        rows.append(f"-1 {1 << 38 | (tag & 1 if chain.banks == 2 else 0) << 37:x}")
    return rows


@dataclass
class HlsBench:
    """A program of several chains, compiled in `folder` with the stand-ins, or with a vendor's headers of integers."""

    chains: Sequence[Chain]
    folder: Path
    standard: str = "c++14"
    vendor: Path | None = None
    flags: tuple[str, ...] = ("-O1",)

    def run(self) -> None:
        """Compile, run, and compare every element of every frame with the reference."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kinds = {kernel.kind for chain in self.chains for kernel in stages(chain)}
        for name, text in sources(kinds).items():
            (self.folder / name).write_text(text)
        includes = "".join(f'#include "sf_{kind}.h"\n' for kind in sorted(kinds))
        runs = "".join(f"  run_{chain.name}();\n" for chain in self.chains)
        main = [MAIN, includes, *map(program, self.chains), f"int main() {{\n{runs}  return 0;\n}}\n"]
        (self.folder / "main.cpp").write_text("".join(main))
        for chain in self.chains:
            rng = np.random.default_rng(chain.seed + 1)
            words = [word for frame in chain.frames for word in pack(chain.source, frame, rng)]
            write_hex(self.folder / f"{chain.name}.in", words)
            (self.folder / f"{chain.name}.par").write_text("\n".join(messages(chain)) + "\n")
        self._compile()
        done = subprocess.run(["./main"], cwd=self.folder, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        assert not done.stdout
        for chain in self.chains:
            self._check(chain)

    def _compile(self) -> None:
        types = (f"-isystem{self.vendor}", *VENDOR_QUIET) if self.vendor else (STAND_INS,)
        warnings = [flag for flag in HLS_FLAGS if flag.startswith("-W")]
        command = [
            "g++",
            f"-std={self.standard}",
            *self.flags,
            *warnings,
            "-I.",
            STREAMS,
            *types,
            "main.cpp",
            "-o",
            "main",
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr[-6000:]

    def _check(self, chain: Chain) -> None:
        words = [int(line, 16) for line in (self.folder / f"{chain.name}.out").read_text().split()]
        expected, stream = chain.expected(), chain.sink
        assert len(words) == len(chain.frames) * stream.words, chain.name
        for n, frame in enumerate(expected):
            got = unpack(stream, words[n * stream.words : (n + 1) * stream.words])
            np.testing.assert_array_equal(got.reshape(frame.shape), frame, f"{chain.name}: frame {n}")
