"""The source trees that a plan is given: what `files.json` of `rtl/`, of `firmware/rtl/` and of `hls/` says.

Takes the parsed JSON; gives frozen records with every name checked. Reads no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speckleforge.errors import FormatError, Problem
from speckleforge.synth.amd import names

# Languages of the sources. What a compiler is told of them: `hls.standard`.
STANDARDS = ("c++11", "c++14")
BOOT_FILE = "boot.hex"


@dataclass(frozen=True)
class RtlTree:
    """SystemVerilog.

    Attributes
    ----------
    folder
        Where the tree lies in the work folder.
    files
        In compile order, relative to `folder`.
    design_id
        64 hexadecimal digits.
    boot
        True if the boot memory's file lies there.
    digest
        Of the tree's bytes (`tree_digest`), for the manifest: results of other sources do not belong to it.
    """

    top: str
    files: tuple[str, ...]
    design_id: str
    folder: str = "rtl"
    boot: bool = True
    digest: str = ""

    def __post_init__(self) -> None:
        names.cpp_identifier(self.top, "rtl/files.json: top")
        names.file_name(self.folder, "rtl folder")
        names.all_files(self.files, "rtl/files.json: files")
        names.hex_id(self.design_id, "design id", 64)
        if not self.files:
            raise FormatError(Problem("a tree without sources", "rtl/files.json: files"))

    def paths(self) -> tuple[str, ...]:
        """Every file that a run reads, by its path in the work folder."""
        boot = (BOOT_FILE,) if self.boot else ()
        return tuple(f"{self.folder}/{name}" for name in (*self.files, *boot))


@dataclass(frozen=True)
class HlsTree:
    """C++ for HLS, with its test bench. All paths are relative to `folder`, where the tree lies in the work folder.

    `digest` is that of the tree's bytes (`tree_digest`), for the manifest.
    """

    top: str
    sources: tuple[str, ...]
    headers: tuple[str, ...]
    bench: tuple[str, ...]
    data: str
    standard: str
    design_id: str
    topology_id: str
    vendor: str
    library: str
    version: str
    folder: str = "hls"
    digest: str = ""

    def __post_init__(self) -> None:
        where = "hls/files.json"
        names.cpp_identifier(self.top, f"{where}: top")
        names.vhdl_identifier(self.top, f"{where}: top")
        for field in ("sources", "headers", "bench"):
            names.all_files(getattr(self, field), f"{where}: {field}")
        names.file_name(self.data, f"{where}: data")
        names.file_name(self.folder, "hls folder")
        names.hex_id(self.design_id, f"{where}: design_id", 64)
        names.hex_id(self.topology_id, f"{where}: topology_id", 8)
        names.ip_word(self.vendor, f"{where}: vendor")
        names.ip_word(self.library, f"{where}: library")
        names.ip_version(self.version, f"{where}: version")
        if self.standard not in STANDARDS:
            raise FormatError(Problem("no such standard", f"{where}: standard", self.standard, ", ".join(STANDARDS)))
        if not self.sources or not self.bench:
            raise FormatError(Problem("a tree without sources or without a test bench", where))

    @property
    def description(self) -> str:
        """What the IP's description says: the design's id is in `component.xml` by it."""
        return f"speckleforge {self.top}, design {self.design_id}, topology {self.topology_id}"

    @property
    def archive(self) -> str:
        """The packed IP, by its path in the work folder."""
        return f"ip/{self.top}.zip"

    def paths(self) -> tuple[str, ...]:
        """Every file and folder that a run reads, by its path in the work folder."""
        return tuple(f"{self.folder}/{name}" for name in (*self.sources, *self.headers, *self.bench, self.data))


def tree_digest(files: Mapping[str, bytes]) -> str:
    """sha256 (hex) of a tree: names and contents, in the order of names."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{len(name.encode())} {name} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()


def rtl_tree(index: Mapping[str, Any], design_id: str, folder: str = "rtl", digest: str = "") -> RtlTree:
    """The tree that a `files.json` of SystemVerilog describes.

    Raises
    ------
    FormatError
        A key is missing.
    DesignError
        A name cannot go into a script.
    """
    found = _keys(index, ("top", "files"), f"{folder}/files.json")
    return RtlTree(str(found["top"]), tuple(map(str, found["files"])), design_id, folder, digest=digest)


def hls_tree(index: Mapping[str, Any], folder: str = "hls", digest: str = "") -> HlsTree:
    """The tree that a `files.json` of HLS sources describes; errors as for `rtl_tree`."""
    lists = ("sources", "headers", "bench")
    plain = ("top", "data", "standard", "design_id", "topology_id", "vendor", "library", "version")
    found = _keys(index, (*lists, *plain), f"{folder}/files.json")
    values = {name: str(found[name]) for name in plain}
    sources, headers, bench = (tuple(map(str, found[name])) for name in lists)
    return HlsTree(sources=sources, headers=headers, bench=bench, folder=folder, digest=digest, **values)


def _keys(index: Mapping[str, Any], wanted: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """The index, if it has all keys."""
    missing = [name for name in wanted if name not in index]
    if missing:
        raise FormatError(Problem("keys are missing", where, ", ".join(missing), ", ".join(wanted)))
    return index
