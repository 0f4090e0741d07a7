"""Which files a spec names: each file once, and a name that exists is no pattern."""

from __future__ import annotations

from pathlib import Path

from speckleforge.spec.data_files import data_files, matches, resolved


def test_two_names_of_one_file_count_once(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(b"a")
    (tmp_path / "c.h5").write_bytes(b"c")
    (tmp_path / "b.h5").symlink_to(tmp_path / "a.h5")
    assert resolved(["*.h5"], tmp_path) == ["a.h5", "c.h5"]
    assert resolved(["c.h5", str(tmp_path / "*.h5"), "./c.h5"], tmp_path) == ["c.h5", str(tmp_path / "a.h5")]
    values = {"data": {"files": ["b.h5", str(tmp_path / "a.h5")]}, "preprocess": []}
    assert data_files(values, tmp_path) == {"file_0": tmp_path / "b.h5"}


def test_a_file_of_that_name_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "run1.h5").write_bytes(b"1")
    assert matches("run[1].h5", tmp_path) == ["run1.h5"]
    (tmp_path / "run[1].h5").write_bytes(b"2")
    assert matches("run[1].h5", tmp_path) == ["run[1].h5"]
    assert matches(str(tmp_path / "run[1].h5"), tmp_path) == [str(tmp_path / "run[1].h5")]
