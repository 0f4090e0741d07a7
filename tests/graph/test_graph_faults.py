"""What must survive: kills, signals, two builds at once, damaged blobs, a full disk."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from toy import SLOW, Toy, statuses

from speckleforge.errors import StoreError
from speckleforge.tools.sessions import session_members

PARAMS = {"source": {"text": "abc"}}


def wait_for(path: Path, limit_s: float = 20.0) -> str:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if path.is_file() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{path} did not appear")


def wait_until_gone(session: int, limit_s: float = 10.0) -> None:
    deadline = time.monotonic() + limit_s
    while session_members(session):
        assert time.monotonic() < deadline, "processes of the stage are still alive"
        time.sleep(0.02)


def started_slow(toy: Toy) -> tuple[subprocess.Popen[str], int]:
    """A build that hangs in a tool of its stage; and the session of that stage."""
    process = toy.start({"slow": {"sleep_s": 300}}, "SLOW")
    scratch = toy.root / "cache/scratch"
    deadline = time.monotonic() + 20
    while not (found := list(scratch.glob("*/sleep.log"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    session = int(wait_for(found[0].parent / "started"))
    while len(session_members(session)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(session_members(session)) >= 2
    return process, session


def test_kill_9_leaves_no_process_and_the_next_build_resumes(toy: Toy) -> None:
    process, session = started_slow(toy)
    process.kill()
    process.wait()
    wait_until_gone(session)
    built = toy.build({"slow": {"sleep_s": 300}}, SLOW)
    assert statuses(built) == "run"
    assert (toy.root / "build/slow.txt").read_text() == "resumed"
    assert not list((toy.root / "cache/scratch").iterdir())
    assert not list((toy.root / "cache/work").iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_everything_and_tell_by_the_exit_code(toy: Toy, number: int) -> None:
    process, session = started_slow(toy)
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert not session_members(session)
    assert json.loads(out) == {"slow": "skipped"}


def test_two_builds_at_once_share_the_work(toy: Toy) -> None:
    toy.write(
        "source.py",
        "import time\ndef run(ctx):\n    time.sleep(0.7)\n    (ctx.out / 'text.txt').write_text(ctx.params['text'])\n",
    )
    both = [toy.start(PARAMS) for _ in range(2)]
    results = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    for stage in ("source", "length", "report"):
        assert sorted(result[stage] for result in results) == ["hit", "run"]
    assert [process.returncode for process in both] == [0, 0]
    assert (toy.root / "build/report/n.txt").read_text() == "n = 3"


def test_a_damaged_blob_is_made_again(toy: Toy) -> None:
    entry = toy.build(PARAMS).outcome("length").entry
    assert entry is not None
    blob = toy.store.cas.path(entry.outputs["length.txt"])
    blob.chmod(0o644)
    blob.write_text("4")
    built = toy.build(PARAMS)
    assert statuses(built) == "hit run hit"
    assert built.outcome("length").why == "its stored result is missing or was damaged"
    assert blob.read_text() == "3"


def test_a_damaged_log_is_no_obstacle(toy: Toy) -> None:
    import shutil

    entry = toy.build(PARAMS).outcome("source").entry
    assert entry is not None
    toy.store.cas.path(entry.log).unlink()
    shutil.rmtree(toy.root / "build")
    assert statuses(toy.build(PARAMS)) == "hit hit hit"
    assert (toy.root / "build/text.txt").read_text() == "abc"
    assert not (toy.root / "build/logs/source.log").exists()


@pytest.mark.parametrize("jobs", [1, 3])
def test_any_number_of_jobs(toy: Toy, jobs: int) -> None:
    assert statuses(toy.build(PARAMS, jobs=jobs)) == "run run run"


def test_a_well_disguised_damage_is_found_when_it_is_used(toy: Toy) -> None:
    import os

    entry = toy.build(PARAMS).outcome("length").entry
    assert entry is not None
    blob = toy.store.cas.path(entry.outputs["length.txt"])
    time_ns = blob.stat().st_mtime_ns
    blob.chmod(0o644)
    blob.write_text("4")
    blob.chmod(0o444)
    os.utime(blob, ns=(time_ns, time_ns))
    toy.write(
        "report.py", "def run(ctx):\n    (ctx.out / 'report').mkdir()\n    (ctx.out / 'report/n.txt').write_text('n')\n"
    )
    failed = toy.build(PARAMS).outcome("report")
    assert isinstance(failed.error, StoreError)
    assert "run the build again" in str(failed.error)
    assert statuses(toy.build(PARAMS)) == "hit run run"


def test_a_full_disk_is_one_clear_error(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from speckleforge.store import cas

    def full(source: Path, sink: object) -> str:
        sink.write(b"half")  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(cas, "copy_hashed", full)
        failed = toy.build(PARAMS).outcome("source")
    assert isinstance(failed.error, StoreError)
    assert "the disk is full" in str(failed.error)
    assert "forge cache gc" in str(failed.error)
    left = [path for path in (toy.root / "cache").rglob("*") if path.name.startswith(".tmp-")]
    assert left == []
    assert statuses(toy.build(PARAMS)) == "run run run"


def test_a_full_disk_inside_a_stage_is_told_as_such(toy: Toy) -> None:
    toy.write("source.py", "def run(ctx):\n    raise OSError(28, 'No space left on device')\n")
    assert "the disk is full" in toy.build(PARAMS).outcome("source").why
