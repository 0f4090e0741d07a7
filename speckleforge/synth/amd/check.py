"""Scripts and command lines against the tables. Takes text, a tool and its release; raises one error with all findings.

Every constructor of a plan calls it, so that no script leaves this package with a command or an option that the tool's
release is not known to have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from speckleforge.errors import DesignError, Problem, did_you_mean
from speckleforge.synth.amd.table import Command, Option, commands_of
from speckleforge.synth.amd.table_config import CONFIG_KEYS, PROGRAMS
from speckleforge.synth.amd.table_hls import HLS_TABLE
from speckleforge.synth.amd.table_ruckus import RUCKUS, RUCKUS_TABLE
from speckleforge.synth.amd.table_vivado import VIVADO_TABLE
from speckleforge.synth.amd.tcl_syntax import Call, Word, calls
from speckleforge.synth.plan import Command as Line
from speckleforge.tools.releases import Release

TABLE = (*HLS_TABLE, *VIVADO_TABLE, *RUCKUS_TABLE)
# Commands of Tcl itself that every tool has. Which Tcl the oldest HLS tools hold is not documented, so nothing that
# came after 8.4 is used anywhere (no {*}, dict, lassign, apply, try).
_BUILTIN = """
append array break catch close concat continue eof error exit expr file flush for foreach format
gets glob global if incr info join lappend lindex list llength lrange lsearch lsort open proc puts
pwd read regexp regsub return scan set source split string unset uplevel upvar while
"""
BUILTIN = frozenset(_BUILTIN.split())
# Which words are scripts; `c`: a condition, `s`: a script, `.`: neither. Words behind the last letter are like it.
_PARTS: Mapping[str, str] = {
    "catch": "s.",
    "expr": "c",
    "for": "scss",
    "foreach": "..s",
    "proc": "..s",
    "sf_step": ".s",
    "uplevel": ".s",
    "while": "cs",
}


def known_commands(tool: str, at: Release) -> Mapping[str, Command]:
    """The commands of a tool's release; a `ruckus.tcl` has Vivado's too."""
    more = commands_of(TABLE, "vivado", at) if tool == RUCKUS else {}
    return {**more, **commands_of(TABLE, tool, at)}


def check_script(text: str, tool: str, at: Release, library: Iterable[str] = ()) -> None:
    """Raise a `DesignError` for every command and option that `tool` is not known to have in this release.

    Parameters
    ----------
    text
        A Tcl script or a constraint file.
    tool
        `vivado`, `vivado_hls`, `vitis_hls`, `vitis-run`, or `ruckus` (read by Vivado).
    library
        Scripts that it sources: they are checked too, and their procedures may be called.
    """
    own = [call for part in (text, *library) for call in _read(part)]
    procedures = {call.words[1].text for call in own if call.words[0].text == "proc" and len(call.words) > 1}
    table = known_commands(tool, at)
    found = [problem for call in own for problem in _check_call(call, table, procedures, f"{tool} {at}")]
    if found:
        raise DesignError(found)


def check_line(line: Line, at: Release) -> None:
    """Raise a `DesignError` for a command line whose program or options this release is not known to have."""
    table = commands_of(PROGRAMS, line.tool, at)
    words = tuple(Word(text, "{") for text in (line.tool, *line.arguments))
    found = list(_check_call(Call(words, 0), table, set(), f"{line.tool} {at}"))
    if found:
        raise DesignError(found)


def check_config(text: str) -> None:
    """Raise a `DesignError` for a key or value of an HLS configuration file that is not in the table."""
    found, section = [], False
    for number, row in enumerate(text.splitlines(), 1):
        if row == "[hls]":
            section = True
        elif row and not row.startswith("#"):
            found += _check_key(row, number, section)
    if found:
        raise DesignError(found)


def _check_key(row: str, number: int, section: bool) -> list[Problem]:
    """What is wrong with one line of a configuration file."""
    key, _, value = row.partition("=")
    if key not in CONFIG_KEYS:
        return [Problem("no such key", f"line {number}", key, next_step=did_you_mean(key, tuple(CONFIG_KEYS)))]
    inside, values, _ = CONFIG_KEYS[key]
    if inside != section:
        return [Problem("key in the wrong section", f"line {number}", key, "below [hls]" if inside else "before [hls]")]
    if values and value not in values:
        return [Problem("no such value", f"line {number}: {key}", value, ", ".join(values))]
    return []


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[Call, ...]:
    """Every command of a script; scripts of neighbouring releases are mostly the same."""
    return tuple(_all_calls(text))


def _all_calls(text: str) -> Iterator[Call]:
    """Every command of a script, those in bodies, conditions and brackets too."""
    for call in calls(text):
        yield call
        for word, part in zip(call.words[1:], _parts(call), strict=True):
            yield from _inside(word, part)


def _parts(call: Call) -> list[str]:
    """What each word behind a command's name is."""
    name, count = call.words[0].text, len(call.words) - 1
    if name == "if":
        return _if_parts(call.words[1:])
    shape = _PARTS.get(name, ".")
    return [shape[min(index, len(shape) - 1)] for index in range(count)]


def _if_parts(words: Sequence[Word]) -> list[str]:
    """Conditions and scripts of an `if`."""
    parts, condition = [], True
    for word in words:
        if word.quote == "" and word.text in ("elseif", "else", "then"):
            parts.append(".")
            condition = word.text == "elseif"
            continue
        parts.append("c" if condition else "s")
        condition = False
    return parts


def _inside(word: Word, part: str) -> Iterator[Call]:
    """The commands within a word."""
    if word.quote != "{":
        for script in word.inner:
            yield from _all_calls(script)
    elif part == "s":
        yield from _all_calls(word.text)
    elif part == "c":
        # A condition is read as a word in double quotes would be: only its brackets hold commands.
        for call in calls(f'expr "{word.text}"' if '"' not in word.text else f"expr {word.text}"):
            for inner in call.words[1:]:
                yield from _inside(inner, ".")


def _check_call(call: Call, table: Mapping[str, Command], procedures: set[str], where: str) -> Iterator[Problem]:
    """What is wrong with one command."""
    name = call.words[0].text
    place = f"{where}, line {call.line}: {name}" if call.line else f"{where}: {name}"
    if not call.words[0].fixed:
        yield Problem("a command's name must be written out", place)
    elif name in table:
        yield from _check_words(table[name], call.words[1:], place)
    elif name not in BUILTIN and name not in procedures:
        yield Problem("no such command in this release", place, next_step=did_you_mean(name, tuple(table)))


def _check_words(command: Command, words: Sequence[Word], place: str) -> Iterator[Problem]:
    """Options and number of words of one command of the tool."""
    options = {option.name: option for option in command.options}
    waiting, plain = list(words), 0
    while waiting:
        word = waiting.pop(0)
        if not _is_option(word):
            plain += 1
            continue
        option = options.get(word.text)
        if option is None:
            yield Problem(
                "no such option in this release", place, word.text, next_step=did_you_mean(word.text, tuple(options))
            )
        elif option.takes:
            yield from _check_value(option, waiting.pop(0) if waiting else None, place)
    if not command.least <= plain <= command.most:
        yield Problem("wrong number of words", place, str(plain), f"{command.least} to {command.most}")


def _is_option(word: Word) -> bool:
    """True for a word that a tool would take for an option: a dash, and no number behind it."""
    return word.text.startswith("-") and not word.text[1:2].isdigit()


def _check_value(option: Option, word: Word | None, place: str) -> Iterator[Problem]:
    """The value of one option."""
    if word is None:
        yield Problem("an option without its value", place, option.name)
    elif option.values and word.fixed and word.text not in option.values:
        yield Problem("no such value", f"{place} {option.name}", word.text, ", ".join(option.values))
