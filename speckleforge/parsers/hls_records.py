"""Records of C-to-RTL tools (Vivado HLS, Vitis HLS), common to their XML and text reports. Holds data, reads no text.

All figures of a synthesis report are the tool's estimates, made before any logic synthesis: their stage is
`csynthesised`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.printed_numbers import integer

CSYNTHESISED = "csynthesised"
# Name in a report -> common name. BRAM counts in blocks of 18 kbit: a RAMB36 is two.
RESOURCES: Mapping[str, str] = {
    "BRAM_18K": "bram_18k",
    "BRAM": "bram_18k",
    "DSP48E": "dsp",
    "DSP": "dsp",
    "FF": "ff",
    "LUT": "lut",
    "URAM": "uram",
}
DEEPEST = 50
_RANGE = re.compile(r"^([0-9]{1,18})\s*~\s*([0-9]{1,18})$")


@dataclass(frozen=True)
class Range:
    """A number of cycles or turns that depends on data: both ends equal where it does not.

    None where the tool does not know.
    """

    low: int | None
    high: int | None


UNKNOWN = Range(None, None)


@dataclass(frozen=True)
class HlsResource:
    """One resource: in the whole device and in one super logic region (SLR) available.

    None where the report does not print it.
    """

    used: int | None
    available: int | None
    available_slr: int | None = None


@dataclass(frozen=True)
class HlsLoop:
    """A loop with those inside.

    Attributes
    ----------
    ii_achieved, ii_target
        Initiation interval in cycles; None for a loop without a pipeline.
    depth_cycles
        Of the pipeline: cycles from an iteration's start to its end.
    """

    name: str
    trip_count: Range
    latency_cycles: Range
    iteration_latency_cycles: Range
    ii_achieved: int | None
    ii_target: int | None
    depth_cycles: int | None
    pipelined: bool | None
    loops: tuple[HlsLoop, ...]


@dataclass(frozen=True)
class HlsInstance:
    """An instance of a module; what a report does not tell of it is None, or empty."""

    instance: str
    module: str
    latency_cycles: Range
    interval_cycles: Range
    pipeline: str | None
    resources: Mapping[str, int | None]


@dataclass(frozen=True)
class HlsPort:
    """A port of the RTL."""

    name: str
    direction: str | None
    bits: int | None
    protocol: str | None
    source: str | None
    c_type: str | None


@dataclass(frozen=True)
class HlsModule:
    """A module below the top, as `csynth.xml` of Vitis HLS lists them."""

    name: str
    clock_estimated_ns: float | None
    latency_cycles: Range
    interval_cycles: Range
    pipeline: str | None
    resources: Mapping[str, HlsResource]
    loops: tuple[HlsLoop, ...]


@dataclass(frozen=True)
class HlsSynthesis:
    """A synthesis report of one module; None or empty where it does not tell.

    Attributes
    ----------
    flow_target
        `vivado` or `vitis`.
    clock_estimated_ns
        What the tool takes the slowest path for.
    latency_average_cycles
        Only XML has it.
    interval_cycles
        From a start of the module to the next one.
    pipeline
        `none`, `function`, `dataflow`, `yes`, `no`, ... as printed.
    """

    tool: str | None
    version: str | None
    top: str | None
    part: str | None
    family: str | None
    flow_target: str | None
    clock_name: str | None
    clock_target_ns: float | None
    clock_uncertainty_ns: float | None
    clock_estimated_ns: float | None
    latency_cycles: Range
    latency_average_cycles: int | None
    interval_cycles: Range
    pipeline: str | None
    resources: Mapping[str, HlsResource]
    loops: tuple[HlsLoop, ...]
    instances: tuple[HlsInstance, ...]
    ports: tuple[HlsPort, ...]
    modules: tuple[HlsModule, ...]
    stage: str = CSYNTHESISED


def read_range(text: str | None) -> Range:
    """`10`, or `10 ~ 20`; anything else (`?`, `-`, `undef`) is not known."""
    cleaned = (text or "").strip()
    match = _RANGE.match(cleaned)
    if match:
        return Range(int(match[1]), int(match[2]))
    value = integer(cleaned)
    return Range(value, value)


def check_depth(depth: int, where: str) -> None:
    """Refuse a nest of loops that no tool makes.

    Raises
    ------
    FormatError
        It is deeper than 50.
    """
    if depth > DEEPEST:
        raise FormatError(Problem(f"loops nested deeper than {DEEPEST} levels", where))
