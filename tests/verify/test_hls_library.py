"""The HLS C simulation as a library: every boundary, every set, and nothing written that was not asked for."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from speckleforge.emit.hls.files import hls_files
from speckleforge.errors import FormatError
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.compiled import HLS, build_hls
from speckleforge.verify.library import Library
from tests.emit.designs import small
from tests.networks import random_parameters, random_words

DESIGN = small(2, repack={"conv2d_4": 1}, arithmetic="dsp2")
SETS = [random_parameters(DESIGN.topology, seed) for seed in (3, 4)]
IMAGES = [build_image(DESIGN.layout, found.values) for found in SETS]
WORDS = random_words(DESIGN.topology, 4, 8)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("hls")
    for name, text in hls_files(DESIGN).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    build_hls(folder, folder, folder / "log")
    return Library(folder / HLS, "hls_csim")


def test_every_boundary_of_every_set(library: Library) -> None:
    assert list(library.outputs) == ["input", *(item.name for item in DESIGN.instances)]
    assert "repack_3" in library.outputs
    for turn in range(4):  # in turn into either bank
        params, image = SETS[turn % 2], IMAGES[turn % 2]
        reference = run_topology(DESIGN.topology, WORDS, params.values)
        found = library.load(image).run(WORDS, library.outputs)
        for name, values in found.items():
            np.testing.assert_array_equal(values, reference[library.outputs[name]], name)


def test_arrays_of_a_run_are_left_alone_afterwards(library: Library) -> None:
    library.load(IMAGES[0])
    names = list(library.outputs)
    sizes = [DESIGN.topology.node(library.outputs[name]).out.size for name in names]
    arrays = [np.zeros(size, np.int32) for size in sizes]
    pointers = (ctypes.c_void_p * len(names))(*(array.ctypes.data for array in arrays))
    words = np.ascontiguousarray(WORDS[:1], np.uint16)
    library._check(library._library.sf_run(library._network, words.ctypes.data, 1, pointers))
    for array in arrays:
        array[:] = -77
    library.load(IMAGES[1])  # sends frames through the block
    assert all((array == -77).all() for array in arrays)


@pytest.mark.parametrize(
    ("image", "complaint"),
    [(IMAGES[0][:-1] + b"\x00", "CRC"), (b"SFW1" + bytes(40), "another layout"), (bytes(1 << 20), "wrong length")],
)
def test_bad_images_are_refused_and_leave_no_weights(library: Library, image: bytes, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint):
        library.load(IMAGES[0]).load(image)
    with pytest.raises(FormatError, match="no weights loaded"):
        library.run(WORDS)


def test_unknown_outputs_are_refused(library: Library) -> None:
    with pytest.raises(FormatError, match="no such output"):
        library.load(IMAGES[0]).run(WORDS, ["conv2d_9"])
