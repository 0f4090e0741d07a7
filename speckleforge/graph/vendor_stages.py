"""The stages of a vendor's tools, and why they take no part. Takes a spec; the machine and the spec decide together.

Where a tool is not installed, results of another machine may take its place: then the stage needs no tool.
"""

from __future__ import annotations

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


_PROJECT = {"hls": ("emit", "hls"), "rtl": ("emit", "rtl"), "design": ("lower", "design.txt")}
_DATA = {"vectors": ("export", "vectors"), "weights": ("weights", "weights.bin")}

# None of them reads a learned value but `project` and `cosim`, which no hardware depends on.
CSYNTH = Stage(
    "csynth",
    "speckleforge.synth.vendor.csynth_stage",
    ("csynth.json", "csynth"),
    {"hls": ("emit", "hls")},
    tools=(HLS,),
    absent=_no_hls,
    replaced_by=INGESTED,
)
VIVADO = Stage(
    "vivado",
    "speckleforge.synth.vendor.vivado_stage",
    ("vivado.json", "vivado"),
    {"rtl": ("emit", "rtl"), "design": ("lower", "design.txt")},
    tools=("vivado",),
    absent=_no_vivado,
    replaced_by=INGESTED,
)
VIVADO_IP = Stage(
    "vivado_ip",
    "speckleforge.synth.vendor.vivado_stage",
    ("vivado_ip.json", "vivado_ip"),
    {"hls": ("emit", "hls"), "csynth": ("csynth", "csynth")},
    tools=("vivado",),
    absent=_no_vivado_ip,
    replaced_by=INGESTED,
)
PROJECT = Stage(
    "project",
    "speckleforge.synth.vendor.project_stage",
    ("project",),
    _PROJECT | _DATA,
    packages=("numpy",),
    absent=_other_board,
)
COSIM = Stage(
    "cosim",
    "speckleforge.synth.vendor.cosim_stage",
    ("cosim.json", "cosim"),
    {"hls": ("emit", "hls")} | _DATA,
    packages=("numpy",),
    tools=(HLS,),
    absent=_no_cosim,
)
