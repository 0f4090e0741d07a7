"""The HLS sources with their own bench: every standard of C++, either set of headers, and what must make it fail."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from speckleforge.emit.hls.files import hls_files
from speckleforge.errors import DesignError
from speckleforge.ir.design import Design
from speckleforge.verify.compiled import HLS_FLAGS
from tests.emit.designs import small
from tests.layers.hls.bench import VENDOR_QUIET
from tests.layers.hls.vendor import vendor_headers
from tests.verify.rtl_build import PATTERNS, export, spoil

DESIGN = small(2, arithmetic="da")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors and an image, as a build leaves them."""
    folder = tmp_path_factory.mktemp("export") / "data"
    export(DESIGN, folder)
    return folder


def sources(design: Design, folder: Path) -> Path:
    for name, text in hls_files(design).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def build(folder: Path, standard: str, vendor: Path | None = None, more: tuple[str, ...] = ("-O1",)) -> None:
    """Compile the bench; a warning is an error."""
    types = ["-Icsim/ap_int"] if vendor is None else [f"-isystem{vendor}", *VENDOR_QUIET]
    flags = [flag for flag in HLS_FLAGS if not flag.startswith(("-std", "-Icsim/ap_int", "-O"))]
    command = ["g++", f"-std={standard}", *more, *flags, *types, "sf_network.cpp", "sf_bench.cpp", "-o", "bench"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]


def run(folder: Path, data: Path, *more: str) -> tuple[int, str]:
    done = subprocess.run(["./bench", str(data), *more], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def elements(design: Design) -> int:
    """Compared for a pattern: every boundary, and the record's fields."""
    boundaries = ["input", *(item.boundary for item in design.instances)]
    slots = design.topology.nodes[-1].out.size - 4
    return sum(design.topology.node(name).out.size for name in boundaries) + slots + 6


SANITISED = ("-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


# Vivado HLS knows C++11, and compiles C simulations without optimisation.
@pytest.mark.parametrize(
    ("standard", "more"), [("c++11", ("-O0",)), ("c++14", SANITISED), ("c++17", ("-O2",))], ids=lambda v: str(v)[:5]
)
def test_every_standard(standard: str, more: tuple[str, ...], data: Path, tmp_path: Path) -> None:
    build(sources(DESIGN, tmp_path), standard, more=more)
    code, text = run(tmp_path, data)
    assert code == 0
    seen = len(DESIGN.instances) + 1
    counted = (
        f"{PATTERNS} patterns, {PATTERNS * elements(DESIGN)} elements compared, 0 different, {seen} boundaries seen"
    )
    assert counted in text


@pytest.mark.parametrize("standard", ["c++14", "c++17"])
def test_the_vendors_integers(standard: str, data: Path, tmp_path: Path) -> None:
    build(sources(DESIGN, tmp_path), standard, vendor_headers())
    code, text = run(tmp_path, data, "5")
    assert code == 0
    assert f"5 patterns, {5 * elements(DESIGN)} elements compared, 0 different" in text


def test_what_makes_it_fail(data: Path, tmp_path: Path) -> None:
    build(sources(DESIGN, tmp_path / "hls"), "c++14")
    other = tmp_path / "other"
    export(DESIGN, other)
    before = spoil(other / "vectors" / "relu_8.npy", (3, 2))
    code, text = run(tmp_path / "hls", other)
    assert code == 1
    assert f"MISMATCH dense_7, pattern 3, element 2: expected {before + 1}, got {before}" in text
    image = bytearray((data / "weights.bin").read_bytes())
    image[100] ^= 1
    (other / "weights.bin").write_bytes(bytes(image))
    assert run(tmp_path / "hls", other) == (1, "ERROR: the weight image was refused: wrong CRC\n")
    (other / "weights.bin").unlink()
    code, text = run(tmp_path / "hls", other)
    assert code == 1
    assert "cannot be read" in text
    assert run(tmp_path / "hls", data)[0] == 0


def test_the_bench_reads_arrays_of_every_width(tmp_path: Path) -> None:
    (tmp_path / "main.cpp").write_text(
        '#include <iostream>\n#include "sf_npy.h"\n'
        "int main(int, char** a) { for (long long v : sf::read_npy(a[1])) std::cout << v << ' '; }\n"
    )
    header = sources(DESIGN, tmp_path / "hls") / "sf_npy.h"
    command = ["g++", "-std=c++11", f"-I{header.parent}", "main.cpp", "-o", "main"]
    subprocess.run(command, cwd=tmp_path, check=True)
    for kind in ("u1", "i1", "u2", "i2", "i4", "i8"):
        info = np.iinfo(kind)
        values = np.array([[info.min, info.max], [0, 1]], dtype=kind)
        np.save(tmp_path / "x.npy", values)
        done = subprocess.run(["./main", "x.npy"], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert [int(word) for word in done.stdout.split()] == values.ravel().tolist()


def test_sources_are_pure_and_name_no_machine() -> None:
    files = hls_files(DESIGN)
    assert files == hls_files(DESIGN)
    text = "".join(files.values())
    assert "/tmp" not in text
    assert DESIGN.design_id in files["sf_network.cpp"]
    assert all(name in files for name in ("sf_network.h", "sf_hls_registers.h", "registers.md", "csim/library.cpp"))


def test_a_word_that_hls_cannot_carry_is_refused() -> None:
    from speckleforge.fixed.types import unsigned
    from speckleforge.ir.types import TensorType
    from tests.emit.designs import chain
    from tests.networks import topology

    network = topology(
        [("conv2d", {"filters": 3, "kernel": 1}), ("flatten", {}), ("head", {"prototypes": 1})],
        TensorType(unsigned(16), (1, 2, 300)),
        (2, 2),
    )
    with pytest.raises(DesignError, match="word too wide for HLS"):
        hls_files(chain(network, 300, fold=0.0))
