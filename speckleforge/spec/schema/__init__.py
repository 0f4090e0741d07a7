"""The JSON Schema (draft-07) of a spec, put together by section. Takes the registered layers; gives one document.

`../schema.json` is its text, for editors. Defaults live here and nowhere else.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from speckleforge.spec.schema import data, hardware, learning, network, proof
from speckleforge.spec.schema.network import layer_kinds, layer_schema
from speckleforge.spec.schema.parts import Schema, keys

__all__ = ["FILE", "build", "current", "layer_kinds", "layer_schema", "text"]

FILE = Path(__file__).resolve().parent.parent / "schema.json"


def build() -> Schema:
    """The schema of a spec."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://speckleforge.invalid/schema/spec-1.json",
        "title": "speckleforge spec",
        **keys(
            "One network, the data it learns from and the hardware it becomes",
            {
                "forge": {"const": 1, "description": "version of this language"},
                "name": {
                    "type": "string",
                    "pattern": "^[a-z][a-z0-9_-]{0,63}$",
                    "description": "name of the build: its results appear in build/<name>",
                },
                "preprocess": data.preprocess(),
                "model": network.model(),
                "data": data.data(),
                "train": learning.train(),
                "precision": network.precision(),
                "quantize": learning.quantize(),
                "hardware": hardware.hardware(),
                "gates": proof.gates(),
                "verify": proof.verify(),
                "evaluate": proof.evaluate(),
            },
            ("forge", "name", "model", "precision", "hardware"),
        ),
    }


def text() -> str:
    """The schema as it stands in `schema.json`."""
    return json.dumps(build(), indent=2, ensure_ascii=False) + "\n"


@cache
def current() -> Schema:
    """The schema, built once per process."""
    return build()
