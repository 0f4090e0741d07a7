"""Super logic regions of a chain: its `crossing` kernels say where it leaves one. Takes kernels; gives regions."""

from __future__ import annotations

from collections.abc import Sequence

from speckleforge.ir.kernel import Kernel


def regions_of(kernels: Sequence[Kernel]) -> tuple[int | None, ...]:
    """The region of each kernel; None for all where the chain never leaves one: then the placer decides.

    A crossing counts to the region that it enters, where its FIFO is.
    """
    now: int | None = next(
        (int(leaves) for kernel in kernels if (leaves := getattr(kernel, "leaves", None)) is not None), None
    )
    found = []
    for kernel in kernels:
        now = int(getattr(kernel, "enters", now)) if now is not None else None
        found.append(now)
    return tuple(found)
