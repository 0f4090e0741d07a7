"""`forge` as a user meets it: exit codes, one clear error, one JSON document."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from speckleforge.cli import main as program
from speckleforge.cli.console import Console
from speckleforge.cli.main import main
from speckleforge.cli.options import COMMANDS, OPTIONS
from speckleforge.errors import StoreError
from speckleforge.store import code

ROOT = Path(__file__).parents[2]
KCU, QUICK = (str(ROOT / "specs" / f"{name}.yaml") for name in ("kcu1500", "quickstart"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_check_describes_good_specs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", KCU, QUICK]) == 0
    out, err = capsys.readouterr()
    assert "ok: 64,660 parameters, 1,097,700 MACs; kcu1500 at 200 MHz, 2 us and 1000 kHz asked" in out
    assert err == ""


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["chekc"], "did you mean 'check'?"),
        ([], "required: COMMAND"),
        (["check"], "required: SPEC"),
        (["check", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["build", "--job", "x", KCU], "invalid int value"),
        (["build", "--jobs", "0", KCU], "no such number of jobs"),
        (["why", "synt", KCU], "did you mean 'synth'?"),
        (["why", "place_route", KCU], "takes no part in this build"),
        (["plan", "--to", "nothing", KCU], "no stage is called 'nothing'"),
        (["cache", "clean"], "invalid choice"),
        (["diff", KCU, "nosuchrevision:specs/kcu1500.yaml"], "no such spec"),
        (["diff", KCU, "HEAD:"], "no path behind the colon"),
        (["check", "."], "cannot be read: Is a directory"),
        (["check", ""], "cannot be read: Is a directory"),
        (["plan", "--cache", "", KCU], "the name of a folder is empty"),
        (["build", "--out", "", KCU], "the name of a folder is empty"),
        (["cache", "gc", "--keep-days", "nan"], "not a number of days: 'nan'"),
        (["cache", "gc", "--keep-days", "-1"], "not a number of days: '-1'"),
    ],
)
def test_a_wrong_usage_is_one_clear_error(words: list[str], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert what in err
    assert "Traceback" not in err
    assert out == ""


def test_the_nearest_file_is_named_by_its_stem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("kcu1500.yaml", ".hidden.yaml"):
        (tmp_path / name).touch()
    assert main(["check", "kcu150.yaml"]) == main(["check", "other.yaml"]) == 2
    err = capsys.readouterr().err
    assert err.count("did you mean 'kcu1500.yaml'?") == 1
    assert "hidden" not in err


@pytest.mark.parametrize(
    "words", [["plan", KCU], ["build", QUICK], ["why", "train", KCU], ["report", KCU], ["cache", "ls"], ["cache", "gc"]]
)
def test_a_store_that_is_no_folder(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache").touch()
    assert main(words) == 1
    err = capsys.readouterr().err
    assert "cache: the store is not a folder" in err
    assert "--cache" in err


def test_results_that_cannot_be_written_are_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build").touch()
    assert main(["build", QUICK]) == 1
    err = capsys.readouterr().err
    assert "build/quickstart: cannot be read or written" in err
    assert "--out" in err
    assert "runs" not in err


def test_a_plan_needs_no_permission_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, content: bytes) -> None:
        raise StoreError("no permission")

    monkeypatch.setattr(code, "write_bytes", refused)
    assert main(["plan", KCU]) == 0


def test_a_reader_that_has_gone_is_no_success(tmp_path: Path) -> None:
    command = f"{sys.executable} -m speckleforge.cli.main schema | true; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (program.BROKEN_PIPE, b"")


def test_a_build_goes_on_when_nobody_reads_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    Console().note("data: runs")


def test_all_problems_of_all_specs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(KCU).read_text(encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text.replace("gain", "gian"), encoding="utf-8")
    assert main(["check", "a.yaml", "b.yaml", KCU]) == 2
    out, err = capsys.readouterr()
    assert err.count("did you mean 'gain'?") == 2
    assert "kcu1500.yaml: ok" in out


def test_json_is_one_document_even_for_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", KCU]) == 0
    assert json.loads(capsys.readouterr().out)["specs"][0]["parameters"] == 64660
    assert main(["check", "--json", "nowhere.yaml"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["code"] == 2
    assert document["error"]["problems"][0]["what"] == "no such file"


def test_a_bug_of_ours_leaves_a_log(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(name: str) -> None:
        raise RuntimeError("no wheels")

    monkeypatch.setattr(program.importlib, "import_module", broken)
    assert main(["check", KCU]) == 3
    err = capsys.readouterr().err
    assert "internal error: RuntimeError: no wheels" in err
    log = Path(err.split("error: ", 1)[1].split(":", 1)[0])
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program.importlib, "import_module", interrupted)
    assert main(["check", KCU]) == 130


def test_every_option_is_declared_and_used() -> None:
    used = {name for command in COMMANDS for name in command.options}
    assert used == set(OPTIONS)


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["build", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
    assert "speckleforge 0" in capsys.readouterr().out


def test_schema_prints_and_cache_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "speckleforge spec"
    assert main(["schema", "--target"]) == 0
    assert main(["cache", "ls"]) == 0
    assert main(["cache", "gc", "--dry-run", "--keep-days", "0"]) == 0
    assert "would remove 0 results" in capsys.readouterr().out


def test_report_without_a_build_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", QUICK]) == 1
    assert f"forge build {QUICK}" in capsys.readouterr().err


def test_light_commands_load_no_heavy_package(tmp_path: Path) -> None:
    code = (
        "import sys; from speckleforge.cli.main import main; "
        f"main(['why', 'train', {KCU!r}]); main(['check', {KCU!r}]); "
        "print(sorted({'numpy', 'torch', 'onnx', 'rich', 'doit'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
