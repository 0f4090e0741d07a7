"""The generated C++ emulator from Python. Takes its sources or its built library; gives the integers at every node."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import FormatError, Problem
from speckleforge.fixed.arithmetic import Ints
from speckleforge.ir.text import parse_topology
from speckleforge.ir.topology import Topology
from speckleforge.layers import op_class
from speckleforge.tools.process import run_tool

LIBRARY = "emulator.so"
# No -march=native: the library must be the same for every machine that shares a store.
FLAGS = ("-std=c++20", "-O3", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=default")


def build_command(compiler: str, sources: Path, out: Path) -> list[str]:
    """The command that compiles the emulator in folder `sources` to the library `out`."""
    return [compiler, *FLAGS, "emulator.cpp", "-o", os.fspath(out.resolve())]


def build(sources: Path, out: Path, log: Path, compiler: str = "g++") -> Path:
    """Compile `emulator.cpp` in `sources` to `out`.

    Raises
    ------
    StageError
        If the compiler fails; names the log.
    """
    run_tool(build_command(compiler, sources, out), cwd=sources, log=log)
    return out


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    """Types of the C interface (`sf_emulator.h`)."""
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "sf_topology": (ctypes.c_char_p, []),
        "sf_layout_id": (ctypes.c_uint32, []),
        "sf_create": (pointer, []),
        "sf_destroy": (None, [pointer]),
        "sf_load": (ctypes.c_int, [pointer, ctypes.c_char_p, size]),
        "sf_error": (ctypes.c_char_p, [pointer]),
        "sf_run": (ctypes.c_int, [pointer, pointer, size, ctypes.POINTER(pointer)]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Emulator:
    """A built emulator. Not for several threads at once.

    Parameters
    ----------
    path
        The library that `build` made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._library = _declare(ctypes.CDLL(os.fspath(path.resolve())))
        except (OSError, AttributeError) as error:
            raise FormatError(Problem("not an emulator library", path.name, str(error))) from error
        self.topology: Topology = parse_topology(self._library.sf_topology().decode(), op_class)
        self.layout_id: int = self._library.sf_layout_id()
        self._network = self._library.sf_create()

    def __del__(self) -> None:
        if getattr(self, "_network", None):
            self._library.sf_destroy(self._network)
            self._network = None

    def _check(self, code: int) -> None:
        if code:
            raise FormatError(Problem(self._library.sf_error(self._network).decode(), "emulator"))

    def load(self, image: bytes) -> Emulator:
        """Load a weight image; raises `FormatError` where the emulator refuses it."""
        self._check(self._library.sf_load(self._network, image, len(image)))
        return self

    def run(self, words: NDArray[Any], nodes: Iterable[str] | None = None) -> dict[str, Ints]:
        """Run frames.

        Parameters
        ----------
        words
            Unsigned integers [N, channels, rows, columns] (or [N, rows, columns] for one channel).
        nodes
            Nodes to return; the last one if left out.

        Returns
        -------
        dict
            Node -> int64 [N, *shape].
        """
        order = [node.name for node in self.topology]
        wanted = [order[-1]] if nodes is None else [self.topology.node(name).name for name in nodes]
        frames = self._frames(words)
        found = {name: np.empty((len(frames), *self.topology.node(name).out.shape), np.int32) for name in wanted}
        pointers = (ctypes.c_void_p * len(order))(*(found[n].ctypes.data if n in found else None for n in order))
        self._check(self._library.sf_run(self._network, frames.ctypes.data, len(frames), pointers))
        return {name: values.astype(np.int64) for name, values in found.items()}

    def _frames(self, words: NDArray[Any]) -> NDArray[np.uint16]:
        """uint16, contiguous, of the input's shape."""
        first = self.topology.nodes[0].out
        size = first.size * len(words)
        if words.size != size or (words.size and (words.min() < 0 or words.max() > first.type.max)):
            got = f"{words.dtype}{list(words.shape)}"
            raise FormatError(Problem("words are not the network's input", "emulator", got, f"[N] of {first}"))
        return np.ascontiguousarray(words, dtype=np.uint16)
