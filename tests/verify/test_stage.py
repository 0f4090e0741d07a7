"""The whole proof on small cores: it passes where all is right, and names what is wrong where it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, MismatchError
from speckleforge.fixed.types import unsigned
from speckleforge.ir.design import NO_BOOT_BYTES, Design
from speckleforge.ir.types import TensorType
from speckleforge.layers.weight_image import build_image
from speckleforge.tools.find import installed
from speckleforge.verify import stage
from speckleforge.verify.rtl import Frame, RtlSimulator, encode_frames
from tests.emit.designs import chain, head_only, small
from tests.networks import random_parameters, random_words, topology
from tests.verify.rtl_build import PATTERNS, build_simulators, copied, export, spoil

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]

SMALL = small()
POOLED = chain(
    topology(
        [("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("head", {"prototypes": 2})],
        TensorType(unsigned(4), (2, 5, 6)),
    ),
    2,
    banks=1,
    interface="uart",
)

CALIBRATED = chain(
    topology(
        [
            ("pedestal", {}),
            ("mask", {}),
            ("compand", {"rule": "sqrt", "bits": 4}),
            ("conv2d", {"filters": 3, "kernel": 3}),
            ("prelu", {}),
            ("maxpool2d", {"size": 2}),
            ("flatten", {}),
            ("dense", {"units": 5}),
            ("prelu", {}),
            ("dense", {"units": 4}),
            ("head", {"prototypes": 3}),
        ],
        TensorType(unsigned(8), (1, 10, 9)),
    ),
    1,
    fold=0.7,
    banks=1,
    boot=False,
)


def verify(inputs: dict[str, Path], simulators: Path, folder: Path) -> dict[str, Any]:
    """Run the stage; its record."""
    (folder / "out").mkdir()
    roles = inputs | {"simulators": simulators}
    stage.run(StageContext({}, roles, folder / "out", folder / "scratch"))
    record: dict[str, Any] = json.loads((folder / "out" / "verification.json").read_text(encoding="utf-8"))
    return record


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built bench and emulator of SMALL."""
    return build_simulators(SMALL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Exported artifacts of SMALL."""
    return export(SMALL, tmp_path_factory.mktemp("export") / "small")


def check_record(record: dict[str, Any], design: Design) -> None:
    """Everything was compared, nothing differs, cycles are as predicted."""
    assert record["mismatches"] == 0
    assert record["patterns"] == PATTERNS
    assert record["engines"] == ["reference", "onnxruntime", "emulator", "hls_csim", "rtl"]
    assert [row["patterns"] for row in record["weight_sets"]] == [PATTERNS] * 3
    assert record["cycles"]["as_predicted"], record["cycles"]
    assert all(row["holds"] for row in record["scenarios"])
    boundaries = {item.boundary for item in design.instances} | {"input", "record"}
    assert set(record["compared"]["rtl"]) == boundaries
    assert set(record["compared"]["hls_csim"]) == boundaries - {"record"}
    assert record["hls_bench"]["elements"] > 0
    assert record["hls_bench"]["different"] == 0
    for node in design.topology:
        assert record["compared"]["reference"][node.name] == PATTERNS * node.out.size


def test_all_executions_agree(inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    record = verify(inputs, simulators, tmp_path)
    check_record(record, SMALL)
    flagged = {row["name"]: row["flagged"] for row in record["scenarios"]}
    assert flagged["broken frames"] == {"short": 2, "long": 2}
    assert flagged["no weights"] == {"not_loaded": 4}
    assert set(flagged["load under running frames"]) <= {"not_loaded", "tainted"}
    assert flagged["load under running frames"]["tainted"] > 0


def test_one_bank_and_a_head_fed_by_an_image(tmp_path: Path) -> None:
    simulators = build_simulators(POOLED, tmp_path)
    record = verify(export(POOLED, tmp_path / "export"), simulators, tmp_path)
    check_record(record, POOLED)
    assert record["scenarios"][-1]["name"] == "serial pins"


def test_pixels_and_slopes_that_a_host_loads_first(tmp_path: Path) -> None:
    simulators = build_simulators(CALIBRATED, tmp_path)
    assert len((simulators / "boot.hex").read_text().split()) == NO_BOOT_BYTES
    record = verify(export(CALIBRATED, tmp_path / "export"), simulators, tmp_path)
    check_record(record, CALIBRATED)
    assert {"pedestal_0", "mask_1", "prelu_4", "prelu_8"} <= set(record["compared"]["rtl"])


@pytest.mark.parametrize("node", ["maxpool2d_3", "head_10"])
def test_a_corrupt_golden_value_is_named(node: str, inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    spoilt = copied(inputs, tmp_path)
    index = (7, 1, 2, 3) if node == "maxpool2d_3" else (7, 2)
    before = spoil(spoilt["vectors"] / f"{node}.npy", index)
    with pytest.raises(MismatchError) as caught:
        verify(spoilt, simulators, tmp_path)
    text = str(caught.value)
    place = "channel 1, row 2, column 3" if node == "maxpool2d_3" else "feature 2"
    for engine in ("reference", "onnxruntime", "emulator", "hls_csim", "rtl"):
        assert f"{engine} differs from the reference" in text
    assert text.count(f"{node}, pattern 7, {place}") == 5
    assert f"{before} (rtl)" in text
    assert not (tmp_path / "out" / "verification.json").exists()


def test_no_pattern_is_no_proof(inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    spoilt = copied(inputs, tmp_path)
    for path in spoilt["vectors"].glob("*.npy"):
        np.save(path, np.load(path)[:0])
    (spoilt["vectors"] / "vectors.json").write_text('{"patterns": 0}')
    with pytest.raises(MismatchError, match="no pattern to compare"):
        verify(spoilt, simulators, tmp_path)


def test_a_missing_node_is_refused(inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    spoilt = copied(inputs, tmp_path)
    (spoilt["vectors"] / "relu_2.npy").unlink()
    with pytest.raises(FormatError, match=r"relu_2\.npy"):
        verify(spoilt, simulators, tmp_path)


def test_an_image_of_other_parameters_is_refused(inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    spoilt = copied(inputs, tmp_path)
    spoilt["weights"].write_bytes(build_image(SMALL.layout, random_parameters(SMALL.topology, 8).values))
    with pytest.raises(MismatchError, match="does not hold the exported parameters"):
        verify(spoilt, simulators, tmp_path)


def test_simulators_of_another_design_are_refused(inputs: dict[str, Path], simulators: Path, tmp_path: Path) -> None:
    shutil.copytree(simulators, tmp_path / "simulators")
    text = (simulators / "bench.json").read_text(encoding="utf-8").replace(SMALL.design_id, head_only().design_id)
    (tmp_path / "simulators" / "bench.json").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="another design"):
        verify(inputs, tmp_path / "simulators", tmp_path)


def faults(rtl: Path) -> None:
    """Two faults: the pool takes the smaller value; the head calls frame 5 number 100."""
    for name, right, wrong in (
        ("sf_max_tree.sv", "(a ^ FLIP) > (b ^ FLIP) ? a : b", "(a ^ FLIP) > (b ^ FLIP) ? b : a"),
        ("sf_head.sv", "assign out_tag = tag;", "assign out_tag = tag[7:1] == 7'd5 ? {7'd100, tag[0]} : tag;"),
    ):
        text = (rtl / name).read_text(encoding="utf-8")
        assert right in text
        (rtl / name).write_text(text.replace(right, wrong), encoding="utf-8")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulators of POOLED with faults in its kernels."""
    return build_simulators(POOLED, tmp_path_factory.mktemp("faulty"), faults)


def test_a_faulty_kernel_is_named(faulty: Path, tmp_path: Path) -> None:
    with pytest.raises(MismatchError) as caught:
        verify(export(POOLED, tmp_path / "export"), faulty, tmp_path)
    text = str(caught.value)
    assert "flatten_1, pattern" in text
    assert "rtl differs from the reference" in text
    assert "emulator" not in text


def test_a_faulty_hls_kernel_is_named(tmp_path: Path) -> None:
    def edit(hls: Path) -> None:
        source = hls / "sf_maxpool2d.h"
        text = source.read_text(encoding="utf-8")
        assert text.count("best = larger(best, columns") == 1
        source.write_text(
            text.replace("best = larger(best, columns", "best = walk.row > 2 ? In(0) : larger(best, columns")
        )

    simulators = build_simulators(POOLED, tmp_path, edit, "hls")
    with pytest.raises(MismatchError) as caught:
        verify(export(POOLED, tmp_path / "export"), simulators, tmp_path)
    text = str(caught.value)
    assert "hls_csim differs from the reference" in text
    assert "flatten_1, pattern 0" in text
    assert "emulator" not in text


def test_a_record_out_of_sync_is_flagged_and_kept(faulty: Path, tmp_path: Path) -> None:
    sim = RtlSimulator(faulty, tmp_path / "work")
    image = build_image(POOLED.layout, random_parameters(POOLED.topology, 2).values)
    encoded = encode_frames(random_words(POOLED.topology, 9), POOLED.source)
    script = sim.script().begin(1, image).frames([Frame(50 + i, frame) for i, frame in enumerate(encoded)])
    run = sim.run(script.add("wait").read("out_of_sync").read("results"))
    assert list(run.records["pulse_id"]) == list(range(50, 59))
    assert list(run.records["out_of_sync"]) == [0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert run.records["keep"][5] == 1
    assert run.reads["results"] == [9]
    assert run.reads["out_of_sync"] == [2]  # the record that was dropped, and the frame without one
