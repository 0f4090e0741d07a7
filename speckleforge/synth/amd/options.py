"""What a plan is asked to do: options of HLS and of Vivado, clocks, the part. Frozen, checked when made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import DesignError, Problem, did_you_mean
from speckleforge.synth.amd import names, xdc_text

HLS_STEPS = ("csim", "csynth", "cosim", "export")
VIVADO_STEPS = ("synth", "implement", "bitstream")
RTL, HLS_IP = "rtl", "hls_ip"
FLOWS = (RTL, HLS_IP)
RESETS = ("none", "control", "state", "all")
TRACES = ("none", "all", "port", "port_hier")


def _known(given: tuple[str, ...], allowed: tuple[str, ...], field: str) -> None:
    """Raise for an unknown or repeated word, and for none at all."""
    wrong = next((item for item in given if item not in allowed), None)
    if wrong is not None:
        raise DesignError(
            Problem(
                f"no such value of {field}",
                got=wrong,
                allowed=", ".join(allowed),
                next_step=did_you_mean(wrong, allowed),
            )
        )
    if not given or len(set(given)) != len(given):
        raise DesignError(
            Problem(f"{field}: nothing, or something twice", got=", ".join(given), allowed=", ".join(allowed))
        )


@dataclass(frozen=True)
class Part:
    """Which device, and on which board.

    Attributes
    ----------
    slr_count
        Super logic regions; 1 for a device of one die.
    has_pins
        True if the target says where the ports of its top go: only then can there be a bitstream.
    """

    board: str
    part: str
    slr_count: int = 1
    has_pins: bool = False

    def __post_init__(self) -> None:
        names.part_name(self.part, f"target {self.board}: part")


def part_of(target: Mapping[str, Any]) -> Part:
    """The part of a target's values (`speckleforge.spec.target`)."""
    slr = target.get("slr") or {}
    return Part(str(target["name"]), str(target["part"]), int(slr.get("count", 1)), bool(target.get("pins")))


@dataclass(frozen=True)
class Clock:
    """A clock that enters at a port.

    Attributes
    ----------
    khz
        Frequency; an integer, so that the text is exact.
    site
        Site of its buffer (`HD.CLK_SRC`), for which Vivado then knows the delay to the block; empty where the firmware
        that holds the block decides it: the clock arrives everywhere at once then.
    """

    port: str
    khz: int
    site: str = ""

    def __post_init__(self) -> None:
        xdc_text.ports(self.port)
        if self.site:
            xdc_text.value(self.site)
        if self.khz <= 0:
            raise DesignError(Problem("a clock needs a frequency", self.port, f"{self.khz} kHz", "above 0"))

    @property
    def period_ns(self) -> str:
        """The period as scripts say it, in ns with three decimals, never longer than the clock's."""
        picoseconds = 10**9 // self.khz
        return f"{picoseconds // 1000}.{picoseconds % 1000:03d}"


@dataclass(frozen=True)
class HlsOptions:
    """Of an HLS run.

    Attributes
    ----------
    steps
        Of `csim`, `csynth`, `cosim`, `export`, in any order; cosim and export need csynth.
    reset
        Registers that the reset clears (`config_rtl -reset`).
    uncertainty_percent
        Of the period, kept for routing; None: the tool's own (27 % in Vitis HLS).
    name_max_length
        Of functions' names in the RTL; None: the tool's own.
    trace_level
        Signals that the co-simulation records.
    """

    steps: tuple[str, ...] = HLS_STEPS
    reset: str = "control"
    uncertainty_percent: int | None = None
    name_max_length: int | None = None
    trace_level: str = "none"

    def __post_init__(self) -> None:
        _known(self.steps, HLS_STEPS, "steps")
        _known((self.reset,), RESETS, "reset")
        _known((self.trace_level,), TRACES, "trace_level")
        if {"cosim", "export"} & set(self.steps) and "csynth" not in self.steps:
            raise DesignError(Problem("cosim and export need csynth", "HlsOptions.steps", ", ".join(self.steps)))
        if self.uncertainty_percent is not None and not 0 <= self.uncertainty_percent < 100:
            raise DesignError(
                Problem("no such margin", "uncertainty_percent", str(self.uncertainty_percent), "0 to 99")
            )
        if self.name_max_length is not None and self.name_max_length < 1:
            raise DesignError(Problem("no such length", "name_max_length", str(self.name_max_length), "at least 1"))

    def ordered(self) -> tuple[str, ...]:
        """The steps in the order in which they run."""
        return tuple(step for step in HLS_STEPS if step in self.steps)


EVERY_STEP = HlsOptions()


@dataclass(frozen=True)
class Directives:
    """Directives of Vivado's steps: fixed, so that a result follows from what is declared."""

    synth: str = "Default"
    opt: str = "Default"
    place: str = "Default"
    phys_opt: str = "Default"
    route: str = "Default"

    def __post_init__(self) -> None:
        for value in (self.synth, self.opt, self.place, self.phys_opt, self.route):
            xdc_text.value(value)


@dataclass(frozen=True)
class Activity:
    """Switching activity of a simulation: a SAIF file in the work folder, and the path of the block in it.

    `digest`: sha256 (hex) of the file, for the manifest; empty where it does not matter.
    """

    saif: str
    strip_path: str
    digest: str = ""

    def __post_init__(self) -> None:
        names.file_name(self.saif, "SAIF")
        if not self.strip_path or any(char.isspace() for char in self.strip_path):
            raise DesignError(Problem("no path of the block in a SAIF file", "strip_path", repr(self.strip_path)))
        if self.digest:
            names.hex_id(self.digest, "digest of the SAIF file", 64)


@dataclass(frozen=True)
class VivadoOptions:
    """Of a Vivado run.

    Attributes
    ----------
    steps
        Of `synth`, `implement`, `bitstream`; each needs those before it.
    flow
        `rtl`: from the SystemVerilog; `hls_ip`: from an HLS IP.
    threads
        `general.maxThreads`; results repeat only for the same number.
    max_paths
        Of the timing summary and of the distribution of logic levels.
    reference
        A routed checkpoint in the work folder, for incremental implementation.
    activity
        For the power report.
    slr_pblocks
        Keep each kernel in the region that the design gives it (`vendor.constraints.slr_pblocks`).
    memory_map
        With a bitstream: write the MMI file of the boot memory. A boot memory of less than a block RAM has none.
    """

    steps: tuple[str, ...] = ("synth", "implement")
    flow: str = RTL
    threads: int = 4
    max_paths: int = 10
    directives: Directives = Directives()
    reference: str | None = None
    activity: Activity | None = None
    slr_pblocks: bool = False
    memory_map: bool = True

    def __post_init__(self) -> None:
        _known(self.steps, VIVADO_STEPS, "steps")
        _known((self.flow,), FLOWS, "flow")
        if tuple(VIVADO_STEPS[: len(set(self.steps))]) != self.ordered():
            allowed = "synth; synth, implement; synth, implement, bitstream"
            raise DesignError(Problem("a step without the one before it", "steps", ", ".join(self.steps), allowed))
        if not 1 <= self.threads <= 32:  # Source: UG904, Multithreading
            raise DesignError(Problem("no such number of threads", "threads", str(self.threads), "1 to 32"))
        if not 1 <= self.max_paths <= 1000:
            raise DesignError(Problem("no such number of paths", "max_paths", str(self.max_paths), "1 to 1000"))
        if self.reference is not None:
            names.file_name(self.reference, "reference checkpoint")

    def ordered(self) -> tuple[str, ...]:
        """The steps in the order in which they run."""
        return tuple(step for step in VIVADO_STEPS if step in self.steps)


IMPLEMENTED = VivadoOptions()
