"""What a source file says, not how it says it. Takes Python source; gives a digest of its syntax tree and its imports.

Comments, docstrings, blank lines and positions leave the digest as it is; anything that can run changes it.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """One import: `level` dots, the module after them, and the names taken from it (none for `import module`)."""

    level: int
    module: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class SourceFacts:
    """What the closure needs to know of one file.

    Attributes
    ----------
    code
        Hex digest of the normalised syntax tree.
    imports
        All imports that can be executed, those inside functions included.
    resources
        The constant `READS`: file names or patterns, relative to the file's folder, that the module reads.
    loads
        The constant `LOADS`: dotted names (`*` for each module of a package) that it imports by a computed name.
    """

    code: str
    imports: tuple[Import, ...] = ()
    resources: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """JSON values."""
        imports = [[i.level, i.module, list(i.names)] for i in self.imports]
        return {
            "code": self.code,
            "imports": imports,
            "resources": list(self.resources),
            "loads": list(self.loads),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> SourceFacts:
        """The inverse of `record`."""
        imports = tuple(Import(level, module, tuple(names)) for level, module, names in record["imports"])
        return cls(record["code"], imports, tuple(record["resources"]), tuple(record["loads"]))


def read_source(source: bytes) -> SourceFacts:
    """The facts of a source file; one that does not parse counts by its bytes (the stage will report the error)."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return SourceFacts(hashlib.sha256(source).hexdigest())
    imports = tuple(_imports(tree))
    resources, loads = _constant(tree, "READS"), _constant(tree, "LOADS")
    # A program that reads its docstrings is shaped by them.
    if b"__doc__" not in source:
        _strip_docstrings(tree)
    text = ast.dump(tree, annotate_fields=False, include_attributes=False)
    return SourceFacts(hashlib.sha256(text.encode()).hexdigest(), imports, resources, loads)


def _strip_docstrings(tree: ast.Module) -> None:
    """Remove the docstring of each definition."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and node.body and _is_text(node.body[0]):
            del node.body[0]


def _is_text(node: ast.stmt) -> bool:
    """True for a statement that is only a string."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(node: ast.AST) -> Iterator[Import]:
    """All imports below `node`, but those under `if TYPE_CHECKING`, which never run."""
    if isinstance(node, ast.Import):
        yield from (Import(0, alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield Import(node.level, node.module or "", tuple(alias.name for alias in node.names))
    children = node.orelse if isinstance(node, ast.If) and _is_for_types(node) else ast.iter_child_nodes(node)
    for child in children:
        yield from _imports(child)


def _is_for_types(node: ast.If) -> bool:
    """True for `if TYPE_CHECKING:`."""
    name = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", "")
    return name == "TYPE_CHECKING"


def _constant(tree: ast.Module, name: str) -> tuple[str, ...]:
    """The strings of a literal tuple or list that the module assigns to `name`."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = getattr(node, "value", None)
            elements = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            return tuple(str(e.value) for e in elements if isinstance(e, ast.Constant))
    return ()
