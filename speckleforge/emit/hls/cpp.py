"""Reading C++ for the lint: tokens with their lines, pragmas, functions. Takes text; gives flat records; no grammar.

What stands between `#ifndef __SYNTHESIS__` and its `#endif` (or `#else`) is left out: no HLS tool sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\d[\w.]*|::|->|\+\+|--|[<>=!]=|&&|\|\||\S'
)
_COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
_DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*(.*)")
OPENING, CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Token:
    """A word or sign, and its line (from 1). A pragma is one token: its text is the line from `#pragma` on."""

    text: str
    line: int

    @property
    def is_pragma(self) -> bool:
        """True for `#pragma HLS ...`."""
        return self.text.startswith("#pragma")


@dataclass(frozen=True)
class Function:
    """A function with a body: its name (`Struct::name` inside one), parameters and body without their brackets."""

    name: str
    line: int
    parameters: tuple[Token, ...]
    body: tuple[Token, ...]


def tokens(text: str) -> list[Token]:
    """Tokens of what an HLS tool compiles."""
    plain = _COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0]), text)
    rows: list[Token] = []
    for number, line in _synthesised(plain.splitlines()):
        directive = _DIRECTIVE.match(line)
        if directive is None:
            rows += [Token(found[0], number) for found in _TOKEN.finditer(line)]
        elif directive[1] == "pragma":
            rows.append(Token(f"#pragma {directive[2].strip()}", number))
    return rows


def _synthesised(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Numbered lines outside `#ifndef __SYNTHESIS__`; of other conditions both branches."""
    nested: list[bool] = []  # for each open condition: are lines in it seen
    for number, line in enumerate(lines, start=1):
        directive = _DIRECTIVE.match(line)
        word = directive[1] if directive else ""
        if word in ("if", "ifdef", "ifndef"):
            nested.append(not (word == "ifndef" and directive is not None and directive[2].strip() == "__SYNTHESIS__"))
        elif word == "else" and nested:
            nested[-1] = True
        elif word == "endif" and nested:
            nested.pop()
        elif all(nested):
            yield number, line


def closing(found: Sequence[Token], start: int) -> int:
    """Index of the bracket that closes the one at `start`; the end of the tokens where none does."""
    depth = 0
    for index in range(start, len(found)):
        depth += (found[index].text in OPENING) - (found[index].text in CLOSING)
        if depth == 0:
            return index
    return len(found)


def functions(found: Sequence[Token], scope: str = "") -> Iterator[Function]:
    """Every function with a body, those of structs too."""
    index = 0
    while index < len(found):
        text = found[index].text
        if text == "template":
            index = _behind_angles(found, index + 1)
            continue
        if text in ("struct", "class", "namespace"):
            name, brace = found[index + 1].text, _next(found, index, "{;")
            if brace < len(found) and found[brace].text == "{":
                end = closing(found, brace)
                yield from functions(found[brace + 1 : end], scope if text == "namespace" else name)
                index = end
        elif text == "(" and index and found[index - 1].text.isidentifier() and not _constant(found, index):
            end = closing(found, index)
            body = end + 1
            while body < len(found) and found[body].text in ("const", "noexcept"):
                body += 1
            if body < len(found) and found[body].text == "{":
                name = f"{scope}::{found[index - 1].text}" if scope else found[index - 1].text
                stop = closing(found, body)
                yield Function(
                    name, found[index - 1].line, tuple(found[index + 1 : end]), tuple(found[body + 1 : stop])
                )
                index = stop
        index += 1


def _behind_angles(found: Sequence[Token], start: int) -> int:
    """Index behind `<...>` at `start`."""
    depth = 0
    for index in range(start, len(found)):
        depth += (found[index].text == "<") - (found[index].text == ">")
        if depth == 0:
            return index + 1
    return len(found)


def _constant(found: Sequence[Token], bracket: int) -> bool:
    """True for a function of constants, which no hardware is made of: `constexpr type name (`."""
    return any(token.text == "constexpr" for token in found[max(0, bracket - 3) : bracket])


def _next(found: Sequence[Token], start: int, signs: str) -> int:
    """Index of the next of these signs."""
    return next((i for i in range(start, len(found)) if found[i].text in signs), len(found))
