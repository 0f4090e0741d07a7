"""Imports that believe bytes only. Takes names of packages; makes this process compile their modules from source.

Python reuses a `.pyc` file if the source's size and modification time (in whole seconds) are the same. After a quick
edit of one digit a stage would run the old code, under a key that was computed from the new one. What was compiled is
noted, so that an edit while a build runs is found too.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

COMPILED: dict[str, str] = {}  # module -> hex sha256 of the source that was compiled


class _SourceOnly(SourceFileLoader):
    """Loads a module without reading or writing compiled files."""

    def get_data(self, path: str) -> bytes:
        """The source; noted."""
        source = super().get_data(path)
        COMPILED[self.name] = hashlib.sha256(source).hexdigest()
        return source

    def path_stats(self, path: str) -> Mapping[str, int]:
        """Python takes this error to mean that compiled files cannot be used."""
        raise OSError


class _Finder(MetaPathFinder):
    """Finds the modules of some packages."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = frozenset(packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As Python would, but with our loader."""
        if fullname.partition(".")[0] not in self.packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _SourceOnly(fullname, spec.origin)
            spec.cached = None
        return spec


def import_from_source(packages: Sequence[str]) -> None:
    """From now on, modules of `packages` (top-level names) are compiled from their source each time."""
    sys.meta_path.insert(0, _Finder(packages))
