"""The ordered steps of a spec. Takes them as JSON values and a source; gives the words of the detector link.

Steps of the fabric do nothing here: their maps are brought to the resolution of the words and stored beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.preprocess.bin import Bin
from speckleforge.data.preprocess.common_mode import CommonMode
from speckleforge.data.preprocess.crop import Crop
from speckleforge.data.preprocess.gain import Gain
from speckleforge.data.preprocess.maps import detector_map
from speckleforge.data.preprocess.mask import Mask
from speckleforge.data.preprocess.pedestal import Pedestal
from speckleforge.data.preprocess.photonise import Photonise
from speckleforge.data.preprocess.standardise import Standardise
from speckleforge.data.preprocess.step import Array, Carry, Shape, Step
from speckleforge.data.preprocess.words import word_type
from speckleforge.errors import FormatError, Problem

Entry = Mapping[str, Any]
CARRY: Mapping[str, Carry] = {"pedestal": "sum", "gain": "mean", "mask": "all"}


@dataclass(frozen=True)
class Chain:
    """Steps upstream of the link, and the maps of those in the fabric.

    Attributes
    ----------
    steps
        In order.
    source, output
        Rows and columns of a frame before and after them.
    bits
        Bits of a word.
    fabric
        Step -> its map in the detector's own pixels.
    """

    steps: tuple[Step, ...]
    source: Shape
    output: Shape
    bits: int
    fabric: Mapping[str, Array]

    def apply(self, frames: Array) -> Array:
        """Frames [n, rows, columns] after all upstream steps, before the link saturates them."""
        return reduce(lambda values, step: step.apply(values), self.steps, frames)

    def carry(self, values: Array, rule: Carry) -> Array:
        """A map of the detector at the resolution of the words."""
        return reduce(lambda carried, step: step.carry(carried, rule), self.steps, values)

    def calibration(self) -> dict[str, tuple[NDArray[Any], str]]:
        """Integers and units of the fabric's steps: a pedestal is rounded half to even and fits a word."""
        found: dict[str, tuple[NDArray[Any], str]] = {}
        for name, values in self.fabric.items():
            carried = self.carry(values, CARRY[name])
            if name == "pedestal":
                whole = np.clip(np.rint(carried), 0, 2**self.bits - 1)
                found[name] = (whole.astype(word_type(self.bits)), "ADU")
            elif not carried.any():
                where, step = f"preprocess.{name}", "check its sense (1 is good), or mask before binning"
                raise FormatError(Problem("no pixel of the words is good", where, next_step=step))
            else:
                found[name] = (carried.astype(np.uint8), "1 good, 0 bad")
        return found

    def scattering_vector(self, known: NDArray[np.float32] | None) -> tuple[NDArray[np.float32], str]:
        """|q| of the words and its units; the distance from the frame's middle in pixels where |q| is not known."""
        if known is None:
            rows, columns = (np.arange(side) - (side - 1) / 2 for side in self.source)
            known = np.hypot(rows[:, None], columns[None, :]).astype(np.float32)
            return np.asarray(self.carry(known, "mean"), np.float32), "pixel"
        return np.asarray(self.carry(known, "mean"), np.float32), "1/nm"


@dataclass
class _Builder:
    """Builds the steps one after another; knows the maps and what came before."""

    shape: Shape
    own: Mapping[str, Array]
    files: Mapping[str, Path]
    steps: list[Step] = field(default_factory=list)
    good: Array | None = None

    def map(self, name: str) -> Array:
        """A map of the detector, in its own pixels."""
        return detector_map(name, self.files.get(name), self.own, self.shape)

    def here(self, name: str) -> Array:
        """The same, as it is after the steps so far."""
        return reduce(lambda values, step: step.carry(values, CARRY[name]), self.steps, self.map(name))

    def pedestal(self, keys: Any) -> Step:
        """From a dark run."""
        return Pedestal(np.asarray(self.here("pedestal"), np.float32), self.good)

    def common_mode(self, keys: Any) -> Step:
        """Over the pixels that are good so far."""
        return CommonMode(keys["over"], self.good)

    def gain(self, keys: Any) -> Step:
        """One number, or a map."""
        if "adu_per_photon" in keys:
            return Gain(np.array(keys["adu_per_photon"], np.float32))
        return Gain(np.asarray(self.here("gain"), np.float32))

    def mask(self, keys: Any) -> Step:
        """Good pixels; steps after it may ask for them."""
        self.good = self.here("mask")
        return Mask(self.good)


_PLAIN: Mapping[str, Callable[[Any], Step]] = {
    "photonise": lambda keys: Photonise(keys["threshold"]),
    "crop": lambda keys: Crop(keys["rows"], keys["columns"], keys.get("top"), keys.get("left")),
    "bin": Bin,
    "standardise": lambda keys: Standardise(keys["bits"], keys["low"], keys["high"]),
}


def make_chain(
    entries: Sequence[Entry], shape: Shape, own: Mapping[str, Array], files: Mapping[str, Path], bits: int
) -> Chain:
    """The chain of a spec for frames of `shape`.

    Parameters
    ----------
    entries
        Steps as in the spec, one key each, without `compand`.
    own
        Maps that the source knows itself (`pedestal`, `mask`, `gain`).
    files
        Step -> file of its map, where the spec names one.
    bits
        Bits of a word on the link.

    Raises
    ------
    FormatError
        A map is missing or does not fit, or the frames are too small.
    """
    builder, fabric, output = _Builder(shape, own, files), {}, shape
    for kind, keys in (pair for entry in entries for pair in entry.items()):
        if isinstance(keys, Mapping) and keys.get("place") == "fabric":
            fabric[kind] = builder.map(kind)
            continue
        step = _PLAIN[kind](keys) if kind in _PLAIN else getattr(builder, kind)(keys)
        output = step.shape(output)
        if builder.good is not None and kind != "mask":
            builder.good = step.carry(builder.good, "all")
        builder.steps.append(step)
    return Chain(tuple(builder.steps), shape, output, bits, fabric)
