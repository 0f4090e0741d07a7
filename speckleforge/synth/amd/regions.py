"""Super logic regions of a design's kernels. Takes the design's text; gives the region of each instance of the core.

Reads the text alone: what a kernel computes, and the code that says so, must not be in the key of a run of Vivado.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.regions import regions_of
from speckleforge.ir.text import parse_line


def kernel_regions(design: str) -> dict[str, int]:
    """Instance name in `sf_core` -> region; empty where the chain never leaves a region.

    Raises
    ------
    DesignError
        The text is no design.
    """
    _, found, kernels = design.partition("\nkernels\n")
    if not found:
        raise DesignError(Problem("not a design", got=design[:40], allowed="a text with its kernels"))
    lines = [parse_line(raw, number) for number, raw in enumerate(kernels.splitlines(), start=1)]
    where = regions_of([cast(Kernel, SimpleNamespace(**line.fields)) for line in lines])
    return {f"u_{line.name}": region for line, region in zip(lines, where, strict=True) if region is not None}
