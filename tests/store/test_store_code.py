"""Code digests: what changes them, what does not, and what they cover."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speckleforge.store.code import SourceTree
from speckleforge.store.syntax import read_source

SOURCE = b'"""Doc."""\nX = 1\n\ndef f(a):\n    """Doc."""\n    return a + X\n'


@pytest.mark.parametrize(
    "same",
    [
        SOURCE.replace(b"Doc", b"Other words"),
        SOURCE.replace(b"X = 1", b"# why\nX = 1  # because"),
        SOURCE.replace(b"\n\n", b"\n\n\n\n"),
        SOURCE.replace(b"a + X", b"(a\n            + X)"),
    ],
)
def test_words_and_layout_do_not_count(same: bytes) -> None:
    assert read_source(same).code == read_source(SOURCE).code


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace(b"X = 1", b"X = 2"),
        SOURCE.replace(b"a + X", b"a - X"),
        SOURCE.replace(b"X = 1", b"X = '1'"),
        SOURCE.replace(b"X = 1", b"X = 1.0"),
        SOURCE.replace(b"f(a)", b"f(a, b=None)"),
    ],
)
def test_code_counts(other: bytes) -> None:
    assert read_source(other).code != read_source(SOURCE).code


def test_docstrings_count_where_they_are_read() -> None:
    reads = SOURCE + b"print(f.__doc__)\n"
    assert read_source(reads).code != read_source(reads.replace(b"Doc.", b"Text")).code


def package(root: Path, **modules: str) -> SourceTree:
    for name, text in modules.items():
        path = root / "p" / (name.replace("__", "/") + ".py" if name != "init" else "__init__.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.parents:
            if parent.is_relative_to(root / "p") and not (parent / "__init__.py").exists():
                (parent / "__init__.py").write_text("")
    return SourceTree({"p": root / "p"}, root / "code.json")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import p.b", {"p.b"}),
        ("from p import b", {"p.b"}),
        ("from p.b import thing", {"p.b"}),
        ("from . import b", {"p.b"}),
        ("from .b import thing", {"p.b"}),
        ("from p.sub import c", {"p.sub", "p.sub.c"}),
        ("from .sub.c import *", {"p.sub", "p.sub.c"}),
        ("def f():\n    from p import b", {"p.b"}),
        ("try:\n    import p.b\nexcept ImportError:\n    pass", {"p.b"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.b", set()),
        ("import numpy\nimport p.missing", set()),
        ("LOADS = ('p.sub.*',)", {"p.sub", "p.sub.c", "p.sub.d"}),
    ],
)
def test_the_closure_follows_every_form_of_import(tmp_path: Path, statement: str, found: set[str]) -> None:
    tree = package(tmp_path, a=statement, b="", sub__c="from ..b import x" if "sub" in found else "", sub__d="")
    assert tree.closure(["p.a"]) == {"p", "p.a", *found}


def test_relative_imports_climb(tmp_path: Path) -> None:
    tree = package(tmp_path, b="", sub__c="from ..b import x\nfrom . import d", sub__d="")
    assert tree.closure(["p.sub.c"]) == {"p", "p.sub", "p.sub.c", "p.sub.d", "p.b"}


def test_resources_count_by_their_bytes(tmp_path: Path) -> None:
    package(tmp_path, a="READS = ('*.sv',)")
    (tmp_path / "p/kernel.sv").write_text("module")
    first = SourceTree({"p": tmp_path / "p"}).digests(["p.a"])
    assert "p/kernel.sv" in first
    (tmp_path / "p/kernel.sv").write_text("module // words count here")
    assert SourceTree({"p": tmp_path / "p"}).digests(["p.a"]) != first


def test_remembered_trees_follow_the_bytes_and_not_the_time(tmp_path: Path) -> None:
    tree = package(tmp_path, a="X = 1")
    first = tree.digests(["p.a"])
    tree.remember()
    path = tmp_path / "p/a.py"
    status = path.stat()
    path.write_text("X = 2")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert SourceTree(tree.packages, tmp_path / "code.json").digests(["p.a"]) != first
    path.write_text("X = 1")
    assert SourceTree(tree.packages, tmp_path / "code.json").digests(["p.a"]) == first


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": "1-3.11", "files": {"x": {}}}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, damage: str) -> None:
    tree = package(tmp_path, a="X = 1")
    (tmp_path / "code.json").write_text(damage)
    again = SourceTree(tree.packages, tmp_path / "code.json")
    assert again.digests(["p.a"]) == tree.digests(["p.a"])
    again.remember()


def test_a_source_that_does_not_parse_counts_by_its_bytes(tmp_path: Path) -> None:
    assert package(tmp_path, a="def (").digests(["p.a"])["p.a"]
