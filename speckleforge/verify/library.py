"""A generated execution from Python: the emulator, or the HLS C simulation. Takes a built library; gives integers."""

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


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    """Types of the C interface (`sf_library.h`)."""
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "sf_topology": (ctypes.c_char_p, []),
        "sf_outputs": (ctypes.c_char_p, []),
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


class Library:
    """A built execution. Not for several threads at once.

    The HLS C simulation keeps its state in static variables, as hardware does: two objects of one file share weights.

    Parameters
    ----------
    path
        The library.
    engine
        What it is called in errors.

    Attributes
    ----------
    outputs
        What it can give -> the topology's node whose integers that holds.
    """

    def __init__(self, path: Path, engine: str = "emulator") -> None:
        self.engine = engine
        try:
            self._library = _declare(ctypes.CDLL(os.fspath(path.resolve())))
        except (OSError, AttributeError) as error:
            raise FormatError(Problem(f"not a library of the {engine}", path.name, str(error))) from error
        self.topology: Topology = parse_topology(self._library.sf_topology().decode(), op_class)
        rows = [line.split() for line in self._library.sf_outputs().decode().splitlines()]
        self.outputs: dict[str, str] = dict(rows)
        self.layout_id: int = self._library.sf_layout_id()
        self._network = self._library.sf_create()

    def __del__(self) -> None:
        if getattr(self, "_network", None):
            self._library.sf_destroy(self._network)
            self._network = None

    def _check(self, code: int) -> None:
        if code:
            raise FormatError(Problem(self._library.sf_error(self._network).decode(), self.engine))

    def load(self, image: bytes) -> Library:
        """Load a weight image; raises `FormatError` where it is refused."""
        self._check(self._library.sf_load(self._network, image, len(image)))
        return self

    def run(self, words: NDArray[Any], outputs: Iterable[str] | None = None) -> dict[str, Ints]:
        """Run frames.

        Parameters
        ----------
        words
            Unsigned integers [N, channels, rows, columns] (or [N, rows, columns] for one channel).
        outputs
            Names of what to return; the last one if left out.

        Returns
        -------
        dict
            Name -> int64 [N, *shape].
        """
        order = list(self.outputs)
        wanted = [order[-1]] if outputs is None else list(outputs)
        for name in wanted:
            if name not in order:
                raise FormatError(Problem("no such output", self.engine, name, ", ".join(order)))
        frames = self._frames(words)
        found = {n: np.empty((len(frames), *self.topology.node(self.outputs[n]).out.shape), np.int32) for n in wanted}
        pointers = (ctypes.c_void_p * len(order))(*(found[n].ctypes.data if n in found else None for n in order))
        self._check(self._library.sf_run(self._network, frames.ctypes.data, len(frames), pointers))
        return {name: values.astype(np.int64) for name, values in found.items()}

    def _frames(self, words: NDArray[Any]) -> NDArray[np.uint16]:
        """uint16, contiguous, of the input's shape."""
        first = self.topology.nodes[0].out
        size = first.size * len(words)
        if words.size != size or (words.size and (words.min() < 0 or words.max() > first.type.max)):
            got = f"{words.dtype}{list(words.shape)}"
            raise FormatError(Problem("words are not the network's input", self.engine, got, f"[N] of {first}"))
        return np.ascontiguousarray(words, dtype=np.uint16)
