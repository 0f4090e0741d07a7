"""Dot products by themselves in one Verilator build: vectors in, one a cycle, and the sums of every cycle out."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speckleforge.fixed.types import IntType
from speckleforge.layers.rtl import RTL
from speckleforge.layers.rtl.arithmetic import dots_stages
from tests.layers.rtl.bench import verilate, write_hex

Ints = NDArray[np.int64]
FILES = ("sf_add_tree", "sf_delay", "sf_dots_mul", "sf_dots_dsp2", "sf_dsp_pair", "models/DSP48E2")
RANDOM = 40  # vectors of each sort


@dataclass(frozen=True)
class Dots:
    """One `sf_dots_<arithmetic>`."""

    arithmetic: str
    lanes: int
    outputs: int
    taps: int
    operand: IntType
    weight_bits: int
    pair_outputs: bool = False

    @property
    def name(self) -> str:
        sizes = f"{self.lanes}x{self.outputs}x{self.taps}_{self.operand}_w{self.weight_bits}"
        return f"{self.arithmetic}{'_outputs' if self.pair_outputs else ''}_{sizes}"

    @property
    def weight(self) -> IntType:
        return IntType(self.weight_bits, True)

    @property
    def sum_bits(self) -> int:
        return self.operand.bits + self.weight_bits + (self.taps - 1).bit_length()

    @property
    def stages(self) -> int:
        return dots_stages(self.arithmetic, self.taps, self.operand.bits, 1, self.weight_bits)

    def generics(self) -> dict[str, int]:
        own = {"PAIR_OUTPUTS": int(self.pair_outputs)} if self.arithmetic == "dsp2" else {}
        return own | {
            "LANES": self.lanes,
            "OUTPUTS": self.outputs,
            "TAPS": self.taps,
            "BITS": self.operand.bits,
            "SIGNED": int(self.operand.signed),
            "WEIGHT_BITS": self.weight_bits,
        }


def vectors(dots: Dots, seed: int) -> tuple[Ints, Ints]:
    """Operands [N, lanes, taps] and weights [N, outputs, taps].

    Every combination of extremes for two neighbouring lanes and two neighbouring outputs, the same in all taps, which
    are the extreme sums; then corners that change from tap to tap; then anything.
    """
    rng = np.random.default_rng(seed)
    x, w = dots.operand, dots.weight
    operands, weights = [], []
    for low, high, first, second in itertools.product((x.min, x.max), (x.min, x.max), (w.min, w.max), (w.min, w.max)):
        operands.append(np.resize([[low], [high]], (dots.lanes, 1)) + np.zeros((1, dots.taps), np.int64))
        weights.append(np.resize([[first], [second]], (dots.outputs, 1)) + np.zeros((1, dots.taps), np.int64))
    for _ in range(RANDOM):
        operands.append(rng.choice([x.min, x.max, 0, 1], (dots.lanes, dots.taps)))
        weights.append(rng.choice([w.min, w.max, 0, -1, 1], (dots.outputs, dots.taps)))
    for _ in range(RANDOM):
        operands.append(rng.integers(x.min, x.max + 1, (dots.lanes, dots.taps)))
        weights.append(rng.integers(w.min, w.max + 1, (dots.outputs, dots.taps)))
    order = rng.permutation(len(operands))
    return np.stack(operands)[order], np.stack(weights)[order]


def joined(values: Ints, bits: int) -> int:
    """Elements in one word, the first lowest."""
    return sum((int(value) & (1 << bits) - 1) << (i * bits) for i, value in enumerate(values.ravel()))


def split(word: int, shape: tuple[int, ...], bits: int) -> Ints:
    """Inverse of `joined` for signed elements."""
    fields = [word >> (i * bits) & (1 << bits) - 1 for i in range(int(np.prod(shape)))]
    return np.array([field - (field >> (bits - 1) << bits) for field in fields]).reshape(shape)


class DotsBench:
    """A build of several dot products, and what each gave in every cycle."""

    def __init__(self, cases: Sequence[Dots], folder: Path, seed: int = 1) -> None:
        self.cases, self.folder = cases, folder
        self.given = {dots.name: vectors(dots, seed + i) for i, dots in enumerate(cases)}
        assert len(self.given) == len(cases)
        length = max(
            len(operands) + dots.stages for dots, (operands, _) in zip(cases, self.given.values(), strict=True)
        )
        body = "".join(self._instance(dots) for dots in cases)
        ports = "input wire clk, rst, random, input wire [31:0] cycle, output wire done"
        text = f"module top ({ports});\n  assign done = cycle >= {length + 2};\n{body}endmodule\n"
        (folder / "top.sv").write_text("/* verilator lint_off WIDTH */\n" + text)
        verilate(folder, [RTL / f"{name}.sv" for name in FILES])

    def _instance(self, dots: Dots) -> str:
        name, (operands, weights) = dots.name, self.given[dots.name]
        bits = [operands[0].size * dots.operand.bits, weights[0].size * dots.weight_bits]
        words = [
            joined(x, dots.operand.bits) | joined(w, dots.weight_bits) << bits[0]
            for x, w in zip(operands, weights, strict=True)
        ]
        write_hex(self.folder / f"{name}.in", words)
        given = ", ".join(f".{key}({value})" for key, value in dots.generics().items())
        return f"""
  logic [{sum(bits) - 1}:0] {name}_words[0:{len(words) - 1}];
  wire [{sum(bits) - 1}:0] {name}_word = {name}_words[cycle < {len(words)} ? cycle : 0];
  wire [{dots.lanes * dots.outputs * dots.sum_bits - 1}:0] {name}_sums;
  int {name}_log;
  initial begin
    $readmemh("{name}.in", {name}_words);
    {name}_log = $fopen("{name}.out", "w");
  end
  sf_dots_{dots.arithmetic} #({given}) {name} (
      .clk(clk), .operands({name}_word[{bits[0] - 1}:0]), .weights({name}_word[{sum(bits) - 1}:{bits[0]}]),
      .sums({name}_sums)
  );
  always_ff @(posedge clk) $fwrite({name}_log, "%h\\n", {name}_sums);
  final $fclose({name}_log);
"""

    def run(self) -> None:
        command = [str(self.folder / "build" / "Vtop"), "+verilator+seed+1", "+verilator+rand+reset+2"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def sums(self, dots: Dots) -> Ints:
        """[N, lanes, outputs]: what came `stages` cycles after each vector."""
        rows = [int(line, 16) for line in (self.folder / f"{dots.name}.out").read_text().split()]
        count = len(self.given[dots.name][0])
        shape = (dots.lanes, dots.outputs)
        return np.stack([split(row, shape, dots.sum_bits) for row in rows[dots.stages : dots.stages + count]])
