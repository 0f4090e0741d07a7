"""What the HLS kernels of the layers have in common: constants of their templates, and what the tool will be asked for.

`layers/<kind>/kernel.h` is a C++ template over a struct of constants; `layers/<kind>/hls.py` gives, for a folded
kernel, those constants that are no parameters of the SystemVerilog (`constants`), and its loops (`loops`). Nothing here
was obtained from an HLS tool: counts are those of the source, cycles those of its loops with an assumed depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from speckleforge.ir.kernel import Kernel
from speckleforge.layers import facet

FOLDER = Path(__file__).parent
# Source: message XFORM 203-103 of Vivado HLS ("has exeeded the threshold (1024)"); raised to 4096 in the scripts by
# `config_array_partition -maximum_size`.
PARTITION_LIMIT = 4096
# Source: messages XFORM 203-504 (Vivado HLS) and HLS 200-1471 (Vitis HLS), "Stop unrolling loop"; users met them above
# 4,096 copies (fastmachinelearning/hls4ml issues 904 and 1013).
UNROLL_LIMIT = 4096
WORD_LIMIT = 4096  # bits. Source: AMD UG1399, "Arbitrary Precision Data Types Library": AP_INT_MAX_W up to 4096
PLACEMENT = ("crossing",)  # kinds that HLS has none of: registers between two regions of the chip
NARROW_WORDS = 8  # of a row: with fewer, a line buffer in memory would be read before the last write is through
# Assumed stages of a pipeline, none of them obtained: a read and the choice of operands, a product, a requantisation.
READ_STAGES, PRODUCT_STAGES, REQUANTISE_STAGES = 2, 3, 3
START_CYCLES, LOAD_CYCLES = 2, 4  # of a call; of the loop that takes parameters, which every frame runs once


@dataclass(frozen=True)
class Loops:
    """The pipelined loops of one HLS kernel, each with an initiation interval of 1.

    Attributes
    ----------
    trips
        Iterations of each loop for a frame, in order; the loops of a kernel do not overlap.
    stages
        Assumed depth of the longest of their pipelines, in cycles.
    unrolled
        What one iteration holds many times -> how often: `products` (multiplications), `requantise`, and the like.
    partitions
        Array -> memories or registers that it is split into.
    multipliers
        DSP blocks that one iteration's products ask for.
    loads
        It takes parameters before each frame.
    """

    trips: tuple[int, ...]
    stages: int
    unrolled: Mapping[str, int] = field(default_factory=dict)
    partitions: Mapping[str, int] = field(default_factory=dict)
    multipliers: int = 0
    loads: bool = False

    @property
    def interval_cycles(self) -> int:
        """Cycles from one frame to the next: loops, the filling of each pipeline, the loop that takes parameters."""
        return sum(self.trips) + len(self.trips) * self.stages + self.begin_cycles

    @property
    def begin_cycles(self) -> int:
        """Cycles of a call before its first loop over a frame."""
        return START_CYCLES + (LOAD_CYCLES if self.loads else 0)

    def warnings(self) -> Iterator[str]:
        """What lies beyond the limits of the tool."""
        for name, count in self.unrolled.items():
            if count > UNROLL_LIMIT:
                yield f"{count} {name} in one iteration, {UNROLL_LIMIT} at most"
        for name, count in self.partitions.items():
            if count > PARTITION_LIMIT:
                yield f"array '{name}' in {count} parts, {PARTITION_LIMIT} at most"


def constants_of(kernel: Kernel, banks: int) -> dict[str, int]:
    """All template constants of a kernel, by name: those of the SystemVerilog, and those of its `hls.py`."""
    return {
        "BANKS": banks,
        "IN_WORD": kernel.source.word_bits,
        "OUT_WORD": kernel.sink.word_bits,
        "STEPS": kernel.interval_cycles,
        **{name: value for name, value in kernel.generics().items() if name not in ("FIFO", "DOTS_STAGES", "TABLE")},
        **facet(kernel.kind, "hls").constants(kernel),
    }


def loops_of(kernel: Kernel, banks: int) -> Loops:
    """The loops of a kernel."""
    found: Loops = facet(kernel.kind, "hls").loops(kernel, banks)
    return found


def tree(inputs: int) -> int:
    """Levels of a tree of additions or comparisons."""
    return (inputs - 1).bit_length()


def sources(kinds: set[str]) -> dict[str, str]:
    """Headers by name that kernels of `kinds` need: theirs, `sf_<kind>.h`, and the shared ones."""
    headers = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("sf_*.h"))}
    for kind in sorted(kinds):
        headers[f"sf_{kind}.h"] = (FOLDER.parent / kind / "kernel.h").read_text(encoding="utf-8")
    return headers
