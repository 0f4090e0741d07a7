"""The stage's process by itself: what it reads, writes and reports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_child(tmp_path: Path, source: str) -> tuple[dict[str, Any], str, str]:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms/__init__.py").write_text("")
    (tmp_path / "rooms/stage.py").write_text(source)
    (tmp_path / "rooms/table.txt").write_text("42")
    for name in ("out", "scratch"):
        (tmp_path / name).mkdir()
    job = {
        "module": "rooms.stage",
        "params": {"n": 2},
        "inputs": {},
        "out": str(tmp_path / "out"),
        "scratch": str(tmp_path / "scratch"),
        "result": str(tmp_path / "result.json"),
        "packages": {"rooms": str(tmp_path / "rooms")},
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "speckleforge.artifacts.child", str(tmp_path / "job.json")],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
    )
    return json.loads((tmp_path / "result.json").read_text()), done.stdout, done.stderr


def test_progress_prints_and_loads_are_kept_apart(tmp_path: Path) -> None:
    source = (
        "import os\nfrom pathlib import Path\n"
        "def run(ctx):\n"
        "    print('words')\n"
        "    os.system('echo from C')\n"
        "    ctx.progress(0.25, 'a quarter')\n"
        "    Path(__file__).with_name('table.txt').read_text()\n"
        "    ctx.write_json('r.json', {'n': ctx.params['n']})\n"
    )
    result, out, log = run_child(tmp_path, source)
    assert json.loads(out) == {"done": 0.25, "message": "a quarter"}
    assert "words" in log
    assert "from C" in log
    assert result["error"] is None
    assert sorted(result["modules"]) == ["rooms", "rooms.stage"]
    assert result["resources"] == [str(tmp_path / "rooms/table.txt")]
    assert json.loads((tmp_path / "out/r.json").read_text()) == {"n": 2}
    assert not (tmp_path / "rooms/__pycache__").exists()


def test_an_unexpected_error_leaves_its_traceback_in_the_log(tmp_path: Path) -> None:
    result, _, log = run_child(tmp_path, "def run(ctx):\n    1 / 0\n")
    assert result["error"] == {
        "type": "StageError",
        "problems": [
            {"what": "ZeroDivisionError: division by zero", "where": "", "got": "", "allowed": "", "next_step": ""}
        ],
    }
    assert "Traceback" in log
