"""The code digest. Takes root modules; gives a digest for each module and resource that running them can load.

The closure is static: from the roots along the imports within our packages, the `__init__` of every parent included.
What is outside (numpy, torch) counts by its version. Nothing here believes a modification time: every file's bytes are
hashed each time; only the syntax tree that belongs to some bytes is remembered.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from speckleforge.errors import StoreError
from speckleforge.store.files import hash_file, store_errors, write_bytes
from speckleforge.store.syntax import Import, SourceFacts, read_source

# The text of a syntax tree differs between versions of Python.
_FORMAT = f"1-{sys.version_info.major}.{sys.version_info.minor}"
_MOST_REMEMBERED = 4096


class SourceTree:
    """The sources of some packages as they are now.

    Parameters
    ----------
    packages
        Name of each top-level package -> its folder.
    index
        File in which syntax trees are remembered by the hash of their source; None to remember nothing.
    """

    def __init__(self, packages: Mapping[str, Path], index: Path | None = None) -> None:
        self.packages = dict(packages)
        self._index_path = index
        self._index = _load(index)
        self._changed = False
        self._used: set[str] = set()
        self._facts: dict[str, SourceFacts | None] = {}
        self._edges: dict[str, tuple[str, ...]] = {}
        self._bytes: dict[Path, str] = {}
        self._files: dict[str, Path | None] = {}

    def digests(self, roots: Iterable[str], resources: Iterable[Path] = ()) -> dict[str, str]:
        """Digest of each module (dotted name) and resource (path from the package's parent) that the roots can load.

        Parameters
        ----------
        roots
            Dotted names of modules; those that do not exist are left out.
        resources
            More files that count by their bytes.
        """
        found: dict[str, str] = {}
        files = set(resources)
        for module in sorted(self.closure(roots)):
            facts = self._read(module)
            if facts is not None:
                found[module] = facts.code
                files.update(self._resources(module, facts))
        found |= {self.label(path): self._digest(path) for path in files if path.is_file()}
        return dict(sorted(found.items()))

    def closure(self, roots: Iterable[str]) -> set[str]:
        """Names of all modules of our packages that importing and running `roots` can load."""
        found: set[str] = set()
        waiting = [name for root in roots for name in _with_parents(root)]
        while waiting:
            module = waiting.pop()
            if module not in found and self._read(module) is not None:
                found.add(module)
                waiting.extend(self._imported(module))
        return found

    def file(self, module: str) -> Path | None:
        """The source file of a module, or None if it is not in our packages."""
        if module not in self._files:
            self._files[module] = self._find(module)
        return self._files[module]

    def _find(self, module: str) -> Path | None:
        """Look for the source file of a module."""
        top, _, rest = module.partition(".")
        if top not in self.packages:
            return None
        path = self.packages[top].joinpath(*rest.split(".")) if rest else self.packages[top]
        candidates = (path / "__init__.py", path.with_suffix(".py"))
        return next((candidate for candidate in candidates if candidate.is_file()), None)

    def same_code(self, module: str, source: str) -> bool:
        """True if `module` means the same when its source has this hex sha256 (that is, as when it was first read)."""
        facts, then = self._index.get(source), self._read(module)
        return facts is not None and then is not None and facts.code == then.code

    def same_bytes(self, path: Path) -> bool:
        """True if a resource still has the bytes that were hashed."""
        return self._bytes.get(path) == hash_file(path)

    def remember(self) -> None:
        """Save what was learned about syntax trees, for a faster start next time; a store may be read-only."""
        if self._index_path is None or not self._changed:
            return
        if len(self._index) > _MOST_REMEMBERED:
            self._index = {name: facts for name, facts in self._index.items() if name in self._used}
        record = {"format": _FORMAT, "files": {name: facts.record() for name, facts in self._index.items()}}
        with suppress(StoreError):
            write_bytes(self._index_path, json.dumps(record, sort_keys=True, separators=(",", ":")).encode())
        self._changed = False

    def _read(self, module: str) -> SourceFacts | None:
        """Facts of a module; None if it is not ours."""
        if module not in self._facts:
            path = self.file(module)
            self._facts[module] = None if path is None else self._facts_of(path)
        return self._facts[module]

    def _facts_of(self, path: Path) -> SourceFacts:
        """Facts of a file, by its bytes."""
        with store_errors(path):
            source = path.read_bytes()
        name = hashlib.sha256(source).hexdigest()
        if name not in self._index:
            self._index[name] = read_source(source)
            self._changed = True
        self._used.add(name)
        return self._index[name]

    def _imported(self, module: str) -> tuple[str, ...]:
        """Names that a module may import: modules of ours, and some that turn out not to exist."""
        if module not in self._edges:
            facts = self._read(module)
            direct = [name for item in facts.imports for name in self._names(module, item)] if facts else []
            loaded = [name for pattern in facts.loads for name in self._expand(pattern)] if facts else []
            self._edges[module] = tuple(dict.fromkeys(n for name in direct + loaded for n in _with_parents(name)))
        return self._edges[module]

    def _names(self, module: str, item: Import) -> Iterator[str]:
        """Modules that one import statement may load; `from package import name` may name a module."""
        base = item.module
        if item.level:
            up = item.level - self._is_package(module)
            parts = module.split(".")[: -up if up else None]
            base = ".".join([*parts, *([item.module] if item.module else [])])
        if base.partition(".")[0] in self.packages:
            yield base
        if self._is_package(base):  # nothing else has modules below it
            yield from (f"{base}.{name}" for name in item.names)

    def _is_package(self, module: str) -> bool:
        """True for a module of ours that is a package."""
        path = self.file(module)
        return path is not None and path.name == "__init__.py"

    def _expand(self, pattern: str) -> Iterator[str]:
        """The modules that an entry of `LOADS` means."""
        package, star, rest = pattern.partition(".*")
        folder = self.file(package)
        if not star or folder is None:
            yield pattern
            return
        for path in sorted(folder.parent.iterdir()):
            if path.is_dir() or (path.suffix == ".py" and path.stem != "__init__"):
                yield f"{package}.{path.stem}{rest}"

    def _resources(self, module: str, facts: SourceFacts) -> Iterator[Path]:
        """The files that an entry of `READS` means."""
        path = self.file(module)
        for pattern in facts.resources if path else ():
            yield from (path.parent.glob(pattern) if path else ())

    def _digest(self, path: Path) -> str:
        """Hex sha256 of a resource's bytes; read once per tree."""
        if path not in self._bytes:
            with store_errors(path):
                self._bytes[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._bytes[path]

    def label(self, path: Path) -> str:
        """A resource's name in a key: its path from the package's parent, so that it does not depend on the machine."""
        for folder in self.packages.values():
            if path.is_relative_to(folder):
                return path.relative_to(folder.parent).as_posix()
        return path.name


def _with_parents(module: str) -> list[str]:
    """`a.b.c` -> `a`, `a.b`, `a.b.c`: importing a module runs the `__init__` of each package above it."""
    parts = module.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def _load(index: Path | None) -> dict[str, SourceFacts]:
    """The remembered facts; none if the file is missing, damaged or of another format."""
    try:
        record = json.loads(index.read_bytes()) if index else {}
        if record.get("format") != _FORMAT:
            return {}
        return {name: SourceFacts.from_record(facts) for name, facts in record["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
