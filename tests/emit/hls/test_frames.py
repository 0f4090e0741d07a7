"""The packers for hosts: the block takes their beats, and records say what the reference says."""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from speckleforge.emit.hls.files import hls_files
from speckleforge.ir.design import Design
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from tests.emit.designs import head_only, small
from tests.emit.hls.block import Block
from tests.networks import random_parameters, random_words


def packers(design: Design, folder: Path) -> ModuleType:
    path = folder / "sf_hls_frames.py"
    path.write_text(hls_files(design)["sf_hls_frames.py"], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("packers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("design", [small(4), small(3, fold=0.0, repack={"conv2d_1": 2}), head_only(10, 3)], ids=str)
def test_frames_through_the_block(design: Design, tmp_path: Path) -> None:
    host = packers(design, tmp_path)
    block = Block(design, tmp_path / "hls")
    params, words = random_parameters(design.topology, 5), random_words(design.topology, 3, 6)
    block.image("image", build_image(design.layout, params.values))
    script = []
    for number, image in enumerate(words):
        (block.folder / f"b{number}").write_bytes(host.pack_frame(image, 0xFFFF_FF00 + number))
        script.append(f"beats b{number}")
    _, records, _ = block.run("load image 0", *script)
    rows = run_topology(design.topology, words, params.values)[design.topology.nodes[-1].name]
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        assert record.pulse_id == 0xFFFF_FF00 + number
        assert list(record.scores) == list(row[:-4])
        assert (record.label, record.slot) == (row[-4], row[-3])
        assert record.flags & 0xFFFE00 == 0
        beats = struct.pack("<IIIhh", record.pulse_id, record.image_id, record.flags, record.label, record.slot)
        beats += struct.pack(f"<{len(record.scores)}i", *record.scores)
        found = host.unpack_record(beats)
        assert found["scores"] == list(record.scores)
        assert (found["class"], found["slot"], found["pulse_id"]) == (record.label, record.slot, record.pulse_id)
        assert (found["accept"], found["keep"]) == (row[-2] == 1, row[-1] == 1)


def test_pixels_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    design = small(2)
    host = packers(design, tmp_path)
    with pytest.raises(ValueError, match="not of 8 bits"):
        host.pack_frame(np.full((1, 9, 10), 256), 1)
    assert len(host.pack_frame(np.zeros((9, 10), int), 1)) == (design.source.words + 1) * 4
