"""Layers: one folder each, its facets apart.

Facets: `op`, `torch`, `quantise`, `onnx`, `reference`, `kernel`, `cost`, `kernel.sv`, `emulator.h`.

A folder with an `op.py` is a layer of the spec language; one with only a `kernel.py` is an adapter between streams.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from speckleforge.errors import DesignError, Problem, did_you_mean

if TYPE_CHECKING:  # an edit to either must not reach stages that load no such facet
    from speckleforge.ir.kernel import Kernel
    from speckleforge.ir.op import Op

FOLDER = Path(__file__).parent


@cache
def kinds(facet: str = "op.py") -> tuple[str, ...]:
    """Names of the folders that hold `facet` (a file name), sorted."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{facet}")))


@cache
def facet(kind: str, name: str) -> ModuleType:
    """The module `layers/<kind>/<name>.py`.

    Raises
    ------
    DesignError
        If the kind has no such facet.
    """
    known = kinds(f"{name}.py")
    if kind not in known:
        raise DesignError(
            Problem(
                f"no layer with a {name} facet",
                got=kind,
                allowed=", ".join(known),
                next_step=did_you_mean(kind, known),
            )
        )
    return importlib.import_module(f"speckleforge.layers.{kind}.{name}")


def op_class(kind: str) -> type[Op]:
    """The operator class of a layer (`OP` of its `op.py`)."""
    found: type[Op] = facet(kind, "op").OP
    return found


def kernel_class(kind: str) -> type[Kernel]:
    """The kernel class of a layer or adapter (`KERNEL` of its `kernel.py`)."""
    found: type[Kernel] = facet(kind, "kernel").KERNEL
    return found
