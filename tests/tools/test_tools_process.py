"""Running tools: time limits, groups, logs, messages; finding them."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from speckleforge.errors import StageError
from speckleforge.tools import find
from speckleforge.tools.machine import facet
from speckleforge.tools.process import (
    LONGEST_LINE,
    CancelledError,
    Watch,
    first_error_line,
    minimal_environment,
    run_tool,
)
from speckleforge.tools.sessions import session_members


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_tool_sees_only_the_environment_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    log = tmp_path / "tool.log"
    code = "import os; print(os.getcwd(), 'SECRET' in os.environ, os.environ['TZ'], os.environ['X'])"
    run_tool(python(code), cwd=tmp_path, log=log, env=minimal_environment({"X": "y"}))
    assert log.read_text() == f"{tmp_path} False UTC y\n"


def test_a_failure_names_command_code_line_and_log(tmp_path: Path) -> None:
    log = tmp_path / "tool.log"
    code = "import sys; print('reading'); print('ERROR: no such net'); print('bye'); sys.exit(3)"
    with pytest.raises(StageError) as caught:
        run_tool(python(code), cwd=tmp_path, log=log)
    text = str(caught.value)
    assert "ended with code 3: ERROR: no such net" in text
    assert str(log) in text
    assert "-c" in text


def test_a_missing_program_is_an_error_of_the_stage(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="cannot be started"):
        run_tool(["no-such-program"], cwd=tmp_path, log=tmp_path / "log")


@pytest.mark.parametrize("whole_session", [False, True])
def test_the_time_limit_ends_the_whole_group(tmp_path: Path, whole_session: bool) -> None:
    code = "import subprocess; p = subprocess.Popen(['sleep', '300']); open('pid', 'w').write(str(p.pid)); p.wait()"
    with pytest.raises(StageError, match=r"time limit of 0\.5 s exceeded"):
        run_tool(
            python(code),
            cwd=tmp_path,
            log=tmp_path / "log",
            watch=Watch(timeout_s=0.5),
            whole_session=whole_session,
        )
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_session_leaves_nothing_behind_even_when_it_ends_well(tmp_path: Path) -> None:
    code = (
        "import os, subprocess\n"
        "subprocess.Popen(['sleep', '300'], process_group=0)\n"
        "open('sid', 'w').write(str(os.getsid(0)))"
    )
    run_tool(python(code), cwd=tmp_path, log=tmp_path / "log", whole_session=True)
    assert not session_members(int((tmp_path / "sid").read_text()))


def test_cancelling_ends_the_tool(tmp_path: Path) -> None:
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(CancelledError):
        run_tool(["sleep", "300"], cwd=tmp_path, log=tmp_path / "log", watch=Watch(cancel=cancel))


def test_lines_and_heartbeats_arrive(tmp_path: Path) -> None:
    lines: list[str] = []
    beats: list[float] = []
    code = "import time\nprint('one', flush=True); time.sleep(1.2); print('two')"
    watch = Watch(on_line=lines.append, heartbeat=beats.append)
    finished = run_tool(python(code), cwd=tmp_path, log=tmp_path / "log", watch=watch)
    assert lines == ["one", "two"]
    assert len(beats) == 1
    assert finished.wall_s > 1.2


def test_the_last_line_of_a_tool_that_dies_is_not_lost(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os; os.write(1, b'one\\n\\xfftwo'); os.kill(os.getpid(), 9)"
    with pytest.raises(StageError, match="was killed by SIGKILL"):
        run_tool(python(code), cwd=tmp_path, log=tmp_path / "log", watch=Watch(on_line=lines.append))
    assert lines == ["one", "\ufffdtwo"]


def test_both_outputs_arrive_in_their_order(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os\nfor n in range(40): os.write(1 + n % 2, b'%d\\n' % n)"
    run_tool(python(code), cwd=tmp_path, log=tmp_path / "log", watch=Watch(on_line=lines.append, both=True))
    assert lines == [str(number) for number in range(40)]
    assert (tmp_path / "log").read_text() == ""


def test_a_line_that_never_ends_is_handed_on_in_parts(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os\nfor _ in range(300): os.write(1, b'x' * 10000)"
    run_tool(python(code), cwd=tmp_path, log=tmp_path / "log", watch=Watch(on_line=lines.append))
    assert sum(map(len, lines)) == 3_000_000
    assert all(len(line) < 2 * LONGEST_LINE for line in lines)


def test_a_tool_that_prints_without_a_pause_has_a_time_limit(tmp_path: Path) -> None:
    watch = Watch(timeout_s=0.5, on_line=lambda line: None)
    with pytest.raises(StageError, match=r"time limit of 0\.5 s exceeded"):
        run_tool(["sh", "-c", "yes & yes & yes & yes"], cwd=tmp_path, log=tmp_path / "log", watch=watch)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("all well\nthe end\n", "the end"),
        ("start\n%Error: x.sv:3: oops\nmore\n", "%Error: x.sv:3: oops"),
        ("Traceback (most recent call last):\n  File x\nValueError: bad\n", "ValueError: bad"),
    ],
)
def test_the_first_error_line(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "log").write_text(text)
    assert first_error_line(tmp_path / "log") == line


def test_a_missing_tool_says_how_to_get_it() -> None:
    with pytest.raises(StageError, match="did you mean 'verilator'"):
        find.find_tool("verilater")


def test_packages_are_found_without_importing_them() -> None:
    assert find.package_version("numpy")[0].isdigit()
    assert find.package_version("no-such-package") == find.MISSING
    assert find.package_folder("speckleforge") is not None


def test_facets_of_the_machine() -> None:
    assert facet("threads") == "1"
    assert facet("isa")
    assert facet("python") == f"{sys.version_info.major}.{sys.version_info.minor}"
