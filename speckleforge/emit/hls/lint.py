"""What an HLS tool refuses, or silently makes something else of, found without one. Takes sources by name.

- recursion, dynamic memory, exceptions, virtual functions, floating point, the standard library;
- streams by pointer or by value;
- loops whose bounds are no constants and that have no `loop_tripcount`;
- directives that are none, lack an option, or name a variable that is not there;
- a dataflow region that holds more than streams and calls, a stream that is not between exactly two of them, or several
  processes that give values to the caller: the tool ends such processes together, so frames would not overlap.

What a design unrolls and partitions is predicted from its folding (`layers/<kind>/hls.py`).
Source: AMD UG902 and UG1399, "Unsupported C/C++ Constructs", "Dataflow Optimization Limitations".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from speckleforge.emit.hls.cpp import Function, Token, closing, functions, tokens
from speckleforge.emit.hls.pragmas import options_of, wrong
from speckleforge.errors import DesignError, Problem

FORBIDDEN: Mapping[str, str] = {
    **dict.fromkeys(("new", "delete", "malloc", "calloc", "realloc", "free", "alloca"), "memory has a fixed size"),
    **dict.fromkeys(("throw", "try", "catch"), "hardware has no exceptions"),
    **dict.fromkeys(("virtual", "dynamic_cast", "typeid"), "types are known when it is compiled"),
    **dict.fromkeys(("float", "double"), "the arithmetic is that of integers"),
    **dict.fromkeys(("goto", "asm", "printf", "std"), "it has no hardware"),
}
_CONSTANT = re.compile(r"[A-Z]\w*|\d+[uUlL]*")  # constants, and types that have some, begin with a capital
_SIGNS = set("+-*/%()<>?:,.") | {"::", "==", "!=", "<=", ">=", "int"}
LOOPS = ("for", "while")


def lint(files: Mapping[str, str]) -> None:
    """Check HLS sources.

    Raises
    ------
    DesignError
        With every finding: file, line, what, and what to do.
    """
    read = {name: tokens(text) for name, text in files.items()}
    problems = [problem for name, found in read.items() for problem in _file(name, found)]
    problems += _recursion({name: list(functions(found)) for name, found in read.items()})
    if problems:
        raise DesignError(problems)


def _file(name: str, found: Sequence[Token]) -> Iterator[Problem]:
    words = {token.text for token in found}
    for token in found:
        if token.text in FORBIDDEN:
            yield _problem(name, token, f"'{token.text}' in an HLS source", FORBIDDEN[token.text])
        if token.is_pragma:
            for what, step in wrong(token.text):
                yield _problem(name, token, what, step)
            variable = options_of(token.text)[1].get("variable", "")
            if variable and variable.partition("[")[0] not in words:
                yield _problem(name, token, f"a directive for '{variable}', which is not there", "give its name")
    for function in functions(found):
        yield from _streams(name, function)
        yield from _loops(name, function)
        yield from _dataflow(name, function)
        yield from _givers(name, function, {other.name: other for other in functions(found)})


def _problem(name: str, token: Token, what: str, step: str) -> Problem:
    return Problem(what, f"{name}:{token.line}", next_step=step)


def _streams(name: str, function: Function) -> Iterator[Problem]:
    """Parameters that are streams must be references."""
    depth, started = 0, False
    for token in function.parameters:
        if token.text == "stream":
            started, depth = True, 0
        elif started and token.text in ("<", ">"):
            depth += 1 if token.text == "<" else -1
        elif started and depth == 0:
            if token.text != "&":
                step = "pass streams by reference: hls::stream<T>&"
                yield _problem(name, token, f"{function.name}: a stream by {_by(token.text)}", step)
            started = False


def _by(text: str) -> str:
    return "pointer" if text == "*" else "value"


def _loops(name: str, function: Function) -> Iterator[Problem]:
    """Bounds are constants, or a trip count tells the tool's report what to expect."""
    constants = _local_constants(function)
    for index, token in enumerate(function.body):
        if token.text == "do":
            yield _problem(name, token, f"{function.name}: a do loop", "write a for or while loop with a trip count")
        if token.text not in LOOPS:
            continue
        end = closing(function.body, index + 1)
        head = function.body[index + 2 : end]
        pragmas = _pragmas_behind(function.body, end + 2)
        if "loop_tripcount" in pragmas or (token.text == "for" and _constant_bound(head, constants)):
            continue
        step = "give constants, or #pragma HLS loop_tripcount min=.. max=.."
        yield _problem(name, token, f"{function.name}: a loop whose bounds are no constants", step)


def _pragmas_behind(body: Sequence[Token], start: int) -> set[str]:
    """Names of the directives at the head of a loop's body."""
    found = set()
    for token in body[start:]:
        if not token.is_pragma:
            break
        found.add(options_of(token.text)[0])
    return found


def _local_constants(function: Function) -> set[str]:
    """Names declared as `const int name = <constants>`."""
    names: set[str] = set()
    body = function.body
    for index, token in enumerate(body[:-3]):
        if token.text == "const" and body[index + 1].text == "int":
            end = next((i for i in range(index, len(body)) if body[i].text == ";"), len(body))
            parts = " ".join(t.text for t in body[index + 2 : end])
            for part in parts.split(","):
                left, _, right = part.partition("=")
                if right and _all_constant(right.split(), names):
                    names.add(left.strip())
    return names


def _constant_bound(head: Sequence[Token], constants: set[str]) -> bool:
    """True where the condition of `init; condition; step` compares a variable with constants."""
    parts = " ".join(token.text for token in head).split(" ; ")
    if len(parts) != 3:
        return False
    # Further conditions (`&&`) can only end the loop earlier.
    words = parts[1].split(" && ")[0].split()
    sign = next((i for i, word in enumerate(words) if word in ("<", "<=", "!=", ">", ">=")), None)
    return sign is not None and _all_constant(words[sign + 1 :], constants)


def _all_constant(words: Sequence[str], constants: set[str]) -> bool:
    """True for numbers, names in capitals, `X::NAME`, and known names."""
    for index, word in enumerate(words):
        scope = index + 1 < len(words) and words[index + 1] == "::"
        if not (_CONSTANT.fullmatch(word) or word in _SIGNS or word in constants or scope):
            return False
    return bool(words)


def _dataflow(name: str, function: Function) -> Iterator[Problem]:
    """A dataflow region: declarations of streams, and calls that each stream joins two of."""
    if not _is_dataflow(function):
        return
    for token in function.body:
        if token.text in ("if", "for", "while", "return", "switch", "="):
            step = "move it into a function of its own"
            yield _problem(name, token, f"{function.name}: '{token.text}' in a dataflow region", step)
    declared = {
        body[1].text: body[0]
        for body in zip(function.body, function.body[1:], function.body[2:], strict=False)
        if body[0].text == ">" and body[1].text.isidentifier() and body[2].text in ("(", ";")
    }
    used = Counter(token.text for token in function.body if token.text in declared)
    for stream, token in declared.items():
        if used[stream] - 1 != 2:
            what = f"{function.name}: stream '{stream}' is not between one writer and one reader"
            yield _problem(name, token, what, "give every pair of processes a stream of its own")


def _givers(name: str, function: Function, known: Mapping[str, Function]) -> Iterator[Problem]:
    """At most one process of a dataflow region gives values by reference."""
    if not _is_dataflow(function):
        return
    called = [(token, known[token.text]) for token in function.body if token.text in known]
    givers = [(token, process) for token, process in called if _gives(process)]
    for token, process in givers[:-1]:
        what = f"{function.name}: '{process.name}' gives values to the caller, and '{givers[-1][1].name}' does"
        yield _problem(name, token, what, "send them through a stream to the last process")


def _gives(function: Function) -> bool:
    """True where a parameter is a reference that is neither constant nor a stream."""
    words, depth = [], 0
    for token in (*function.parameters, Token(",", function.line)):
        depth += (token.text == "<") - (token.text == ">")
        if token.text != "," or depth:
            words.append(token.text)
            continue
        if "&" in words and "stream" not in words and words[0] != "const":
            return True
        words = []
    return False


def _is_dataflow(function: Function) -> bool:
    return any(token.is_pragma and options_of(token.text)[0] == "dataflow" for token in function.body)


def _recursion(found: Mapping[str, Sequence[Function]]) -> Iterator[Problem]:
    """Functions that call themselves, through whatever others."""
    known = {function.name: (name, function) for name, row in found.items() for function in row}
    calls = {name: set(_calls(function, known)) for name, (_, function) in known.items()}
    for start, (name, function) in known.items():
        reached, open_ = set[str](), [*calls[start]]
        while open_:
            here = open_.pop()
            if here not in reached:
                reached.add(here)
                open_ += calls.get(here, ())
        if start in reached:
            token = Token(function.name, function.line)
            yield _problem(name, token, f"{function.name} calls itself", "write a loop")


def _calls(function: Function, known: Mapping[str, object]) -> Iterator[str]:
    """Known functions that it calls by name. A call on another object is one of another type, so never of itself."""
    scope = function.name.rpartition("::")[0]
    body = function.body
    for index, token in enumerate(body):
        if not token.text.isidentifier() or (index and body[index - 1].text in (".", "->")):
            continue
        behind = index + 1
        if behind < len(body) and body[behind].text == "<":
            behind = _behind_template(body, behind)
        if behind < len(body) and body[behind].text == "(":
            own = f"{scope}::{token.text}"
            yield own if scope and own in known else token.text


def _behind_template(body: Sequence[Token], start: int) -> int:
    """Index behind `<...>`; `start` where it is a comparison."""
    depth = 0
    for index in range(start, min(start + 40, len(body))):
        depth += (body[index].text == "<") - (body[index].text == ">")
        if body[index].text in (";", "{", "&&", "||"):
            return start
        if depth == 0:
            return index + 1
    return start
