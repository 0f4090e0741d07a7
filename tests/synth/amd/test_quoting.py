"""What goes into a shell arrives unchanged; what a grammar cannot quote is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.synth.amd import config_text, names, shell_text, tcl_text, xdc_text
from tests.synth.amd.hostile import EXAMPLES, VALUES

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(values=st.lists(st.one_of(VALUES, st.just("\U0001f600")), min_size=10, max_size=40))
def test_shell_words_arrive_unchanged(tmp_path: Path, values: list[str]) -> None:
    script = tmp_path / "script.sh"
    call = f"take {shell_text.words(values)}\n"
    first = f"{shell_text.word('take')} {shell_text.words(values)}\n"
    text = 'pwned() { echo PWNED; }\ntake() { for word in "$@"; do printf \'%s\\036\' "$word"; done; }\n' + call + first
    script.write_text(text, encoding="utf-8", newline="")
    done = subprocess.run(["/bin/sh", str(script)], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().split("\x1e")[:-1] == [*values, *values] or "\x1e" in "".join(values)


@SLOW
@given(values=st.lists(VALUES, min_size=5, max_size=20))
def test_a_shell_comment_executes_nothing(tmp_path: Path, values: list[str]) -> None:
    script = tmp_path / "script.sh"
    text = "".join(f"{shell_text.comment(value)}echo {index}\n" for index, value in enumerate(values))
    script.write_text("pwned() { echo PWNED; }\n" + text, encoding="utf-8", newline="")
    done = subprocess.run(["/bin/sh", str(script)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [str(index) for index in range(len(values))]


@pytest.mark.parametrize("value", ["\0", "\ud800"])
def test_what_a_shell_cannot_carry_is_refused(value: str) -> None:
    with pytest.raises(DesignError, match="a shell cannot carry"):
        shell_text.word(value)


HOSTILE = [value for value in EXAMPLES if value not in ("~root",)]


@pytest.mark.parametrize("value", [*HOSTILE, "a*", "a?b", "a[0", "a[x]", "a/b", "1a", "a b"])
def test_xdc_refuses_what_it_cannot_name(value: str) -> None:
    with pytest.raises(DesignError, match="no port that a constraint can name"):
        xdc_text.ports(value)


def test_xdc_names_ports_bits_and_instances() -> None:
    assert xdc_text.ports("clk", "led[7]") == "[get_ports {clk led[7]}]"
    assert xdc_text.cells("u_core/u_conv2d_1", "g[0]/u_x") == "[get_cells {u_core/u_conv2d_1 g[0]/u_x}]"
    with pytest.raises(DesignError, match="no instance"):
        xdc_text.cells("u_core//u_x")


@pytest.mark.parametrize("value", [*HOSTILE, "a-b", "for", "class", "a__b", "a_", "_a", "1a", "ä", "a\n"])
def test_cpp_refuses_what_is_no_name(value: str) -> None:
    with pytest.raises(DesignError, match=r"files.json: top: no name for C\+\+"):
        names.cpp_identifier(value, "files.json: top")


@pytest.mark.parametrize("value", [*HOSTILE, "signal", "Entity", "a__b", "a_", "_a", "ä"])
def test_vhdl_refuses_what_is_no_name(value: str) -> None:
    with pytest.raises(DesignError, match="no name for VHDL"):
        names.vhdl_identifier(value, "port")


@pytest.mark.parametrize("value", [*HOSTILE, "../x", "/x", "a/../b", ".x", "a b.cpp", "a/", "a//b"])
def test_files_of_other_places_are_refused(value: str) -> None:
    with pytest.raises(DesignError, match="no file name"):
        names.file_name(value, "files.json")


@pytest.mark.parametrize("value", HOSTILE)
def test_parts_and_versions_refuse_the_rest(value: str) -> None:
    for check in (names.part_name, names.ip_word, names.ip_version):
        with pytest.raises(DesignError):
            check(value, "here")
    with pytest.raises(DesignError):
        names.hex_id(value, "here", 8)


@pytest.mark.parametrize("value", ["", " a", "a ", "a#b", "a\nb", "é", "a\0"])
def test_a_configuration_file_refuses_what_it_cannot_carry(value: str) -> None:
    with pytest.raises(DesignError, match="a configuration file cannot carry this"):
        config_text.line("syn.top", value)


@given(value=VALUES)
def test_a_line_of_a_configuration_file_is_one_line(value: str) -> None:
    try:
        text = config_text.line("syn.top", value)
    except DesignError:
        return
    assert text == f"syn.top={value}\n"
    assert text.count("\n") == 1
    assert "#" not in text


@settings(max_examples=200)
@given(value=VALUES)
def test_a_name_that_passes_is_the_same_in_every_language(value: str) -> None:
    """What C++ and VHDL take needs no quoting in Tcl, in a shell, or in a constraint file."""
    try:
        names.cpp_identifier(value, "x")
        names.vhdl_identifier(value, "x")
    except DesignError:
        return
    assert tcl_text.argument(value) == shell_text.word(value) == value
    assert xdc_text.ports(value) == f"[get_ports {{{value}}}]"
