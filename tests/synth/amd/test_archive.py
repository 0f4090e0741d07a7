"""Results as one file: the same bytes for the same files, every file again, and nothing from a hostile archive."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.synth.amd import archive
from speckleforge.synth.amd.archive import is_taken, members, pack, unpack

WORDS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda word: word not in (".", "..") and len(word.encode()) < 200
)
NAMES = st.one_of(
    st.just("manifest.json"),
    st.builds("reports/{}".format, WORDS),
    st.builds("reports/{}/{}.rpt".format, WORDS, WORDS),
    st.builds("{}.log".format, WORDS.filter(lambda word: not word.startswith("."))),
    st.builds("ip/{}.zip".format, WORDS.filter(lambda word: not word.startswith("."))),
)
FILES = st.dictionaries(NAMES, st.binary(max_size=2000), min_size=1, max_size=6).filter(
    lambda files: not any(other.startswith(f"{name}/") for name in files for other in files)
)
once = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lay(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_long_names_of_modules_fit(tmp_path: Path) -> None:
    files = {f"reports/syn/{'conv2d_' * 30}csynth.xml": b"x", "manifest.json": b"{}"}
    packed = pack(lay(tmp_path / "a", files))
    (tmp_path / "a.tar").write_bytes(packed)
    unpack(tmp_path / "a.tar", tmp_path / "b")
    assert contents(tmp_path / "b") == files


@once
@given(files=FILES, order=st.randoms())
def test_equal_files_make_equal_bytes_and_come_back(
    files: dict[str, bytes], order: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("archive")
    shuffled = list(files.items())
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = lay(root / "a", files), lay(root / "deeper" / "b", dict(shuffled))
    for path in members(second):  # neither times nor modes count
        path.chmod(0o600)
        os.utime(path, (1e9, 1e9))
    packed = pack(first)
    assert pack(second) == packed
    (root / "x.tar").write_bytes(packed)
    unpack(root / "x.tar", root / "out")
    assert contents(root / "out") == files
    lay(second, {next(iter(files)): next(iter(files.values())) + b"!"})
    assert pack(second) != packed


def test_only_what_a_record_is_made_of_is_taken(tmp_path: Path) -> None:
    files = {
        "manifest.json": b"{}",
        "reports/a.rpt": b"a",
        "reports/syn/b.xml": b"b",
        "run.log": b"c",
        "ip/x.zip": b"d",
    }
    others = {"checkpoints/routed.dcp": b"large", "memory.mmi": b"m", "ip/x/component.xml": b"e", "code": b"0"}
    folder = lay(tmp_path / "w", {**files, **others})
    (folder / "reports" / "link.rpt").symlink_to(tmp_path)
    assert {path.relative_to(folder).as_posix() for path in members(folder)} == set(files)


def test_far_more_than_reports_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    folder = lay(tmp_path / "w", {"manifest.json": b"{}", "run.log": b"x" * (1 << 20)})
    with pytest.raises(FormatError, match=r"more than reports\n    allowed: 1 MiB at most"):
        pack(folder)


HOSTILE = (
    "../manifest.json",
    "/etc/passwd",
    "reports/../../x.rpt",
    "reports/../manifest.json",
    "./manifest.json",
    "reports//x.rpt",
    "reports/",
    "reports",
    ".",
    "",
    "checkpoints/routed.dcp",
    "run.log/x",
    "ip/../x.zip",
    "ip/a/b.zip",
    "evil.sh",
    "reports/a\0b.rpt",
)


def tar(path: Path, *entries: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as found:
        for entry in entries:
            entry.size = 4 if entry.isreg() else 0
            found.addfile(entry, io.BytesIO(b"evil"))
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_and_write_nothing(name: str, tmp_path: Path) -> None:
    before = contents(tmp_path)
    entry = tarfile.TarInfo("x.log")
    entry.pax_headers = {"path": name}
    with pytest.raises(FormatError, match="not an archive of results"):
        unpack(tar(tmp_path / "x.tar", entry), tmp_path / "deep" / "out")
    assert {key for key in contents(tmp_path) if key != "x.tar"} == set(before)
    assert not is_taken(name)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_file_is_refused(kind: bytes, tmp_path: Path) -> None:
    entry = tarfile.TarInfo("reports/x.rpt")
    entry.type, entry.linkname = kind, "/etc/passwd"
    with pytest.raises(FormatError, match="not an archive of results"):
        unpack(tar(tmp_path / "x.tar", entry), tmp_path / "out")


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    twice = [tarfile.TarInfo("run.log"), tarfile.TarInfo("run.log")]
    with pytest.raises(FormatError, match="not an archive of results"):
        unpack(tar(tmp_path / "x.tar", *twice), tmp_path / "out")


@once
@given(
    name=st.one_of(st.text(max_size=30), st.lists(st.sampled_from(["..", ".", "", "reports", "ip", "x"])).map("/".join))
)
def test_a_name_that_is_taken_lies_inside(name: str) -> None:
    if is_taken(name):
        inside = os.path.normpath(f"/out/{name}")
        assert inside == f"/out/{name}"
        assert inside.startswith("/out/")


@once
@given(cut=st.integers(0, 12_000), at=st.integers(0, 12_000), byte=st.integers(0, 255))
def test_a_damaged_archive_is_an_error_or_gives_files_of_the_archive(
    cut: int, at: int, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("damaged")
    packed = bytearray(pack(lay(root / "a", {"manifest.json": b"{}" * 300, "reports/a.rpt": b"a" * 700})))
    packed[at % len(packed)] = byte
    (root / "x.tar").write_bytes(packed[: cut % len(packed)])
    try:
        unpack(root / "x.tar", root / "out")
    except FormatError:
        return
    assert all(is_taken(name) for name in contents(root / "out"))
