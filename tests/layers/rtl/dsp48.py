"""DSP48E2 in Python: what UG579 says of the part that we use, with the registers as a shift of values in time.

Also random but legal stimuli, and a Verilator bench in which each instance of a module gets its own stimuli.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from speckleforge.layers.rtl import RTL
from tests.layers.rtl.bench import verilate, write_hex

Inputs = Mapping[str, int]
WIDTHS = {"A": 30, "B": 18, "C": 48, "D": 27, "PCIN": 48, "INMODE": 5, "OPMODE": 9, "ALUMODE": 4}
ENABLES = ("CEA1", "CEA2", "CEB1", "CEB2", "CEC", "CED", "CEAD", "CEM", "CEP", "CECTRL", "CEINMODE", "CEALUMODE")
RESETS = ("RSTA", "RSTB", "RSTC", "RSTD", "RSTM", "RSTP", "RSTCTRL", "RSTINMODE", "RSTALUMODE")
PORTS = {**WIDTHS, **dict.fromkeys((*ENABLES, *RESETS), 1)}
TIED = {"ACIN": 30, "BCIN": 18, "CARRYIN": 1, "CARRYINSEL": 3, "CARRYCASCIN": 1, "MULTSIGNIN": 1, "RSTALLCARRYIN": 1}
W_ZERO, W_P, W_RND, W_C = range(4)
X_ZERO, X_M, X_P = range(3)
Y_ZERO, Y_M, Y_C = 0, 1, 3
Z_ZERO, Z_PCIN, Z_P, Z_C = range(4)


@dataclass(frozen=True)
class Attributes:
    """Attributes of an instance."""

    areg: int = 1
    breg: int = 1
    creg: int = 1
    dreg: int = 1
    adreg: int = 1
    mreg: int = 1
    preg: int = 1
    modes: int = 1  # INMODEREG, OPMODEREG, ALUMODEREG
    preadder: bool = True  # AMULTSEL "AD"
    rnd: int = 0x0123_4567_89AB

    def text(self, module: str) -> str:
        """The attributes as parameters of DSP48E2, or of its forerunner DSP48E1."""
        values: dict[str, int | str] = {
            "AREG": self.areg,
            "ACASCREG": self.areg,
            "BREG": self.breg,
            "BCASCREG": self.breg,
            "CREG": self.creg,
            "DREG": self.dreg,
            "ADREG": self.adreg,
            "MREG": self.mreg,
            "PREG": self.preg,
            "INMODEREG": self.modes,
            "OPMODEREG": self.modes,
            "ALUMODEREG": self.modes,
        }
        if module == "DSP48E1":
            values["USE_DPORT"] = '"TRUE"' if self.preadder else '"FALSE"'
        else:
            values |= {"AMULTSEL": '"AD"' if self.preadder else '"A"', "RND": f"48'd{self.rnd}"}
        return ", ".join(f".{key}({value})" for key, value in values.items())


def signed(value: int, bits: int) -> int:
    """The lowest bits as two's complement."""
    value &= (1 << bits) - 1
    return value - (value >> (bits - 1) << bits)


@dataclass
class Unit:
    """One DSP48E2: `cycle` gives P before the clock edge and then passes the edge."""

    own: Attributes
    held: dict[str, int] = field(default_factory=dict)  # a register that was never written holds 0

    def cycle(self, now: Inputs) -> int:
        held, own = self.held, self.own
        seen = {
            name: held.get(name, 0) for name in ("A1", "A2", "B1", "B2", "C", "D", "AD", "M", "P", "INMODE", "OPMODE")
        }
        inmode = seen["INMODE"] if own.modes else now["INMODE"]
        opmode = seen["OPMODE"] if own.modes else now["OPMODE"]
        a2 = seen["A2"] if own.areg else now["A"]
        b2 = seen["B2"] if own.breg else now["B"]
        # Pre-adder: A1 or A2, or nothing; D or nothing; their sum or difference in 27 bits.
        a = 0 if inmode & 2 else signed(seen["A1"] if inmode & 1 else a2, 27)
        d = signed(seen["D"] if own.dreg else now["D"], 27) if inmode & 4 else 0
        sum_ad = signed(d - a if inmode & 8 else d + a, 27)
        factor = (seen["AD"] if own.adreg else sum_ad) if own.preadder else a
        product = factor * signed(seen["B1"] if inmode & 16 else b2, 18)
        m = seen["M"] if own.mreg else product
        c = seen["C"] if own.creg else now["C"]
        terms = (
            {W_ZERO: 0, W_P: seen["P"], W_RND: own.rnd, W_C: c}[opmode >> 7],
            {Z_ZERO: 0, Z_PCIN: now["PCIN"], Z_P: seen["P"], Z_C: c}[opmode >> 4 & 7],
            {Y_ZERO: 0, Y_M: 0, Y_C: c}[opmode >> 2 & 3],
            {X_ZERO: 0, X_M: m, X_P: seen["P"]}[opmode & 3],
        )
        total = sum(terms) & (1 << 48) - 1
        self._edge(now, {"AD": sum_ad, "M": product, "P": total})
        return seen["P"] if own.preg else total

    def _edge(self, now: Inputs, made: Mapping[str, int]) -> None:
        """Every register takes its input if enabled; its reset comes first."""
        first = dict(self.held)
        takes = {
            "A1": ("A", now["A"], "CEA1"),
            "A2": ("A", first.get("A1", 0) if self.own.areg == 2 else now["A"], "CEA2"),
            "B1": ("B", now["B"], "CEB1"),
            "B2": ("B", first.get("B1", 0) if self.own.breg == 2 else now["B"], "CEB2"),
            "C": ("C", now["C"], "CEC"),
            "D": ("D", now["D"], "CED"),
            "AD": ("D", made["AD"], "CEAD"),
            "M": ("M", made["M"], "CEM"),
            "P": ("P", made["P"], "CEP"),
            "INMODE": ("INMODE", now["INMODE"], "CEINMODE"),
            "OPMODE": ("CTRL", now["OPMODE"], "CECTRL"),
        }
        for name, (reset, value, enable) in takes.items():
            if now[f"RST{reset}"]:
                self.held[name] = 0
            elif now[enable]:
                self.held[name] = value


def stimuli(own: Attributes, count: int, rng: np.random.Generator, *, forerunner: bool = False) -> list[dict[str, int]]:
    """Legal inputs of `count` cycles; enables are rare to drop and resets rare to come. `forerunner`: DSP48E1's, too.

    The forerunner has a pre-adder and a factor of 25 bits, and no W.
    """
    choices = [(w, z, y, x) for w in range(4) for z in range(4) for y, x in _factors()]
    needs_p = {(W_P, None, None), (None, Z_P, None), (None, None, X_P)}
    if forerunner:
        choices = [choice for choice in choices if choice[0] == W_ZERO]
    if not own.preg:
        choices = [
            (w, z, y, x) for w, z, y, x in choices if not {(w, None, None), (None, z, None), (None, None, x)} & needs_p
        ]
    return [_inputs(own, choices, rng, 23 if forerunner else 27) for _ in range(count)]


def _factors() -> list[tuple[int, int]]:
    """Legal (Y, X): the product takes both, or neither."""
    return [(Y_M, X_M), (Y_ZERO, X_ZERO), (Y_ZERO, X_P), (Y_C, X_ZERO), (Y_C, X_P)]


def _inputs(
    own: Attributes, choices: Sequence[tuple[int, int, int, int]], rng: np.random.Generator, factor_bits: int
) -> dict[str, int]:
    """One cycle."""

    def number(bits: int) -> int:
        low, high = -(1 << bits - 1), (1 << bits - 1) - 1
        anything = int(rng.integers(low, high, endpoint=True))
        return int(rng.choice([low, high, -1])) if rng.integers(3) == 0 else anything

    w, z, y, x = choices[int(rng.integers(len(choices)))]
    inmode = int(rng.integers(32)) & ~((own.areg != 2) | (own.breg != 2) << 4)
    values = {"A": number(factor_bits), "B": number(18), "C": number(48), "D": number(factor_bits), "PCIN": number(48)}
    values |= {"INMODE": inmode, "OPMODE": w << 7 | z << 4 | y << 2 | x, "ALUMODE": 0}
    values |= {name: int(rng.integers(8) != 0) for name in ENABLES} | {
        name: int(rng.integers(30) == 0) for name in RESETS
    }
    return {name: value & (1 << PORTS[name]) - 1 for name, value in values.items()}


class UnitBench:
    """A build of instances: each reads NAME.in, one set of inputs a cycle, and writes P of every cycle to NAME.out."""

    def __init__(
        self, instances: Mapping[str, tuple[str, Attributes]], folder: Path, cycles: int, more: Sequence[Path]
    ) -> None:
        self.folder, self.cycles = folder, cycles
        body = "".join(self._instance(name, module, own) for name, (module, own) in instances.items())
        ports = "input wire clk, rst, random, input wire [31:0] cycle, output wire done"
        text = f"module top ({ports});\n  assign done = cycle >= {cycles};\n{body}endmodule\n"
        (folder / "top.sv").write_text("/* verilator lint_off WIDTH */\n" + text)
        verilate(folder, [RTL / "models" / "DSP48E2.sv", *more])

    def _instance(self, name: str, module: str, own: Attributes) -> str:
        at, pins = 0, []
        for port, bits in PORTS.items():
            pins.append(f".{port}({name}_word[{at}+:{7 if (module, port) == ('DSP48E1', 'OPMODE') else bits}])")
            at += bits
        pins += [f".{port}({bits}'b0)" for port, bits in TIED.items()]
        pins += [".CECARRYIN(1'b1)", f".P({name}_p)", f".PCOUT({name}_pcout)"]
        return f"""
  logic [{at - 1}:0] {name}_words[0:{self.cycles}];
  wire [{at - 1}:0] {name}_word = {name}_words[cycle < {self.cycles} ? cycle : {self.cycles}];
  wire [47:0] {name}_p, {name}_pcout;
  int {name}_log;
  initial begin
    $readmemh("{name}.in", {name}_words);
    {name}_log = $fopen("{name}.out", "w");
  end
  {module} #({own.text(module)}) {name} (.CLK(clk), {", ".join(pins)});
  always_ff @(posedge clk) $fwrite({name}_log, "%h %h\\n", {name}_p, {name}_pcout);
  final $fclose({name}_log);
"""

    def run(self, given: Mapping[str, Sequence[Inputs]]) -> dict[str, list[int]]:
        """P of every cycle, by instance."""
        for name, rows in given.items():
            write_hex(self.folder / f"{name}.in", [word(row) for row in [*rows, rows[-1]]])
        command = [str(self.folder / "build" / "Vtop"), "+verilator+seed+1", "+verilator+rand+reset+2"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return {name: self._read(name) for name in given}

    def _read(self, name: str) -> list[int]:
        rows = [line.split() for line in (self.folder / f"{name}.out").read_text().splitlines()]
        assert all(p == pcout for p, pcout in rows)
        return [int(p, 16) for p, _ in rows[: self.cycles]]


def word(inputs: Inputs) -> int:
    """All inputs in one word, in the order of `PORTS`, the first lowest."""
    value, at = 0, 0
    for port, bits in PORTS.items():
        value |= inputs[port] << at
        at += bits
    return value
