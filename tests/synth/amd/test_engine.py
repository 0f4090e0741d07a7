"""The stubs themselves: what is not in the table is an error, in either interpreter."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from tests.synth.amd import interpreter
from tests.synth.amd.interpreter import Outcome, World, needs_tcl, run_script

pytestmark = needs_tcl()
INTERPRETERS = {
    "tclsh": (shutil.which("tclsh") or "",),
    "tkinter": (sys.executable, "-c", interpreter._TKINTER),
}
THERE = {"tclsh": bool(shutil.which("tclsh")), "tkinter": importlib.util.find_spec("_tkinter") is not None}


def run_text(folder: Path, text: str, world: World | None = None) -> Outcome:
    folder.mkdir(exist_ok=True)
    (folder / "main.tcl").write_text(text, encoding="ascii")
    return run_script(folder, "main.tcl", "vivado", "2023.2", world)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("route_desing", 'invalid command name "route_desing"'),
        ("open_component x", 'invalid command name "open_component"'),
        ("exec ls", 'invalid command name "exec"'),
        ("route_design -fast", "route_design: no option -fast"),
        ("synth_design -top", "synth_design: -top needs a value"),
        ("synth_design -mode in_context", "synth_design: -mode may not be 'in_context'"),
        ("write_checkpoint", "write_checkpoint: 0 words"),
        ("read_verilog -sv a.sv b.sv", "read_verilog: 2 words"),
        ("read_verilog -sv a.sv", "read_verilog: there is no a.sv"),
        ("report_drc -file nowhere/x.rpt", "couldn't open"),
        ("proc own {a} {}; own", "wrong # args"),
    ],
)
def test_what_the_table_has_not_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    done = run_text(tmp_path / "w", text)
    assert done.code == 3
    assert message in done.err


@pytest.mark.parametrize("name", INTERPRETERS)
def test_both_interpreters_answer_alike(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not THERE[name]:
        pytest.skip(f"needs {name}")
    monkeypatch.setattr(interpreter, "tcl_command", lambda: INTERPRETERS[name])
    commands = ("puts [get_property NAME {a b}]", "read_verilog -sv main.tcl", "write_checkpoint -force x.dcp")
    text = "".join(f"{line}\n" for line in (*commands, "puts stderr done", "exit 5"))
    done = run_text(tmp_path / "w", text, World(properties={"a b,NAME": "[x]$"}))
    assert (done.code, done.out, done.err) == (5, "[x]$\n", "done\n")
    assert done.calls == (
        ("get_property", "NAME", "a b"),
        ("read_verilog", "-sv", "main.tcl"),
        ("write_checkpoint", "-force", "x.dcp"),
    )
    assert (tmp_path / "w" / "x.dcp").read_text() == "stub\n"
    assert run_text(tmp_path / "w", "set x 1\n").code == 0
    assert run_text(tmp_path / "w", "error oops\n").code == 3
