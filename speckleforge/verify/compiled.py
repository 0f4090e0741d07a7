"""Compiling executions that are C++: the emulator, the HLS sources with their bench. Takes sources; gives programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from speckleforge.tools.process import run_tool

EMULATOR, HLS, HLS_BENCH = "emulator.so", "hls_csim.so", "sf_hls_bench"
# No -march=native: a library must be the same for every machine that shares a store.
STRICT = ("-Wall", "-Wextra", "-Werror")
# Hidden, and no symbols that a process shares: two networks in one process must not share their static memories.
LOCAL = ("-fPIC", "-fvisibility=hidden", "-fno-gnu-unique")
HLS_FLAGS = (
    *("-std=c++14", "-O2", *STRICT, "-Wno-unknown-pragmas"),
    *("-I.", "-Icsim", "-Icsim/stream", "-Icsim/ap_int"),
)


def build_emulator(sources: Path, out: Path, log: Path, compiler: str = "g++") -> Path:
    """Compile `emulator.cpp` in `sources` to the library `out`.

    Raises
    ------
    StageError
        If the compiler fails; names the log.
    """
    return _compile([compiler, "-std=c++20", "-O3", *STRICT, *LOCAL, "-shared", "emulator.cpp"], sources, out, log)


def build_hls(sources: Path, out: Path, log: Path, compiler: str = "g++", flags: Sequence[str] = HLS_FLAGS) -> None:
    """Compile the HLS sources, with stand-ins for the vendor's headers, to `hls_csim.so` and `sf_hls_bench` in `out`.

    Parameters
    ----------
    sources
        The folder `hls/` of a design.
    flags
        Standard of C++, warnings, folders of headers.

    Raises
    ------
    StageError
        If the compiler fails; names the log.
    """
    block = out / "sf_network.o"
    _compile([compiler, *flags, *LOCAL, "-c", "sf_network.cpp"], sources, block, log)
    network = os.fspath(block.resolve())
    _compile([compiler, *flags, *LOCAL, "-shared", network, "csim/library.cpp"], sources, out / HLS, log)
    _compile([compiler, *flags, network, "sf_bench.cpp"], sources, out / HLS_BENCH, log)
    block.unlink()


def _compile(command: list[str], sources: Path, out: Path, log: Path) -> Path:
    run_tool([*command, "-o", os.fspath(out.resolve())], cwd=sources, log=log)
    return out
