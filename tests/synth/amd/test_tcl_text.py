"""Values arrive in Tcl unchanged, whatever they are, and nothing else is executed: a real interpreter says so."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.synth.amd import tcl_text
from speckleforge.synth.amd.tcl_syntax import calls
from tests.synth.amd.hostile import VALUES
from tests.synth.amd.interpreter import needs_tcl, tcl_command

# Words come back by their characters' numbers, so that no encoding on the way can hide a difference.
PRELUDE = """
proc pwned args { puts PWNED }
proc numbers {word} {
    set found {}
    foreach char [split $word ""] { scan $char %c code; lappend found $code }
    return $found
}
proc take args { foreach word $args { puts "word [numbers $word]" } ; puts end }
"""
# Many values in one run: starting an interpreter for each would take minutes.
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = needs_tcl()


def evaluate(folder: Path, script: str) -> list[list[str]]:
    """The words of each `take` of a script that a real interpreter ran."""
    path = folder / "script.tcl"
    path.write_text(PRELUDE + script, encoding="ascii")
    done = subprocess.run([*tcl_command(), str(path)], capture_output=True, text=True, check=True, timeout=60)
    groups: list[list[str]] = [[]]
    for line in done.stdout.splitlines():
        if line == "end":
            groups.append([])
        else:
            assert line.startswith("word"), line
            groups[-1].append("".join(chr(int(number)) for number in line.split()[1:]))
    return groups[:-1]


@SLOW
@given(values=st.lists(VALUES, min_size=20, max_size=60))
def test_words_arrive_unchanged(tmp_path: Path, values: list[str]) -> None:
    script = "".join(f"take before {tcl_text.word(value)} behind\n" for value in values)
    assert evaluate(tmp_path, script) == [["before", value, "behind"] for value in values]


@SLOW
@given(lists=st.lists(st.lists(VALUES, max_size=5), min_size=10, max_size=30))
def test_lists_arrive_unchanged(tmp_path: Path, lists: list[list[str]]) -> None:
    script = "".join(f"eval [linsert {tcl_text.list_word(values)} 0 take]\n" for values in lists)
    assert evaluate(tmp_path, script) == lists


@SLOW
@given(lists=st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=10))
def test_lists_of_lists_arrive_unchanged(tmp_path: Path, lists: list[list[str]]) -> None:
    inner = tcl_text.list_word(tcl_text.list_value(values) for values in lists)
    script = f"foreach values {inner} {{ eval [linsert $values 0 take] }}\n"
    assert evaluate(tmp_path, script) == lists


@SLOW
@given(values=st.lists(VALUES, min_size=10, max_size=30))
def test_a_comment_executes_nothing(tmp_path: Path, values: list[str]) -> None:
    script = "".join(f"{tcl_text.comment(value)}take {index}\n" for index, value in enumerate(values))
    assert evaluate(tmp_path, script) == [[str(index)] for index in range(len(values))]


@SLOW
@given(values=st.lists(VALUES, min_size=10, max_size=30))
def test_our_reader_sees_what_the_interpreter_sees(tmp_path: Path, values: list[str]) -> None:
    """The grammar that checks scripts: as many commands, as many words."""
    script = "".join(f"take {tcl_text.words((value, 'x'))}\n" for value in values)
    assert [len(call.words) for call in calls(script)] == [len(words) + 1 for words in evaluate(tmp_path, script)]


@pytest.mark.parametrize("value", ["\0", "a\0b", "\U0001f600", "\ud800"])
def test_what_tcl_cannot_carry_is_refused(value: str) -> None:
    with pytest.raises(DesignError, match="a character that Tcl cannot carry"):
        tcl_text.word(value)


@pytest.mark.parametrize("value", ["-reset", "-", "--x"])
def test_what_would_be_an_option_is_refused(value: str) -> None:
    with pytest.raises(DesignError, match="would be taken for an option"):
        tcl_text.argument(value)
    assert tcl_text.word(value) == value
