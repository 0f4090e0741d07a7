"""The stages of a vendor's tools, and why they take no part. Takes a spec; the machine and the spec decide together.

Where a tool is not installed, results of another machine may take its place: then the stage needs no tool.
"""

from __future__ import annotations

from collections.abc import Iterator

from speckleforge.graph.stage import SpecLike, Stage
from speckleforge.tools.vendor import HLS, why_not

INGESTED = "ingested"


def _other_board(spec: SpecLike) -> str:
    return "" if spec.vendor else "the board names no vendor's tools"


def _elsewhere(spec: SpecLike, stage: str, tool: str) -> str:
    """Empty where the tool is here or its results are; else what to do."""
    if _other_board(spec):
        return _other_board(spec)
    reason = "" if stage in spec.ingested else why_not(tool)
    run = f"run build/{spec.name}/project/run.sh where it is, then: forge report SPEC --ingest DIR"
    return f"{reason}; {run}" if reason else ""


def _no_hls(spec: SpecLike) -> str:
    return _elsewhere(spec, "csynth", HLS)


def _no_vivado(spec: SpecLike) -> str:
    return _elsewhere(spec, "vivado", "vivado")


def _no_cosim(spec: SpecLike) -> str:
    if not _other_board(spec) and not spec.asks("hls", "cosim"):
        return "not asked for (hardware.hls.cosim)"
    return _no_hls(spec) if "csynth" not in spec.ingested else "the results of another machine hold it, if it ran"


def _no_vivado_ip(spec: SpecLike) -> str:
    if not _other_board(spec) and not spec.asks("hls", "implement") and "vivado_ip" not in spec.ingested:
        return "not asked for (hardware.hls.implement)"
    return _elsewhere(spec, "vivado_ip", "vivado")


def _no_vivado_bitstream(spec: SpecLike) -> str:
    return next(_no_vivado_bitstream_here(spec), "") or _elsewhere(spec, "vivado_bitstream", "updatemem")


def _no_vivado_bitstream_here(spec: SpecLike) -> Iterator[str]:
    """Why this spec has none, whatever is installed."""
    if _other_board(spec):
        yield _other_board(spec)
    if spec.toolchain == "ecp5":
        yield "the open tools make the bitstream"
    if not spec.has_pins:
        yield "the board's pins are those of the firmware tree that holds the block, which makes the bitstream"
    if not spec.asks("vivado", "implement"):
        yield "synthesis alone was asked for (hardware.vivado.implement)"
    if not spec.has_boot_memory:
        yield "a host loads the weights (hardware.weights.boot): vivado/design.bit is the board's bitstream"
    if "vivado" in spec.ingested:
        yield "results of another machine hold no bitstream: that one has it, and run.sh patches it there"


def _no_activity(spec: SpecLike) -> str:
    if not _other_board(spec) and not spec.asks("vivado", "activity"):
        return "not asked for (hardware.vivado.activity)"
    return _other_board(spec)


def _no_power(spec: SpecLike) -> str:
    if _no_activity(spec):
        return _no_activity(spec)
    if not spec.asks("vivado", "implement"):
        return "power with activity needs a routed design (hardware.vivado.implement)"
    if "vivado" in spec.ingested:
        return "the results of another machine hold it, if its run read the activity"
    return _elsewhere(spec, "power", "vivado")


_PROJECT = {"hls": ("emit", "hls"), "rtl": ("emit", "rtl"), "design": ("lower", "design.txt")}
_DATA = {"vectors": ("export", "vectors"), "weights": ("weights", "weights.bin")}

_ACTIVITY = {"activity": ("activity", "activity.saif"), "activity_record": ("activity", "activity.json")}

# None of them reads a learned value but `project`, `cosim`, `activity` and `power`, which no hardware depends on.
CSYNTH = Stage(
    "csynth",
    "speckleforge.synth.amd.csynth_stage",
    ("csynth.json", "csynth"),
    {"hls": ("emit", "hls")},
    tools=(HLS,),
    absent=_no_hls,
    replaced_by=INGESTED,
)
VIVADO = Stage(
    "vivado",
    "speckleforge.synth.amd.vivado_stage",
    ("vivado.json", "vivado"),
    {"rtl": ("emit", "rtl"), "design": ("lower", "design.txt")},
    tools=("vivado",),
    absent=_no_vivado,
    replaced_by=INGESTED,
)
VIVADO_IP = Stage(
    "vivado_ip",
    "speckleforge.synth.amd.vivado_stage",
    ("vivado_ip.json", "vivado_ip"),
    {"hls": ("emit", "hls"), "csynth": ("csynth", "csynth")},
    tools=("vivado",),
    absent=_no_vivado_ip,
    replaced_by=INGESTED,
)
PROJECT = Stage(
    "project",
    "speckleforge.synth.amd.project_stage",
    ("project",),
    _PROJECT | _DATA | _ACTIVITY,
    optional=frozenset(_ACTIVITY),
    packages=("numpy",),
    absent=_other_board,
)
ACTIVITY = Stage(
    "activity",
    "speckleforge.verify.activity",
    ("activity.saif", "activity.json"),
    {
        "design": ("lower", "design.txt"),
        "rtl": ("emit", "rtl"),
        "bench": ("emit", "bench"),
        "vectors": ("export", "vectors"),
        "weights": ("weights", "weights.bin"),
    },
    facets=("op", "kernel"),
    packages=("numpy",),
    tools=("g++", "make", "verilator"),
    absent=_no_activity,
)
POWER = Stage(
    "power",
    "speckleforge.synth.amd.power_stage",
    ("power.json", "power"),
    {"rtl": ("emit", "rtl"), "design": ("lower", "design.txt"), "vivado": ("vivado", "vivado"), **_ACTIVITY},
    tools=("vivado",),
    absent=_no_power,
)
COSIM = Stage(
    "cosim",
    "speckleforge.synth.amd.cosim_stage",
    ("cosim.json", "cosim"),
    {"hls": ("emit", "hls")} | _DATA,
    packages=("numpy",),
    tools=(HLS,),
    absent=_no_cosim,
)
# Never beside the stage `bitstream`, whose place its outputs take: that one needs the open place and route.
VIVADO_BITSTREAM = Stage(
    "vivado_bitstream",
    "speckleforge.synth.amd.bitstream_stage",
    ("design.bit", "bitstream.json"),
    {"vivado": ("vivado", "vivado"), "weights": ("weights", "weights.bin")},
    tools=("updatemem",),
    absent=_no_vivado_bitstream,
)
