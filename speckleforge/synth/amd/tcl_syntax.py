"""The grammar of Tcl, as far as scripts are looked at without running them. Takes text; gives commands and their words.

Source: Tcl(n), the twelve rules of the language. Substitutions are not done: a word keeps its text and says how it was
written; the commands in its brackets are commands of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_ENDS = "\n;"
_BLANKS = " \t"


@dataclass(frozen=True)
class Word:
    """A word: its text as written, how it was quoted (`{`, `"` or nothing), and the scripts in its brackets."""

    text: str
    quote: str
    inner: tuple[str, ...] = ()

    @property
    def fixed(self) -> bool:
        """True if nothing is substituted: its text is its value."""
        return self.quote == "{" or not (self.inner or "$" in self.text or "\\" in self.text)


@dataclass(frozen=True)
class Call:
    """A command with its words, and the line where it begins."""

    words: tuple[Word, ...]
    line: int


def calls(text: str) -> Iterator[Call]:
    """Every command of a script, in order; those in brackets come as their words' `inner`.

    Raises
    ------
    FormatError
        A brace, bracket or quote is not closed.
    """
    reader = _Reader(text)
    while (call := reader.command()) is not None:
        if call.words:
            yield call


class _Reader:
    """A place in a script."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def command(self) -> Call | None:
        """The next command; one without words for an empty one; None at the end."""
        self._skip(_BLANKS + _ENDS)
        if self.at >= len(self.text):
            return None
        line = self.text.count("\n", 0, self.at) + 1
        if self.text[self.at] == "#":
            self._comment()
            return Call((), line)
        words = []
        while not self._ended():
            words.append(self._word())
            self._skip(_BLANKS)
        return Call(tuple(words), line)

    def _ended(self) -> bool:
        """True at the end of a command."""
        return self.at >= len(self.text) or self.text[self.at] in _ENDS

    def _skip(self, chars: str) -> None:
        """Go past these characters, and past a backslash with the line's end behind it."""
        while self.at < len(self.text):
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] in chars:
                self.at += 1
            else:
                return

    def _comment(self) -> None:
        """Go to the end of the line; a backslash there continues it."""
        while self.at < len(self.text) and self.text[self.at] != "\n":
            self.at += 2 if self.text[self.at] == "\\" else 1

    def _word(self) -> Word:
        """The word that begins here."""
        self.at += 3 if self.text.startswith("{*}", self.at) else 0
        if self.text[self.at : self.at + 1] == "{":
            return Word(self._braced(), "{")
        quote = '"' if self.text[self.at : self.at + 1] == '"' else ""
        return self._plain(quote)

    def _braced(self) -> str:
        """The text in braces."""
        start, depth = self.at, 0
        while self.at < len(self.text):
            char = self.text[self.at]
            depth += {"{": 1, "}": -1}.get(char, 0)
            self.at += 2 if char == "\\" else 1
            if depth == 0:
                return self.text[start + 1 : self.at - 1]
        raise self._open("{", start)

    def _plain(self, quote: str) -> Word:
        """A word without braces: to the closing quote, or to a blank or the command's end."""
        self.at += len(quote)
        start, inner = self.at, []
        stops = quote or _BLANKS + _ENDS
        while self.at < len(self.text) and self.text[self.at] not in stops:
            if self.text[self.at] == "[":
                inner.append(self._bracket())
            elif self.text.startswith("${", self.at):
                self.at = self._to("}", self.at)
            elif self.text[self.at] == "\\" and not (quote == "" and self.text.startswith("\\\n", self.at)):
                self.at += 2
            elif self.text[self.at] == "\\":
                break
            else:
                self.at += 1
        if quote and self.at >= len(self.text):
            raise self._open(quote, start)
        found = Word(self.text[start : self.at], quote, tuple(inner))
        self.at += len(quote)
        return found

    def _bracket(self) -> str:
        """The script in brackets."""
        start = self.at
        self.at += 1
        inside = _Reader(self.text)
        inside.at = self.at
        while inside.at < len(self.text) and self.text[inside.at] != "]":
            inside.word_or_end()
        if inside.at >= len(self.text):
            raise self._open("[", start)
        self.at = inside.at + 1
        return self.text[start + 1 : inside.at]

    def word_or_end(self) -> None:
        """Go past one word, blank or command's end of a script that ends at a bracket."""
        char = self.text[self.at]
        if char in _BLANKS + _ENDS:
            self.at += 1
        elif char in '{"':
            self._word()
        elif char == "[":
            self._bracket()
        else:
            self.at += 2 if char == "\\" else 1

    def _to(self, char: str, start: int) -> int:
        """Behind the next such character."""
        found = self.text.find(char, start)
        if found < 0:
            raise self._open(char, start)
        return found + 1

    def _open(self, char: str, start: int) -> FormatError:
        """The error for something that is not closed."""
        line = self.text.count("\n", 0, start) + 1
        return FormatError(Problem(f"'{char}' is not closed", f"line {line}", self.text[start : start + 40]))
