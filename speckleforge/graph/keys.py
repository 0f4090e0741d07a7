"""Key documents of stages. Takes a stage, a spec and input digests; gives everything that the stage can see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import speckleforge
from speckleforge.graph.stage import SpecLike, Stage, external_files
from speckleforge.store.code import SourceTree
from speckleforge.store.files import hash_file
from speckleforge.store.key import KeyDocument
from speckleforge.tools.catalogue import fingerprint
from speckleforge.tools.find import package_version
from speckleforge.tools.machine import facet

CHILD = "speckleforge.artifacts.child"
PACKAGES: Mapping[str, Path] = {"speckleforge": Path(speckleforge.__file__).resolve().parent}


@dataclass(frozen=True)
class Keys:
    """Computes key documents for one spec from the sources as they are now.

    Attributes
    ----------
    hashed
        Gives the digest of a file from outside: a store remembers those of large ones.
    """

    spec: SpecLike
    sources: SourceTree
    layers: str = "speckleforge.layers"
    hashed: Callable[[Path], str] = hash_file

    def document(self, stage: Stage, inputs: Mapping[str, str]) -> KeyDocument:
        """The key document of `stage` for these inputs (role -> digest); files from outside count by their bytes."""
        files = external_files(self.spec, stage.name)
        outside = {role: "blob:" + self.hashed(path) for role, path in files.items()}
        return KeyDocument(
            stage=stage.declared,
            code=self.code(stage),
            params=self.spec.slice(stage.name),
            inputs={**inputs, **outside},
            tools={} if stage.replaced_by in files else {name: fingerprint(name) for name in stage.tools},
            packages={name: package_version(name) for name in stage.packages},
            platform={name: facet(name) for name in (*stage.platform, "python")},
        )

    def code(self, stage: Stage) -> dict[str, str]:
        """Digest of each module and resource that the stage can load."""
        modules = [CHILD, stage.module, *stage.roots(self.spec)]
        files: list[Path] = []
        for name in stage.facets:
            if "." in name:
                files += [path for folder in self._folders() for path in folder.glob(name)]
            else:
                names = [f"{self.layers}.{folder.name}.{name}" for folder in self._folders()]
                modules += [module for module in names if self.sources.file(module)]
        return self.sources.digests(modules, files)

    def _folders(self) -> Iterator[Path]:
        """Layer folders that the spec can reach: its kinds, and what is no layer of the spec (adapters, shared RTL)."""
        home = self.sources.file(self.layers)
        for folder in sorted(home.parent.iterdir()) if home else ():
            if folder.is_dir() and (folder.name in self.spec.kinds or not (folder / "op.py").is_file()):
                yield folder
