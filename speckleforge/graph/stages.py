"""The stages of speckleforge, in an order in which each comes after what it needs. See `docs/architecture.md`."""

from __future__ import annotations

from speckleforge.graph.stage import SpecLike, Stage
from speckleforge.graph.vendor_stages import (
    ACTIVITY,
    COSIM,
    CSYNTH,
    POWER,
    PROJECT,
    VIVADO,
    VIVADO_BITSTREAM,
    VIVADO_IP,
)
from speckleforge.tools.find import package_folder

_ARRAYS = ("numpy", "safetensors")
_DATASET = ("h5py", "numpy")
_JSONS = {
    "training": ("train", "training.json"),
    "quantisation": ("quantize", "quantisation.json"),
    "conformance": ("export", "conformance.json"),
    "prediction": ("lower", "prediction.json"),
    "synthesis": ("synth", "synthesis.json"),
    "placement": ("place_route", "placement.json"),
    "timing": ("place_route", "timing.json"),
    **{name: (name, f"{name}.json") for name in ("csynth", "cosim", "vivado", "vivado_ip", "activity", "power")},
    "weights": ("weights", "weights.json"),
    "bitstream": ("bitstream", "bitstream.json"),
    "vivado_bitstream": ("vivado_bitstream", "bitstream.json"),
    "accuracy": ("evaluate", "accuracy.json"),
    "seeds": ("seeds", "seeds.json"),
    "figures": ("figures", "figures"),
    "gallery": ("gallery", "gallery"),
    "verification": ("verify", "verification.json"),
}
_FIGURES = {role: _JSONS[role] for role in ("accuracy", "training", "quantisation", "seeds")}


def _open_place_and_route(spec: SpecLike) -> str:
    """Only the ECP5 flow has a place-and-route tool that comes as a package."""
    if spec.toolchain == "ecp5":
        return ""
    return f"no place and route comes with the package for toolchain '{spec.toolchain}'"


def _one_seed(spec: SpecLike) -> str:
    """Nothing to gather."""
    return "" if spec.seeds > 1 else "one training seed (evaluate.seeds)"


def _no_matplotlib(spec: SpecLike) -> str:
    """A report without pictures is better than none."""
    return "" if package_folder("matplotlib") else "matplotlib is not installed: pip install speckleforge[figures]"


STAGES: tuple[Stage, ...] = (
    Stage(
        "lower",
        "speckleforge.lower.stage",
        ("design.txt", "prediction.json"),
        facets=("op", "kernel", "cost", "cost.json", "hls"),
    ),
    Stage(
        "data",
        "speckleforge.data.stage",
        ("dataset",),
        packages=("gemmi", "numba", *_DATASET),
        platform=("isa", "threads"),
    ),
    Stage(
        "gallery",
        "speckleforge.data.gallery",
        ("gallery",),
        {"dataset": ("data", "dataset")},
        packages=("matplotlib", "pillow", *_DATASET),
        platform=("isa",),
        absent=_no_matplotlib,
    ),
    Stage(
        "emit",
        "speckleforge.emit.stage",
        ("rtl", "hls", "emulator", "bench", "software", "firmware"),
        {"design": ("lower", "design.txt")},
        facets=("op", "kernel", "hls", "kernel.sv", "emulator.h", "kernel.h", "sf_*.sv", "sf_*.h", "models/*.sv"),
    ),
    Stage(
        "train",
        "speckleforge.train.stage",
        ("checkpoint.safetensors", "training.json", "embeddings.npy"),
        {"dataset": ("data", "dataset")},
        facets=("op", "torch"),
        packages=("torch", "h5py", *_ARRAYS),
        platform=("isa", "threads"),
        repeated=True,
    ),
    Stage(
        "simulators",
        "speckleforge.verify.build",
        ("simulators",),
        {
            "design": ("lower", "design.txt"),
            "rtl": ("emit", "rtl"),
            "hls": ("emit", "hls"),
            "emulator": ("emit", "emulator"),
            "bench": ("emit", "bench"),
        },
        packages=("numpy",),
        tools=("g++", "make", "verilator"),
    ),
    Stage(
        "synth",
        "speckleforge.synth.stage",
        ("netlist.json", "synthesis.json", "synthesis.log"),
        {"rtl": ("emit", "rtl")},
        tools=("pyosys",),
    ),
    CSYNTH,
    VIVADO,
    VIVADO_IP,
    Stage(
        "quantize",
        "speckleforge.quantize.stage",
        ("quantised.safetensors", "quantisation.json"),
        {"dataset": ("data", "dataset"), "checkpoint": ("train", "checkpoint.safetensors")},
        facets=("op", "quantise", "reference", "torch"),  # it runs the float network to find the ranges
        packages=("torch", "h5py", *_ARRAYS),
        platform=("isa", "threads"),
        repeated=True,
    ),
    Stage(
        "place_route",
        "speckleforge.synth.place_route",
        ("placed.config", "placement.json", "timing.json", "place_route.log"),
        {"netlist": ("synth", "netlist.json")},
        tools=("nextpnr-ecp5",),
        absent=_open_place_and_route,
    ),
    Stage(
        "export",
        "speckleforge.export.stage",
        ("model.onnx", "parameters.safetensors", "vectors", "conformance.json"),
        {"dataset": ("data", "dataset"), "quantised": ("quantize", "quantised.safetensors")},
        facets=("op", "reference", "onnx"),
        packages=("onnx", "h5py", *_ARRAYS),
        repeated=True,
    ),
    Stage(
        "weights",
        "speckleforge.weights.stage",
        ("weights.bin", "weights.json"),
        {"design": ("lower", "design.txt"), "parameters": ("export", "parameters.safetensors")},
        facets=("op",),
        packages=_ARRAYS,
        repeated=True,
    ),
    ACTIVITY,
    PROJECT,
    COSIM,
    POWER,
    Stage(
        "bitstream",
        "speckleforge.synth.bitstream",
        ("design.bit", "bitstream.json"),
        {
            "placed": ("place_route", "placed.config"),
            "placement": ("place_route", "placement.json"),
            "weights": ("weights", "weights.bin"),
        },
        tools=("ecppack",),
    ),
    VIVADO_BITSTREAM,
    Stage(
        "evaluate",
        "speckleforge.verify.evaluate",
        ("accuracy.json",),
        {
            "dataset": ("data", "dataset"),
            "simulators": ("simulators", "simulators"),
            "weights": ("weights", "weights.bin"),
            "floats": ("train", "embeddings.npy"),
        },
        facets=("op",),
        packages=_DATASET,
        platform=("isa", "threads"),  # floats of the baseline and of the cosines
        repeated=True,
    ),
    Stage(
        "seeds",
        "speckleforge.verify.seeds",
        ("seeds.json",),
        {"accuracy": ("evaluate", "accuracy.json")},
        packages=("numpy",),
        absent=_one_seed,
        gathers=frozenset({"accuracy"}),
    ),
    Stage(
        "figures",
        "speckleforge.report.figures.stage",
        ("figures",),
        _FIGURES,
        optional=frozenset({"seeds"}),
        packages=("matplotlib", "numpy", "pillow"),
        platform=("isa",),  # compiled code draws the lines: the last bit of a pixel may depend on it
        absent=_no_matplotlib,
    ),
    Stage(
        "verify",
        "speckleforge.verify.stage",
        ("verification.json",),
        {
            "design": ("lower", "design.txt"),
            "simulators": ("simulators", "simulators"),
            "vectors": ("export", "vectors"),
            "parameters": ("export", "parameters.safetensors"),
            "weights": ("weights", "weights.bin"),
            "model": ("export", "model.onnx"),
        },
        facets=("op", "kernel", "reference"),
        packages=("onnx", "onnxruntime", *_ARRAYS),
    ),
    Stage(
        "report",
        "speckleforge.report.stage",
        ("record.json", "report.md"),
        _JSONS,
        optional=frozenset(_JSONS),
    ),
)
