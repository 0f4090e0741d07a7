"""What a stage's key covers against what Python really loads; the declarations; the start-up time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from toy import VENDOR

from speckleforge.graph.keys import PACKAGES, Keys
from speckleforge.graph.stage import Stage, bind
from speckleforge.graph.stages import STAGES
from speckleforge.store.code import SourceTree

KINDS = tuple(path.parent.name for path in (PACKAGES["speckleforge"] / "layers").glob("*/op.py"))


class AnySpec:
    seeds = 1
    vendor = False
    ingested: Mapping[str, Path] = {}

    def __init__(self, toolchain: str = "ecp5") -> None:
        self.name, self.kinds, self.toolchain = "any", KINDS, toolchain

    def slice(self, stage_name: str) -> dict[str, object]:
        return {}

    def asks(self, tool: str, what: str) -> bool:
        return False


@cache
def tree() -> SourceTree:
    return SourceTree(PACKAGES)


def code(stage: Stage) -> dict[str, str]:
    return Keys(AnySpec(), tree()).code(stage)


def layers(stage: Stage) -> list[str]:
    return [name for name in code(stage) if name.startswith(("speckleforge.layers.", "speckleforge/layers/"))]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_the_key_covers_all_that_is_imported(stage: Stage) -> None:
    if tree().file(stage.module) is None:
        pytest.skip(f"{stage.module} does not exist")
    facets = [f"speckleforge.layers.{kind}.{name}" for kind in KINDS for name in stage.facets if "." not in name]
    modules = [stage.module, *(name for name in facets if tree().file(name))]
    script = (
        "import importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
        "print(json.dumps([n for n, m in sys.modules.items()"
        " if n.startswith('speckleforge') and getattr(m, '__file__', None)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(modules)], capture_output=True, text=True, check=False
    )
    last = (done.stderr.strip().splitlines() or [""])[-1]
    if "No module named" in last and "speckleforge" not in last:
        pytest.skip(f"{stage.module} needs an optional package: {last}")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) <= set(code(stage))


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_no_stage_can_see_the_graph_the_command_line_or_another_room(stage: Stage) -> None:
    rooms = {other.module.split(".")[1] for other in STAGES} - {stage.module.split(".")[1]}
    forbidden = tuple(f"speckleforge.{name}" for name in ("graph", "cli", *sorted(rooms)))
    seen = [name for name in code(stage) if name.startswith(tuple(f"{name}." for name in forbidden))]
    assert seen == []


def test_training_does_not_see_hardware_and_hardware_does_not_see_training() -> None:
    by_name = {stage.name: stage for stage in STAGES}
    for name in ("data", "train"):
        assert not [module for module in layers(by_name[name]) if module.endswith((".cost", ".kernel", ".sv"))]
    for name in ("lower", "emit", "synth", "place_route"):
        assert not [module for module in layers(by_name[name]) if module.endswith(".torch")]
    upstream = {name for stage in bind(STAGES, AnySpec()).upto(("place_route",)) for name in [stage.name]}
    assert not upstream & {"data", "train", "quantize", "export", "weights"}


def test_only_the_layers_that_a_spec_uses_count() -> None:
    class Small(AnySpec):
        kinds = ("dense",)

        def __init__(self) -> None:
            self.name, self.toolchain = "small", "ecp5"

    stage = next(stage for stage in STAGES if stage.name == "train")
    seen = {
        name.split(".")[2] for name in Keys(Small(), tree()).code(stage) if name.count(".") == 3 and ".layers." in name
    }
    assert "dense" in seen
    assert not seen & {"conv2d", "maxpool2d", "relu", "repack", "rtl"}


def test_without_place_and_route_the_stages_that_need_it_are_out() -> None:
    pipeline = bind(STAGES, AnySpec("xilinx"))
    assert set(pipeline.absent) == {"place_route", "bitstream", "seeds", *VENDOR}
    assert "xilinx" in pipeline.absent["place_route"]
    assert pipeline.absent["bitstream"] == "needs place_route"
    assert {"timing", "bitstream"}.isdisjoint(pipeline.stage("report").inputs)


@pytest.mark.parametrize(
    "stages",
    [
        (Stage("b", "m", ("x",), {"in": ("a", "y")}),),
        (Stage("a", "m", ("x",)), Stage("b", "m", ("x",))),
    ],
)
def test_contradicting_declarations_are_refused(stages: tuple[Stage, ...]) -> None:
    with pytest.raises(ValueError, match=r"no earlier stage|made twice"):
        bind(stages, AnySpec())


def test_the_graph_imports_nothing_heavy() -> None:
    script = "import sys, speckleforge.graph.build; print([n for n in sys.argv[1:] if n in sys.modules])"
    heavy = ["numpy", "torch", "onnx", "onnxruntime", "safetensors", "rich", "doit"]
    done = subprocess.run([sys.executable, "-c", script, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
