"""YAML text to plain values that remember where they stood. Takes text; gives a `Tree`; reads no file, knows no key.

Stricter than YAML 1.1: a duplicate key, a boolean in disguise or a number that YAML takes for text is a problem here.
All problems of a text are found at once; only a syntax error ends the reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from speckleforge.errors import Problem, SpecError
from speckleforge.spec.scalars import scalar_value

KeyPath = tuple[str | int, ...]
MAX_NODES = 20_000  # an alias of aliases of aliases can stand for more values than memory holds
MAX_DEPTH = 50  # levels; PyYAML composes by recursion, in C, where too many of them end the process
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True)
class Mark:
    """A place in a text; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Tree:
    """Values and their places.

    Attributes
    ----------
    file
        Name used in messages.
    values
        Mappings, lists, strings, numbers, booleans and None.
    marks, keys
        Place of the value at a path, and of the key that leads to it.
    problems
        What YAML lets pass and we do not; `values` then hold what was likely meant.
    """

    file: str
    values: Any
    marks: Mapping[KeyPath, Mark]
    keys: Mapping[KeyPath, Mark]
    problems: tuple[Problem, ...] = ()

    def where(self, path: KeyPath, *, key: bool = False) -> str:
        """`file:line:col` of the value at `path` (or of its key); of the nearest parent where it has none."""
        places = [self.keys.get(path)] if key else []
        places += [self.marks.get(path[:length]) for length in range(len(path), -1, -1)]
        mark = next((place for place in places if place), Mark(1, 1))
        return f"{self.file}:{mark.line}:{mark.column}"

    def problem(self, path: KeyPath, what: str, *, key: bool = False, **rest: str) -> Problem:
        """A `Problem` that names the key path and its place in the file."""
        name = path_text(path)
        return Problem(f"{name}: {what}" if name else what, self.where(path, key=key), **rest)


def path_text(path: KeyPath) -> str:
    """`('model', 'layers', 2, 'dense')` -> `model.layers[2].dense`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def parse_tree(text: str, file: str) -> Tree:
    """Read one YAML document.

    Raises
    ------
    SpecError
        At the first syntax error, or where there is nothing to read. Other problems are in the tree.
    """
    node = _compose(text, file)
    if node is None:
        raise SpecError(Problem("the file is empty", f"{file}:1:1", next_step="copy specs/quickstart.yaml and edit it"))
    reader = _Reader(file)
    values = reader.value(node, ())
    return Tree(file, values, reader.marks, reader.keys, tuple(reader.problems))


def _compose(text: str, file: str) -> yaml.Node | None:
    """The node graph; a syntax error becomes a problem with its place."""
    try:
        _check_depth(text, file)
        return yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise SpecError(_syntax(error, text, file)) from error
    except yaml.YAMLError as error:  # a character that YAML forbids: `position` is all that it says
        before = text[: getattr(error, "position", 0)]
        where = f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        raise SpecError(
            Problem("a character that YAML does not allow", where, got=str(error).splitlines()[0])
        ) from error


def _check_depth(text: str, file: str) -> None:
    """Refuse a text that nests too deeply, event by event, which takes no recursion."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark: Any = event.start_mark
            where = f"{file}:{mark.line + 1}:{mark.column + 1}"
            raise SpecError(Problem("nested too deeply", where, allowed=f"{MAX_DEPTH} levels at most"))


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """What a syntax error means; tabs get their own words."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    rows = text.splitlines()
    row = rows[line] if line < len(rows) else ""
    what = f"not YAML: {error.problem or error.context or 'syntax error'}"
    step = ""
    if "nesting depth" in (error.problem or ""):  # newer libyaml has a limit of its own, and looks ahead to it
        what, step = "nested too deeply", f"{MAX_DEPTH} levels at most"
    indent = row[: len(row) - len(row.lstrip())]
    if "\t" in indent or row[column : column + 1] == "\t":
        what, column = "a tab used for indentation", row.index("\t")
        step = "use spaces: YAML forbids tabs there"
    elif "single document" in (error.context or ""):
        what, step = "more than one document in the file", "keep one spec per file; remove the `---` lines"
    return Problem(what, f"{file}:{line + 1}:{column + 1}", got=row.strip()[:80], next_step=step)


@dataclass
class _Reader:
    """Walks the node graph once; collects values, places and problems."""

    file: str
    marks: dict[KeyPath, Mark] = field(default_factory=dict)
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open: list[yaml.Node] = field(default_factory=list)

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        """The value of `node`; notes its place."""
        self.marks[path] = _mark(node)
        if any(node is other for other in self.open):
            self.report(node, path, "an alias that contains itself")
            return None
        if len(self.open) > MAX_DEPTH:  # through aliases, which the text does not show
            self.report(node, path, "nested too deeply")
            return None
        if len(self.marks) > MAX_NODES:
            raise SpecError([*self.problems, Problem("too many values", self.file, allowed=f"{MAX_NODES} at most")])
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if node.tag not in _PLAIN:
            self.report(node, path, f"the tag {node.tag} is not allowed", next_step="remove it")
        self.open.append(node)
        value: Any = None
        if isinstance(node, yaml.MappingNode):
            value = self.mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            value = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        self.open.pop()
        return value

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        """A number, text, boolean or None."""
        value, trap = scalar_value(node)
        if trap:
            self.report(node, path, trap.what, got=node.value, next_step=trap.next_step)
        return value

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        """A mapping; `<<` merges others in, keys written here win."""
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                continue
            key = self.key(key_node, path)
            if key is None:
                continue
            here = (*path, key)
            if key in values:
                first = self.keys[here].line
                self.report(key_node, here, f"duplicate key '{key}'", next_step=f"it stands in line {first} already")
                continue
            self.keys[here] = _mark(key_node)
            values[key] = self.value(value_node, here)
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                self.merge(value_node, path, values)
        return values

    def merge(self, node: yaml.Node, path: KeyPath, values: dict[str, Any]) -> None:
        """Add what `<<: *anchor` (or a list of anchors) brings and `values` does not have yet."""
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(source, yaml.MappingNode):
                self.report(source, path, "`<<` needs a mapping")
                continue
            for key, value in self.mapping_apart(source, path, values).items():
                values[key] = value

    def mapping_apart(self, source: yaml.MappingNode, path: KeyPath, taken: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of `source` that are not `taken`; their places are those of the anchor."""
        fresh = [pair for pair in source.value if getattr(pair[0], "value", None) not in taken]
        reduced = yaml.MappingNode(source.tag, fresh, source.start_mark, source.end_mark)
        if any(source is other for other in self.open):
            self.report(source, path, "an alias that contains itself")
            return {}
        self.open.append(source)
        values = self.mapping(reduced, path)
        self.open.pop()
        return values

    def key(self, node: yaml.Node, path: KeyPath) -> str | None:
        """The text of a key, or None (and a problem) where it is none."""
        if not isinstance(node, yaml.ScalarNode):
            self.report(node, path, "a key must be a word")
            return None
        value, trap = scalar_value(node)
        if trap:
            self.report(node, path, f"as a key: {trap.what}", got=node.value, next_step=trap.next_step)
        elif not isinstance(value, str) and not _is_code(value, node.value):
            self.report(node, path, "a key must be a word", got=node.value, next_step="put it in quotes if it is meant")
        return str(node.value)

    def report(self, node: yaml.Node, path: KeyPath, what: str, got: str = "", next_step: str = "") -> None:
        """Add a problem at the node's place."""
        mark, name = _mark(node), path_text(path)
        text = f"{name}: {what}" if name else what
        self.problems.append(Problem(text, f"{self.file}:{mark.line}:{mark.column}", got=got, next_step=next_step))


def _is_code(value: Any, text: str) -> bool:
    """A whole number as one writes it: a code, such as that of a class."""
    return isinstance(value, int) and not isinstance(value, bool) and str(value) == text


def _mark(node: yaml.Node) -> Mark:
    """Where a node starts."""
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)
