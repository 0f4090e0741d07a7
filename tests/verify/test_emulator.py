from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from speckleforge.emit.emulator import emulator_files
from speckleforge.errors import DesignError, FormatError, StageError
from speckleforge.fixed.types import signed, unsigned
from speckleforge.ir.layout import layout_of
from speckleforge.ir.topology import Topology
from speckleforge.ir.types import TensorType
from speckleforge.layers.execute import run_topology
from speckleforge.layers.weight_image import build_image
from speckleforge.verify.compiled import build_emulator as compile_emulator
from speckleforge.verify.library import Library
from tests.layers.executions import build_emulator
from tests.networks import random_parameters, random_words, topology

NETWORK = topology(
    [("conv2d", {"filters": 2, "kernel": 3}), ("relu", {}), ("flatten", {}), ("dense", {"units": 5})],
    TensorType(unsigned(6), (1, 6, 7)),
    (5, 8),
)
PARAMS = random_parameters(NETWORK, 1)
IMAGE = build_image(layout_of(NETWORK), PARAMS.values)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emulator")
    build_emulator(NETWORK, folder)
    return folder / "emulator.so"


@pytest.fixture
def emulator(library: Path) -> Library:
    return Library(library)


def resealed(image: bytes) -> bytes:
    """With a CRC that fits again."""
    return image[:-4] + struct.pack("<I", zlib.crc32(image[:-4]))


def flipped(image: bytes, at: int, value: int) -> bytes:
    return image[:at] + bytes([value]) + image[at + 1 :]


def test_it_knows_its_topology(emulator: Library) -> None:
    assert emulator.topology == NETWORK
    assert emulator.layout_id == layout_of(NETWORK).layout_id


def test_it_returns_the_nodes_asked_for(emulator: Library) -> None:
    words = random_words(NETWORK, 3)
    reference = run_topology(NETWORK, words, PARAMS.values)
    got = emulator.load(IMAGE).run(words[:, 0], ["conv2d_0", "dense_3"])
    assert list(got) == ["conv2d_0", "dense_3"]
    assert all((got[name] == reference[name]).all() for name in got)
    assert list(emulator.run(words)) == ["dense_3"]


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        (b"", "too short"),
        (IMAGE[:-1], "wrong length"),
        (resealed(flipped(IMAGE, 0, 0)), "magic"),
        (resealed(flipped(IMAGE, 4, IMAGE[4] ^ 1)), "another layout"),
        (resealed(flipped(IMAGE, 12, IMAGE[12] ^ 1)), "wrong length"),
        (flipped(IMAGE, 20, IMAGE[20] ^ 1), "CRC"),
        (resealed(flipped(IMAGE, 16, 100)), r"conv2d_0.weight\[0\]: value out of range: 100"),
    ],
)
def test_broken_images_are_refused_and_leave_no_weights(emulator: Library, image: bytes, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint):
        emulator.load(IMAGE).load(image)
    with pytest.raises(FormatError, match="no weights loaded"):
        emulator.run(random_words(NETWORK, 1))


def test_words_that_are_not_the_input_are_refused(emulator: Library) -> None:
    emulator.load(IMAGE)
    for words in (np.full((1, 6, 7), 64), np.full((1, 6, 7), -1), np.zeros((1, 7, 7), np.int64)):
        with pytest.raises(FormatError, match="not the network's input"):
            emulator.run(words)


def test_sources_are_pure_and_name_no_machine(tmp_path: Path) -> None:
    files = emulator_files(NETWORK)
    assert files == emulator_files(NETWORK)
    assert {"emulator.cpp", "network.h", "sf_library.h", "sf_conv2d.h", "sf_dense.h"} <= set(files)
    assert "sf_head.h" not in files
    assert b"/tmp" not in b"".join(files.values())


def test_a_compiler_error_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "emulator.cpp").write_text("int main( {")
    with pytest.raises(StageError, match="error"):
        compile_emulator(tmp_path, tmp_path / "emulator.so", tmp_path / "log")


def test_another_library_is_refused(tmp_path: Path) -> None:
    (tmp_path / "emulator.so").write_bytes(b"not a library")
    with pytest.raises(FormatError, match="not a library of the emulator"):
        Library(tmp_path / "emulator.so")


def test_signed_words_are_refused() -> None:
    network: Topology = topology([("flatten", {})], TensorType(signed(8), (1, 2, 2)))
    with pytest.raises(DesignError, match="unsigned words"):
        emulator_files(network)


MAIN = r"""
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "sf_library.h"

int main(int argc, char** argv) {
    size_t patterns = strtoul(argv[1], NULL, 10), size = strtoul(argv[2], NULL, 10);
    static uint8_t image[1 << 20];
    static uint16_t words[1 << 20];
    static int32_t last[1 << 20];
    FILE* file = fopen("image", "rb");
    size_t bytes = fread(image, 1, sizeof image, file);
    fclose(file);
    file = fopen("words", "rb");
    size_t count = fread(words, 2, sizeof words / 2, file);
    fclose(file);
    int32_t* nodes[64] = {0};
    nodes[strtoul(argv[3], NULL, 10)] = last;
    sf_execution* network = sf_create();
    if (argc != 4 || count == 0 || sf_load(network, image, bytes) || sf_run(network, words, patterns, nodes)) {
        puts(sf_error(network));
        return 1;
    }
    for (size_t i = 0; i < patterns * size; ++i) {
        printf("%d\n", last[i]);
    }
    sf_destroy(network);
    return 0;
}
"""


@pytest.mark.parametrize("bits", [(8, 8), (16, 16)])
def test_a_c_program_runs_it_without_undefined_behaviour(bits: tuple[int, int], tmp_path: Path) -> None:
    layers = [("conv2d", {"filters": 2, "kernel": 3, "padding": "same"}), ("maxpool2d", {"size": 2, "ceil": True})]
    network = topology([*layers, ("flatten", {}), ("dense", {"units": 5})], TensorType(unsigned(8), (1, 7, 9)), bits)
    params, words = random_parameters(network, 3, extreme=True), random_words(network, 6)
    words[0] = 255
    for name, text in emulator_files(network).items():
        (tmp_path / name).write_bytes(text)
    (tmp_path / "main.c").write_text(MAIN)
    (tmp_path / "image").write_bytes(build_image(layout_of(network), params.values))
    (tmp_path / "words").write_bytes(words.astype("<u2").tobytes())
    check = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Werror")
    for command in (
        ["gcc", *check, "-c", "main.c"],
        ["g++", *check, "-std=c++20", "main.o", "emulator.cpp", "-o", "a.out"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True)
    last = network.nodes[-1]
    arguments = ["6", str(last.out.size), str(len(network.nodes) - 1)]
    done = subprocess.run(["./a.out", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    reference = run_topology(network, words, params.values)[last.name]
    assert [int(line) for line in done.stdout.split()] == reference.reshape(-1).tolist()
