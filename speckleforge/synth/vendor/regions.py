"""Super logic regions of a design's kernels. Takes the design's text; gives the region of each instance of the core."""

from __future__ import annotations

from speckleforge.ir.design import parse_design
from speckleforge.ir.regions import regions_of
from speckleforge.layers import kernel_class, op_class


def kernel_regions(design: str) -> dict[str, int]:
    """Instance name in `sf_core` -> region; empty where the chain never leaves a region.

    Raises
    ------
    DesignError
        The text is no design.
    """
    instances = parse_design(design, op_class, kernel_class).instances
    where = regions_of([item.kernel for item in instances])
    return {f"u_{item.name}": region for item, region in zip(instances, where, strict=True) if region is not None}
