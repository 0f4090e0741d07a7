"""A file that is larger than the memory is read all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
FRAMES, KEPT, SIDE = 2048, 240, 1024
FILE_BYTES = FRAMES * SIDE * SIDE * 2  # 4 GiB
LIMIT_BYTES = 200 << 20  # of address space beyond what the imports took; the frames that are kept have 480 MiB
CODE = f"""
import resource, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from speckleforge.data.stage import chunk_size
from tests.data.files.makers import open_files
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + {LIMIT_BYTES}
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
kind, file = sys.argv[1:]
split = {{"by": "time_block", "validate": 0.2, "test": 0.2, "block": 40}}
labels = {{"labels": {{"file": "labels.npy"}}, "exclude": {{"3": "undecoded"}}}}
source = open_files([Path(file)], source=kind, split=split, **labels)
size = chunk_size(source.frame_shape)
print(sum(int(chunk.frames[:, 0, 0].sum()) for chunk in source.chunks(size)), source.count)
"""


def sparse_hdf5(path: Path) -> None:
    """Frames that take no place on the disk, but for some words."""
    with h5py.File(path, "w") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.CONTIGUOUS)
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        space = h5py.h5s.create_simple((FRAMES, SIDE, SIDE))
        h5py.h5d.create(file.id, b"photons", h5py.h5t.NATIVE_UINT16, space, plist)
        file["photons"][:KEPT:80, 0, 0] = 5


def sparse_npy(path: Path) -> None:
    """The same as an .npy file."""
    values = np.lib.format.open_memmap(path, "w+", np.uint16, (FRAMES, SIDE, SIDE))
    values[:KEPT:80, 0, 0] = 5
    values.flush()


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of the address space is Linux's")
@pytest.mark.parametrize(("kind", "make"), [("hdf5", sparse_hdf5), ("npy", sparse_npy)])
def test_a_file_is_never_in_memory_as_a_whole(tmp_path: Path, kind: str, make: object) -> None:
    path = tmp_path / f"frames.{kind}"
    make(path)
    assert path.stat().st_size >= FILE_BYTES
    if path.stat().st_blocks * 512 > FILE_BYTES // 10:
        pytest.skip("this file system keeps no sparse files")
    np.save(tmp_path / "labels.npy", np.array(["single", "multi"] * (KEPT // 2) + ["3"] * (FRAMES - KEPT)))
    command = [sys.executable, "-c", CODE, kind, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["15", str(KEPT)], done.stderr
