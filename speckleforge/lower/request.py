"""What a design must reach, and the board that it must fit. Takes the JSON slices of a stage; gives frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.resources import Resources
from speckleforge.units import us_to_cycles

# The family of a board -> the one whose primitives and cost formulas describe it. UltraScale+ has UltraScale's CLB and
# DSP (Source: AMD UG574, UG579, one guide for both), and yosys makes the same cells of a kernel (docs/boards.md).
FABRICS = {"ecp5": "ecp5", "ultrascale": "ultrascale", "ultrascaleplus": "ultrascale"}
NOT_PLANNED = ("uram",)  # resources of a board that no kernel uses
STREAM = "stream"  # the kind of link that a block in a firmware tree is on
RESOURCES = tuple(f.name for f in fields(Resources))


@dataclass(frozen=True)
class Hardware:
    """The `hardware` part of a spec.

    Attributes
    ----------
    latency_us
        Largest time from a frame's first word in to its result out; None: no limit.
    frame_rate_khz
        Frames that must pass per millisecond; None: no limit.
    clock_khz
        Clock of the core in kHz.
    banks
        Copies of the weights, 1 or 2.
    boot
        Keep a copy of the weight image in block RAM, which is loaded at power-up.
    budget
        Shares of the device, by resource, that the design may take at most; one that is not named may be taken whole.
    arithmetic
        How products may be made, in layers that have the choice; empty: any way.
    """

    latency_us: float | None
    frame_rate_khz: float | None
    clock_khz: int
    banks: int
    boot: bool = True
    budget: tuple[tuple[str, float], ...] = ()
    arithmetic: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("latency_us", "frame_rate_khz", "clock_khz"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise DesignError(Problem("must be positive", f"hardware.{name}", str(value)))

    @property
    def clock_mhz(self) -> float:
        """Clock in MHz."""
        return self.clock_khz / 1000

    @property
    def latency_cycles(self) -> int | None:
        """Whole cycles that the latency target leaves."""
        return None if self.latency_us is None else us_to_cycles(self.latency_us, self.clock_mhz)

    @property
    def interval_cycles(self) -> int | None:
        """Whole cycles between two frames that the rate leaves."""
        return None if self.frame_rate_khz is None else int(self.clock_khz / self.frame_rate_khz + 1e-9)


@dataclass(frozen=True)
class Shell:
    """What the board's own logic takes before the design gets any.

    Attributes
    ----------
    region
        Super logic region that holds it; None: not known, then each region holds an equal part.
    shares
        Of the device, by resource; None: not known, then it is counted as nothing, and the prediction says so.
    """

    region: int | None = None
    shares: tuple[tuple[str, float], ...] | None = None


@dataclass(frozen=True)
class Link:
    """One way in or out of a board.

    Attributes
    ----------
    name, kind
        As in `targets/<name>.yaml`; the kind is "" where the slice does not say it.
    payload_mbps
        Payload in Mb/s; None: not known.
    bits, mhz
        Width of a beat and its clock; 0 where the slice does not say them.
    """

    name: str
    kind: str = ""
    payload_mbps: float | None = None
    bits: int = 0
    mhz: float = 0.0


@dataclass(frozen=True)
class Board:
    """What a target offers.

    Attributes
    ----------
    name, interface
        As in `targets/<name>.yaml`.
    family
        `ecp5` or `ultrascale`: whose primitives and cost formulas describe the device.
    resources
        Of the whole device.
    slr_count, slr
        Super logic regions and what one holds at least; 1 and None on a device of one die.
    links
        Empty where the target's slice does not hold them.
    shell
        The board's own logic.
    regions
        What each super logic region holds, where they differ; else empty.
    """

    name: str
    family: str
    interface: str
    resources: Resources
    slr_count: int
    slr: Resources | None
    links: tuple[Link, ...]
    shell: Shell = Shell()
    regions: tuple[Resources, ...] = ()

    @property
    def stream(self) -> Link | None:
        """The DMA stream that a block of `interface: stream` is on; None where the target names none."""
        return next((link for link in self.links if link.kind == STREAM and link.bits and link.mhz), None)


def read_hardware(values: Mapping[str, Any]) -> Hardware:
    """From a stage's `hardware` slice."""
    return Hardware(
        values.get("latency_us"),
        values.get("frame_rate_khz"),
        int(values["clock_khz"]),
        int(values.get("banks", 1)),
        values.get("boot", "memory") == "memory",
        _shares(values.get("budget") or {}, "hardware.budget"),
        tuple(values.get("arithmetic") or ()),
    )


def read_board(values: Mapping[str, Any]) -> Board:
    """From a stage's `target` slice; a count may be a number or `{"count": number, ...}`.

    Raises
    ------
    DesignError
        If the family is unknown or a resource is missing.
    """
    name = str(values["name"])
    if values["family"] not in FABRICS:
        raise DesignError(Problem("no such family", f"target {name}", str(values["family"]), ", ".join(FABRICS)))
    slr = values.get("slr") or None
    return Board(
        name,
        FABRICS[values["family"]],
        values["interface"],
        _counts(values["resources"], f"target {name}.resources"),
        int(slr["count"]) if slr else 1,
        _counts(slr, f"target {name}.slr") if slr else None,
        tuple(_link(key, link) for key, link in (values.get("links") or {}).items()),
        _shell(values.get("shell") or {}, name),
        tuple(_counts(one, f"target {name}.slr.each") for one in (slr or {}).get("each", ())),
    )


def _link(name: str, values: Mapping[str, Any]) -> Link:
    kind, mbps = str(values.get("kind", "")), values.get("payload_mbps")
    bits, mhz = int(values.get("bits") or 0), float(values.get("mhz") or 0.0)
    return Link(name, kind, None if mbps is None else float(mbps), bits, mhz)


def _shell(values: Mapping[str, Any], board: str) -> Shell:
    shares = values.get("share")
    if shares is not None:
        shares = {name: share for name, share in shares.items() if name not in NOT_PLANNED}
    return Shell(values.get("slr"), None if shares is None else _shares(shares, f"target {board}.shell.share"))


def _shares(values: Mapping[str, Any], where: str) -> tuple[tuple[str, float], ...]:
    for name, share in values.items():
        if name not in RESOURCES or not 0 <= share <= 1:
            raise DesignError(Problem("not a share of a resource", f"{where}.{name}", str(share), "0 to 1"))
    return tuple(sorted((name, float(share)) for name, share in values.items()))


def _counts(values: Mapping[str, Any], where: str) -> Resources:
    missing = [name for name in RESOURCES if name not in values]
    if missing:
        raise DesignError(Problem("resources are missing", where, ", ".join(sorted(values)), ", ".join(RESOURCES)))
    return Resources(**{n: int(v["count"] if isinstance(v := values[n], Mapping) else v) for n in RESOURCES})
