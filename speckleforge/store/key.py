"""Action keys. Takes everything that can shape a stage's result; gives a JSON document and its sha256, the key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = 1  # of the store's formats: a higher number forgets all results


@dataclass(frozen=True)
class KeyDocument:
    """What a stage can see, and so what its result may depend on.

    Attributes
    ----------
    stage
        The stage's name.
    code
        Module or resource -> digest (`store.code`).
    params
        The stage's slice of the spec (JSON values).
    inputs
        Role -> digest of the artifact.
    tools, packages
        Name -> version.
    platform
        Facets of the machine that shape the result (instruction set, threads).
    """

    stage: str
    code: Mapping[str, str]
    params: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    platform: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The document as JSON values."""
        names = ("stage", "code", "params", "inputs", "tools", "packages", "platform")
        return {"version": VERSION, **{name: getattr(self, name) for name in names}}

    def key(self) -> str:
        """Hex sha256 of the canonical text."""
        return key_of(self.record())


def canonical(record: Any) -> str:
    """One text for one value: sorted keys, no spaces, no NaN."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def key_of(record: Any) -> str:
    """Hex sha256 of a document's canonical text."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()
