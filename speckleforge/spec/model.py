"""The spec as a value. Takes checked values; gives a frozen `Spec` and what each stage may see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from speckleforge.ir.text import print_topology
from speckleforge.ir.topology import Topology, structure
from speckleforge.spec.data_files import data_files
from speckleforge.spec.data_rules import data_slice
from speckleforge.spec.priors import class_priors
from speckleforge.spec.target import Target
from speckleforge.spec.topology import word_bits


@dataclass(frozen=True)
class Spec:
    """One reviewed file.

    Attributes
    ----------
    path
        The file.
    name
        Name of the build.
    values
        All keys with defaults filled in, as JSON values.
    topology
        The network with its bit widths.
    target
        The board.
    ingested
        Stage -> file with its results from another machine, where there is one.
    """

    path: Path
    name: str
    values: Mapping[str, Any]
    topology: Topology
    target: Target
    ingested: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of the values: comments, order of keys and written-out defaults do not count."""
        text = json.dumps(self.values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def topology_text(self) -> str:
        """The topology's text form."""
        return print_topology(self.topology)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Layer kinds in use."""
        return self.topology.kinds

    @property
    def toolchain(self) -> str:
        """The toolchain that synthesises."""
        return self.target.toolchain

    @property
    def vendor(self) -> bool:
        """True where the board names Vivado."""
        return self.target.vendor

    @property
    def has_pins(self) -> bool:
        """True where the board file says where the ports of a top go."""
        return bool(self.target.values["pins"])

    @property
    def has_boot_memory(self) -> bool:
        """True where the first weights come with the bitstream; else a host loads them."""
        return bool(self.values["hardware"]["weights"]["boot"] != "host")

    def asks(self, tool: str, what: str) -> bool:
        """Whether `hardware.<tool>.<what>` is asked for."""
        return bool(self.values["hardware"][tool][what])

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in the order of their labels."""
        return list(self.values["data"]["classes"])

    @property
    def clock_khz(self) -> int:
        """Clock of the network in kHz."""
        return int(0.5 + 1000 * self.values["hardware"]["clock_mhz"])

    @property
    def seeds(self) -> int:
        """How many training seeds the accuracy is the mean over: `train.seed` and those that follow it."""
        return int(self.values.get("evaluate", {}).get("seeds", 1))

    def slice(self, stage_name: str) -> dict[str, Any]:
        """The parameters of a stage: all that it sees of the spec. KeyError for a name that is no stage's.

        `train@2` is the stage `train` of the same spec with a training seed that is two higher.
        """
        name, _, replica = stage_name.partition("@")
        return _SLICES[name](self._with_seed(int(replica)) if replica else self)

    def _with_seed(self, replica: int) -> Spec:
        """The same spec with the training seed `replica` higher."""
        train = {**self.values["train"], "seed": self.values["train"]["seed"] + replica}
        return replace(self, values={**self.values, "train": train})

    def files(self, stage_name: str) -> dict[str, Path]:
        """Files from outside that a stage reads, by role."""
        if stage_name == "data":
            return data_files(self.values, self.path.parent)
        named = {"train": ("pretrained", self.values["train"].get("from"))}
        named["vivado"] = ("reference", self.values["hardware"]["vivado"].get("reference"))
        role, file = named.get(stage_name, ("", None))
        found = {role: self.path.parent / file} if file else {}
        return found | ({"ingested": self.ingested[stage_name]} if stage_name in self.ingested else {})


def _data(spec: Spec) -> dict[str, Any]:
    return data_slice(spec.values, spec.path.parent, word_bits(spec.values))


def _train(spec: Spec) -> dict[str, Any]:
    settings = {key: value for key, value in spec.values["train"].items() if key != "from"}
    # The head is enrolled, not trained: its capacity must not train again.
    network = [row for row in structure(spec.topology) if row["kind"] != "head"]
    return {"train": settings, "network": network, "classes": spec.classes}


def _quantize(spec: Spec) -> dict[str, Any]:
    asked = spec.values["quantize"]
    how: dict[str, Any] = {"method": asked["method"]}
    if asked["method"] == "training":  # the same loss and augmentation as in floats; rounding alone needs none of them
        learned = {
            key: value for key, value in spec.values["train"].items() if key not in ("from", "names", "input_frac")
        }
        how["train"] = {**learned, **{key: asked[key] for key in ("epochs", "learning_rate", "seed")}}
    return {"topology": spec.topology_text, "classes": spec.classes, "quantize": how}


def _asked(spec: Spec) -> dict[str, Any]:
    hardware = spec.values["hardware"]
    return {key: hardware[key] for key in ("latency_us", "frame_rate_khz") if key in hardware}


def _lower(spec: Spec) -> dict[str, Any]:
    weights = spec.values["hardware"]["weights"]
    hardware = {**_asked(spec), "clock_khz": spec.clock_khz, "banks": weights["banks"], "boot": weights["boot"]}
    if budget := spec.values["hardware"].get("budget"):
        hardware["budget"] = budget
    if arithmetic := spec.values["hardware"].get("arithmetic"):
        hardware["arithmetic"] = sorted(arithmetic)
    return {"topology": spec.topology_text, "hardware": hardware, "target": spec.target.slice("lower")}


def _synth(spec: Spec, stage: str = "synth") -> dict[str, Any]:
    clock_mhz = spec.clock_khz / 1000
    return {"target": spec.target.slice(stage), "toolchain": spec.toolchain, "clock_mhz": clock_mhz}


def _vendor(spec: Spec, board: str = "vivado") -> dict[str, Any]:
    hardware = spec.values["hardware"]
    # A reference is known by its bytes, whatever it is called.
    vivado = {key: value for key, value in hardware["vivado"].items() if key != "reference"}
    about = {"target": spec.target.slice(board), "clock_khz": spec.clock_khz}
    return {**about, "vivado": vivado, "hls": dict(hardware["hls"])}


def _hls(spec: Spec) -> dict[str, Any]:
    # What is done with the sources afterwards must not synthesise them again.
    asked = _vendor(spec, "csynth")
    kept = {key: value for key, value in asked["hls"].items() if key not in ("cosim", "implement")}
    return {"target": asked["target"], "clock_khz": asked["clock_khz"], "hls": kept}


def _vivado(spec: Spec, flow: str = "rtl", board: str = "vivado", left: tuple[str, ...] = ()) -> dict[str, Any]:
    asked = _vendor(spec, board)
    # What an estimate of power rests on must not implement again.
    kept = {key: value for key, value in asked["vivado"].items() if key not in ("activity", *left)}
    return {"flow": flow, "target": asked["target"], "clock_khz": asked["clock_khz"], "vivado": kept}


def _vivado_ip(spec: Spec) -> dict[str, Any]:
    # The planner's regions are those of the SystemVerilog's kernels.
    return _vivado(spec, "hls_ip", "vivado_ip", ("regions",))


def _power(spec: Spec) -> dict[str, Any]:
    asked = _vendor(spec)
    kept = {key: asked["vivado"][key] for key in ("threads", "limit_hours")}
    return {"target": asked["target"], "clock_khz": asked["clock_khz"], "vivado": kept}


def _place_route(spec: Spec) -> dict[str, Any]:
    asked = spec.values["hardware"]["placement"]
    # One seed is one seed: how a sweep would end must not place again.
    placement = dict(asked) if asked["seeds"] > 1 else {"seed": asked["seed"]}
    return {**_synth(spec, "place_route"), "placement": placement}


def _evaluate(spec: Spec) -> dict[str, Any]:
    asked = spec.values["evaluate"]
    gates = [gate["shots"] for gate in spec.values["gates"].values() if "shots" in gate]
    priors = class_priors(spec.classes, asked["priors"])
    return {"shots": sorted({*asked["shots"], *gates}), "classes": spec.classes, "priors": priors}


def _seeds(spec: Spec) -> dict[str, Any]:
    return {"first_seed": spec.values["train"]["seed"], "count": spec.seeds}


def _report(spec: Spec) -> dict[str, Any]:
    about = {
        "name": spec.name,
        "digest": spec.digest,
        "parameters": spec.topology.network_parameters,
        "macs": spec.topology.macs,
        "input": list(spec.values["model"]["input"]),
        "precision": dict(spec.values["precision"]),
        "latent": spec.values["model"]["latent"],
        "classes": spec.classes,
        "data": {key: spec.values["data"][key] for key in ("source", "condition") if key in spec.values["data"]},
        "clock_mhz": spec.clock_khz / 1000,
        "toolchain": spec.toolchain,
        "nodes": [{"name": node.name, "kind": node.kind, "out": str(node.out)} for node in spec.topology.nodes],
        **_asked(spec),
    }
    return {"spec": about, "gates": spec.values["gates"], "target": spec.target.slice("report")}


def _figures(spec: Spec) -> dict[str, Any]:
    return {"name": spec.name, "classes": spec.classes}


_SLICES: Mapping[str, Callable[[Spec], dict[str, Any]]] = {
    "data": _data,
    "gallery": lambda spec: {},
    "train": _train,
    "quantize": _quantize,
    "export": lambda spec: {"topology": spec.topology_text, "patterns": spec.values["verify"]["patterns"]},
    "lower": _lower,
    "emit": lambda spec: {"target": spec.target.slice("emit")},
    "simulators": lambda spec: {},
    "synth": _synth,
    "place_route": _place_route,
    "project": _vendor,
    "csynth": _hls,
    "cosim": _hls,
    "vivado": _vivado,
    "vivado_ip": _vivado_ip,
    "activity": lambda spec: {},
    "power": _power,
    "weights": lambda spec: {},
    "bitstream": lambda spec: {"target": spec.target.slice("bitstream")},
    "vivado_bitstream": lambda spec: {"target": spec.target.slice("bitstream")},
    "evaluate": _evaluate,
    "verify": lambda spec: {},
    "seeds": _seeds,
    "figures": _figures,
    "report": _report,
}
