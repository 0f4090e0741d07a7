"""Switching activity of a simulation (SAIF 2.0, backward). Takes its text; gives nets by instance; prints them again.

Source: IEEE Std 1801-2018, annex I (the format); files of Verilator and of the Vivado Simulator for what is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

UNITS_PS = {"s": 1e12, "ms": 1e9, "us": 1e6, "ns": 1e3, "ps": 1.0, "fs": 1e-3}
_TIMES = ("T0", "T1", "TX", "TZ", "TB")
_SKIP = r"(?:\s|//[^\n]*(?:\n|$)|/\*.*?\*/)*"
_TOKEN = re.compile(rf'{_SKIP}(?:([()])|("(?:[^"\\]|\\.)*")|((?:\\.|[^\s()"\\])+)|$)', re.DOTALL)
_NET = re.compile(r"\s*\(\s*((?:\\.|[^\s()\"\\])+)\s*((?:\(\s*[A-Z][A-Z0-9]\s+[0-9.eE+]+\s*\)\s*)+)\)")
_VALUE = re.compile(r"([A-Z][A-Z0-9])\s+([0-9.eE+]+)")
_PLAIN = re.compile(r"[A-Za-z0-9_$.]")
_SCALE = re.compile(r"(\d+)\s*([munpf]?s)")


@dataclass(frozen=True, slots=True)
class Net:
    """One bit.

    Attributes
    ----------
    name
        Without escapes; a bit of a vector ends in `[index]`.
    low, high
        Time at 0 and at 1, in the file's unit (`T0`, `T1`).
    unknown, floating, contended
        `TX`, `TZ`, `TB`; 0 where the file leaves them out.
    toggles
        Changes between 0 and 1 (`TC`); None where the file does not say.
    """

    name: str
    low: int
    high: int
    toggles: int | None
    unknown: int = 0
    floating: int = 0
    contended: int = 0

    @property
    def duration(self) -> int:
        """All its times together."""
        return self.low + self.high + self.unknown + self.floating + self.contended


@dataclass(frozen=True, slots=True)
class Instance:
    """A level of the hierarchy: nets (and ports) of its own, and what is below."""

    name: str
    nets: tuple[Net, ...] = ()
    instances: tuple[Instance, ...] = ()

    def walk(self, above: str = "") -> Iterator[tuple[str, Net]]:
        """(path of the instance, net) of everything in it, in order."""
        path = f"{above}/{self.name}" if above else self.name
        for net in self.nets:
            yield path, net
        for instance in self.instances:
            yield from instance.walk(path)


@dataclass(frozen=True)
class Saif:
    """A whole file.

    Attributes
    ----------
    duration
        Simulated time, in units of `unit_ps` picoseconds.
    program
        What wrote it; None where it does not say.
    """

    duration: int
    unit_ps: float
    instances: tuple[Instance, ...]
    program: str | None = None
    version: str = "2.0"
    divider: str = "/"

    def walk(self) -> Iterator[tuple[str, Net]]:
        """(path of the instance, net) of the whole file; levels of a path are parted by `/`."""
        for instance in self.instances:
            yield from instance.walk()


def parse_saif(text: str, where: str = "activity.saif") -> Saif:
    """Parse a file.

    Raises
    ------
    FormatError
        It is no such file, or it is cut.
    """
    return _Reader(text, where).file()


def check_durations(saif: Saif, where: str = "activity.saif") -> None:
    """Refuse a file with a net whose times do not make up the simulated time."""
    for path, net in saif.walk():
        if net.duration != saif.duration:
            name = f"{path}/{net.name}"
            raise FormatError(Problem("times of a net are not the duration", where, f"{name}: {net.duration}"))


class _Reader:
    """A text and how far it was read."""

    def __init__(self, text: str, where: str) -> None:
        self._text, self._where, self._at = text, where, 0

    def file(self) -> Saif:
        """`(SAIFILE ...)` and nothing behind it."""
        self._open("SAIFILE")
        head: dict[str, str] = {}
        instances: list[Instance] = []
        while self._opens():
            key = self._word()
            if key == "INSTANCE":
                instances.append(self._instance())
            elif key == "VIRTUAL_INSTANCE":
                self._leave()
            else:
                head[key] = self._value()
        self._close()
        if self._next() != ("", ""):
            raise self._wrong("something behind its end")
        return self._saif(head, tuple(instances))

    def _saif(self, head: dict[str, str], instances: tuple[Instance, ...]) -> Saif:
        scale = _SCALE.fullmatch(head.get("TIMESCALE", ""))
        if scale is None or "DURATION" not in head or not head.get("SAIFVERSION"):
            raise FormatError(Problem("a SAIF file without version, time scale or duration", self._where))
        if head.get("DIRECTION", "backward") != "backward":
            raise FormatError(Problem("a SAIF file without activity", self._where, head["DIRECTION"], "backward"))
        unit_ps = int(scale[1]) * UNITS_PS[scale[2]]
        about = (head.get("PROGRAM_NAME") or None, head["SAIFVERSION"], head.get("DIVIDER") or "/")
        return Saif(self._time(head["DURATION"]), unit_ps, instances, *about)

    def _instance(self) -> Instance:
        """Behind `(INSTANCE`: a name (after a string that names the design, at times), nets, instances."""
        name = self._word()
        kind, text = self._peek()
        if name.startswith('"') and kind == "word":
            name = text
            self._next()
        nets: list[Net] = []
        instances: list[Instance] = []
        while self._opens():
            key = self._word()
            if key == "INSTANCE":
                instances.append(self._instance())
            elif key in ("NET", "PORT"):
                nets += self._nets()
            else:
                self._leave()
        self._close()
        return Instance(_unescaped(name.strip('"')), tuple(nets), tuple(instances))

    def _nets(self) -> list[Net]:
        """Behind `(NET`: nets, and its end."""
        found = []
        while match := _NET.match(self._text, self._at):
            self._at = match.end()
            found.append(self._net(match[1], dict(_VALUE.findall(match[2]))))
        self._close()
        return found

    def _net(self, name: str, values: dict[str, str]) -> Net:
        low, high, unknown, floating, contended = (self._time(values.get(key, "0")) for key in _TIMES)
        toggles = self._time(values["TC"]) if "TC" in values else None
        return Net(_unescaped(name), low, high, toggles, unknown, floating, contended)

    def _time(self, text: str) -> int:
        """A number; a file may write whole numbers with a point."""
        try:
            value = float(text) if not text.isdigit() else int(text)
        except ValueError:
            raise self._wrong(text) from None
        if value != int(value):
            raise self._wrong(text)
        return int(value)

    def _value(self) -> str:
        """Words up to the end of this bracket, as one text without quotation marks."""
        words = []
        while self._peek()[0] in ("word", "string"):
            words.append(self._next()[1])
        self._close()
        return " ".join(words).replace('"', "")

    def _leave(self) -> None:
        """Skip to the end of this bracket."""
        depth = 1
        while depth:
            kind, _ = self._next()
            if not kind:
                raise self._wrong("its end")
            depth += (kind == "(") - (kind == ")")

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise self._wrong(self._text[self._at : self._at + 40])
        self._at = match.end()
        if match[1]:
            return match[1], match[1]
        return ("string", match[2]) if match[2] else ("word", match[3]) if match[3] else ("", "")

    def _peek(self) -> tuple[str, str]:
        at = self._at
        found = self._next()
        self._at = at
        return found

    def _opens(self) -> bool:
        """Take an opening bracket, if one is next."""
        if self._peek()[0] != "(":
            return False
        self._next()
        return True

    def _word(self) -> str:
        kind, text = self._next()
        if kind not in ("word", "string"):
            raise self._wrong(text or "its end")
        return text

    def _open(self, key: str) -> None:
        if self._next()[0] != "(" or self._next()[1] != key:
            raise FormatError(Problem("not a SAIF file", self._where, self._text[:60].strip() or "an empty file"))

    def _close(self) -> None:
        kind, text = self._next()
        if kind != ")":
            raise self._wrong(text or "its end")

    def _wrong(self, got: str) -> FormatError:
        line = self._text.count("\n", 0, self._at) + 1
        return FormatError(Problem("not the syntax of a SAIF file, or cut", f"{self._where}:{line}", got))


def _unescaped(name: str) -> str:
    """A name without backslashes."""
    return re.sub(r"\\(.)", r"\1", name) if "\\" in name else name


def _escaped(name: str) -> str:
    """A name as it is written: what is no letter, digit, `_`, `$` or `.` behind a backslash."""
    if name.replace("_", "").isalnum() and name.isascii():
        return name
    return "".join(char if _PLAIN.fullmatch(char) else f"\\{char}" for char in name)


def print_saif(saif: Saif) -> Iterator[str]:
    """The file's lines, with line ends, in the manner of the Vivado Simulator. No date: equal for equal activity."""
    yield "(SAIFILE\n"
    yield f' (SAIFVERSION "{saif.version}")\n (DIRECTION "backward")\n (DESIGN )\n'
    if saif.program:
        yield f' (PROGRAM_NAME "{saif.program}")\n'
    yield f" (DIVIDER {saif.divider})\n (TIMESCALE {_scale(saif.unit_ps)})\n (DURATION {saif.duration})\n"
    for instance in saif.instances:
        yield from _print_instance(instance, " ")
    yield ")\n"


def _scale(unit_ps: float) -> str:
    """`1 ps`."""
    unit = next(unit for unit, size in UNITS_PS.items() if unit_ps >= size and unit_ps % size == 0)
    return f"{int(unit_ps / UNITS_PS[unit])} {unit}"


def _print_instance(instance: Instance, indent: str) -> Iterator[str]:
    yield f"{indent}(INSTANCE {_escaped(instance.name)}\n"
    if instance.nets:
        yield f"{indent} (NET\n"
        for net in instance.nets:
            values = f"(T0 {net.low}) (T1 {net.high}) (TX {net.unknown})"
            if net.floating or net.contended:
                values += f" (TZ {net.floating}) (TB {net.contended})"
            toggles = "" if net.toggles is None else f" (TC {net.toggles})"
            yield f"{indent}  ({_escaped(net.name)} {values}{toggles})\n"
        yield f"{indent} )\n"
    for child in instance.instances:
        yield from _print_instance(child, indent + " ")
    yield f"{indent})\n"
