"""Small trees, targets and blocks for the tests of the vendor's plans."""

from __future__ import annotations

from functools import cache
from typing import Any

from speckleforge.spec import load_target, offers
from speckleforge.synth.amd.hls import EVERY_STEP, HlsJob
from speckleforge.synth.amd.options import HlsOptions, Part, part_of
from speckleforge.synth.amd.trees import HlsTree, RtlTree, hls_tree

DESIGN = "0123456789abcdef" * 4
SOURCES = "5ca1ab1e" * 8  # digest of the trees
OTHER = "fedcba9876543210" * 4
HLS_INDEX: dict[str, Any] = {
    "top": "sf_network",
    "sources": ["sf_network.cpp"],
    "headers": ["sf_network.h", "layers/conv2d.h"],
    "bench": ["sf_bench.cpp"],
    "data": "vectors",
    "standard": "c++14",
    "design_id": DESIGN,
    "topology_id": "89abcdef",
    "vendor": "speckleforge",
    "library": "hls",
    "version": "1.0",
}
COMPONENT = """<?xml version="1.0" encoding="UTF-8"?>
<spirit:component xmlns:xilinx="http://www.xilinx.com" xmlns:spirit="http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009">
  <spirit:vendor>speckleforge</spirit:vendor>
  <spirit:library>hls</spirit:library>
  <spirit:name>sf_network</spirit:name>
  <spirit:version>1.0</spirit:version>
  <spirit:description>speckleforge sf_network, design {design}, topology 89abcdef</spirit:description>
  <spirit:vendorExtensions>
    <xilinx:coreExtensions>
      <xilinx:displayName>sf_network 01234567</xilinx:displayName>
    </xilinx:coreExtensions>
  </spirit:vendorExtensions>
</spirit:component>
"""


def tree() -> HlsTree:
    """HLS sources."""
    return hls_tree(HLS_INDEX, digest=SOURCES)


def rtl() -> RtlTree:
    """SystemVerilog."""
    return RtlTree("sf_core", ("sf_boot.sv", "sf_core.sv"), DESIGN, digest=SOURCES)


def job(options: HlsOptions = EVERY_STEP, clock_khz: int = 200_000, part: Part | None = None) -> HlsJob:
    """HLS on the KCU1500."""
    return HlsJob(tree(), part or part_of(kcu1500()), clock_khz, options)


def kcu1500() -> dict[str, Any]:
    """The board's values."""
    return dict(load_target("kcu1500").values)


@cache
def vivado_targets() -> tuple[str, ...]:
    """Boards that name Vivado as a toolchain."""
    return tuple(name for name in offers.targets() if "vivado" in load_target(name).toolchains)


def kcu105_uart() -> dict[str, Any]:
    """The board with pins: a differential clock, a serial line, a button, lamps."""
    return dict(load_target("kcu105-uart").values)


def board_top() -> RtlTree:
    """Sources of a board's top."""
    return RtlTree("sf_top", ("sf_boot.sv", "sf_top.sv"), DESIGN, digest=SOURCES)


def with_pins() -> dict[str, Any]:
    """A board whose pins are ours, with what the real one has not: a clock at one pin, a tied output."""
    return {
        **kcu1500(),
        "name": "bench",
        "part": "xcku040-ffva1156-2-e",
        "slr": None,
        "clocks": {"oscillator": {"mhz": 125.0, "pin": "clk_125", "source": "test"}},
        "pins": {
            "clk_125": {"role": "clock", "direction": "in", "site": "G10", "io_type": "LVCMOS18", "source": "test"},
            "led": {"role": "led", "direction": "out", "sites": ["AP8", "H23"], "io_type": "LVCMOS18", "drive": 8},
            "key": {"role": "reset", "direction": "in", "site": "AD10", "io_type": "LVCMOS18", "pull": "UP"},
            "off": {"role": "tie", "direction": "out", "site": "P20", "io_type": "LVCMOS18", "value": 0},
        },
        "constraints": ["set_property CFGBVS GND [current_design]"],
    }
