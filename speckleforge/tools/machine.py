"""What of this machine can shape a result. Takes nothing; gives facets for action keys, each a short text."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

THREADS = 1  # minimal_environment() gives each stage one: sums in another order have other last bits
# The flags on which numerical libraries choose their kernels.
_FLAGS = ("avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve")


def facet(name: str) -> str:
    """The value of a facet: `isa`, `threads` or `python`.

    Raises
    ------
    KeyError
        No facet has this name.
    """
    return _FACETS[name]()


@cache
def instruction_set() -> str:
    """Architecture and vector extensions, such as `x86_64 avx avx2 fma`."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    except OSError:
        text = ""
    words = set(text.split())
    return " ".join([platform.machine(), *(flag for flag in _FLAGS if flag in words)])


def _python() -> str:
    """`3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _threads() -> str:
    """`1`."""
    return str(THREADS)


_FACETS: dict[str, Callable[[], str]] = {"isa": instruction_set, "threads": _threads, "python": _python}
