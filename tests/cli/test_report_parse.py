"""`forge report parse` as a user meets it: tables, one JSON document, one clear error for every file at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from speckleforge.cli.main import main
from tests.parsers import test_timing, test_tool_log, test_utilisation, test_vivado_reports
from tests.parsers.test_hls import VIVADO_HLS
from tests.parsers.test_report_kinds import SAMPLES
from tests.parsers.vivado_text import rows

QUICK = str(Path(__file__).parents[2] / "specs" / "quickstart.yaml")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def said(text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines that the command prints for one report, blanks between columns made single."""
    assert main(["report", "parse", written("a.rpt", text)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [" ".join(line.split()) for line in out.split("\n")]


def test_utilisation_reads_as_tables(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(test_utilisation.KU115, capsys)
    assert lines[0] == "a.rpt: report_utilization; Vivado 2016.4; placed"
    assert "device xcku115-flvb2104-2-e" in lines
    totals = lines[lines.index("name used available") :]
    document = json_of("a.rpt", capsys)[0]
    lut = document["totals"]["lut"]
    assert f"lut {lut['used']} {lut['available']}" in totals


def json_of(name: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert main(["report", "parse", "--json", name]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_timing_says_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(test_timing.report(), capsys)
    assert "verdict not_met" in lines
    assert any(line.startswith("wns_ns ") for line in lines)


def test_loops_are_indented_and_ranges_read_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "parse", written("top_csynth.rpt", VIVADO_HLS)]) == 0
    out = capsys.readouterr().out
    assert "Vivado HLS 2016.4; csynthesised" in out
    assert "latency_cycles        3 ~ -" in out  # the worst is not known
    assert [line[4:16].rstrip() for line in out.split("\n") if "Loop " in line] == [
        *["Loop 1", "  Loop 1.1", "    Loop 1.1", "Loop 2"],
    ]


def test_a_log_shows_what_failed_and_not_every_message(capsys: pytest.CaptureFixture[str]) -> None:
    text = test_tool_log.VIVADO + "ERROR: [Common 17-69] Command failed: x\n" + test_tool_log.END
    lines = said(text, capsys)
    assert any("Common 17-69 Command failed: x" in line for line in lines)
    assert not any(line.startswith("messages") for line in lines)


def test_long_tables_are_cut_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    many = rows(*(f"RULE-{number}|Error|x|1" for number in range(50)))
    text = test_vivado_reports.rules("Report DRC", "Checks", many, "")
    lines = said(text, capsys)
    assert "... 10 more rows; --json gives all" in lines
    assert len(json_of("a.rpt", capsys)[0]["rules"]) == 50  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_can_be_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = said(SAMPLES[name], capsys)[0]
    assert first.startswith("a.rpt: ")
    document = json_of("a.rpt", capsys)
    assert [(entry["file"], entry["kind"]) for entry in document] == [("a.rpt", name)]


def test_several_files_are_one_list(capsys: pytest.CaptureFixture[str]) -> None:
    names = [written("u.rpt", SAMPLES["utilisation"]), written("p.rpt", SAMPLES["power"])]
    assert main(["report", "parse", *names, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(e["file"], e["kind"], e["tool"], e["stage"]) for e in document] == [
        ("u.rpt", "utilisation", "Vivado", "placed"),
        ("p.rpt", "power", "Vivado", "placed_and_routed"),
    ]
    assert main(["report", "parse", *names]) == 0
    out = capsys.readouterr().out
    assert out.index("u.rpt: ") < out.index("p.rpt: ")


def test_files_that_are_no_reports_are_all_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = [written("good.rpt", SAMPLES["power"]), written("bad.txt", "hello\n"), written("empty.rpt", "")]
    names.append(written("cut.rpt", SAMPLES["utilisation"][:300]))
    assert main(["report", "parse", *names]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "bad.txt: no report that this can read" in err
    assert "an empty file" in err
    assert "cut.rpt" in err
    assert "report_timing_summary" in err
    assert "Traceback" not in err


def test_files_that_cannot_be_read_are_all_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "parse", "nowhere.rpt", ".", written("bad.txt", "hello\n"), "--json"]) == 2
    out, err = capsys.readouterr()
    problems = json.loads(out)["error"]["problems"]
    assert [problem["where"] for problem in problems] == ["nowhere.rpt", ".", "bad.txt"]
    assert "nowhere.rpt: cannot be read: No such file or directory" in err


def test_a_file_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "parse"]) == 2
    assert "forge report parse: the following arguments are required: FILE" in capsys.readouterr().err


def test_the_report_of_a_spec_is_another_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "nowhere.yaml"]) == 2
    assert "nowhere.yaml: no such file" in capsys.readouterr().err
    assert main(["report", QUICK, "--cache", "none"]) != 0
    assert "no report that this can read" not in capsys.readouterr().err


def test_no_heavy_library_is_loaded() -> None:
    name = written("u.rpt", SAMPLES["utilisation"])
    program = (
        "import sys; from speckleforge.cli.main import main; code = main(['report', 'parse', sys.argv[1], '--json']);"
        "heavy = {'numpy', 'torch', 'onnx', 'matplotlib', 'pydantic'} & set(sys.modules);"
        "sys.exit(code or ' '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
