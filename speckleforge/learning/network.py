"""The network of a spec as a torch module. Takes structure rows; layers build themselves (`layers/<kind>/torch.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from speckleforge.errors import FormatError, Problem
from speckleforge.layers import facet

UNTRAINED = ("input", "head")
"""Kinds without a torch module: the head holds prototypes, which are enrolled and not trained."""
FOLDED = "batchnorm"
"""The kind that a checkpoint does not hold: the linear layer before it has taken it up."""


class Network(nn.Module):
    """Words in, embeddings out.

    Parameters
    ----------
    rows
        `ir.topology.structure`: list of name, kind, inputs, fields and output shape, the input first.
    input_frac
        Words are multiplied by 2**-input_frac before the first layer (0 where that is a compand).
    folded
        Batch normalisations pass values on as they are: their linear layers hold them (`learning.folding`).
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], input_frac: int = 0, *, folded: bool = False) -> None:
        super().__init__()
        self.structure, self.folded = rows, folded
        self.input_name, self.input_frac = str(rows[0]["name"]), input_frac
        self.image_shape = tuple(rows[0]["shape"])
        self.kinds = {row["name"]: row["kind"] for row in rows}
        self.rows = [(row["name"], row["inputs"][0]) for row in rows if row["kind"] not in UNTRAINED]
        self.steps = nn.ModuleDict({row["name"]: self._module(row) for row in rows if row["kind"] not in UNTRAINED})
        # Channels last: convolutions and pools of few channels train 1.5 times as fast on one core.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _module(self, row: Mapping[str, Any]) -> nn.Module:
        """The torch facet of one row."""
        if self.folded and row["kind"] == FOLDED:
            return nn.Identity()
        shapes = {other["name"]: tuple(other["shape"]) for other in self.structure}
        module: nn.Module = facet(row["kind"], "torch").build(row["fields"], shapes[row["inputs"][0]])
        return module

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        """Words [N, rows, columns] (any integer type) -> float32 embeddings [N, L], not normalised."""
        image = words.to(torch.float32).reshape(-1, *self.image_shape)
        image = image.contiguous(memory_format=torch.channels_last)
        values = {self.input_name: image * 2.0**-self.input_frac}
        last = self.input_name
        for name, source in self.rows:
            values[name], last = self.steps[name](values[source]), name
        return values[last]

    def constants(self) -> dict[str, torch.Tensor]:
        """Buffers that are data and not learned, by `<node>.<kind>`: `mask_1.mask`, `pedestal_1.pedestal`."""
        buffers = {name.removeprefix("steps."): value for name, value in self.named_buffers()}
        return {key: value for key, value in buffers.items() if self.kinds[key.split(".")[0]] == key.split(".")[1]}

    def set_constants(self, calibration: Mapping[str, NDArray[Any]]) -> None:
        """Fill the constants from what the data set knows of the detector.

        Parameters
        ----------
        calibration
            `mask`, `pedestal` -> integers [rows, columns] in words; the network holds a pedestal scaled as its input.

        Raises
        ------
        FormatError
            If one is missing or has another shape.
        """
        problems = []
        for key, value in self.constants().items():
            kind = key.split(".")[1]
            found = calibration.get(kind)
            if found is None or found.shape != tuple(value.shape):
                got = "missing" if found is None else str(found.shape)
                problems.append(Problem(f"no fitting {kind} for layer {key}", "dataset", got, str(tuple(value.shape))))
            else:
                scale = 2.0**-self.input_frac if kind == "pedestal" else 1.0
                value.copy_(torch.from_numpy(np.asarray(found, np.float32) * np.float32(scale)))
        if problems:
            raise FormatError(problems)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Trained tensors and constants by `<node>.<parameter>`, detached copies."""
        trained = {name.removeprefix("steps."): value for name, value in self.named_parameters()}
        return {key: value.detach().clone() for key, value in (trained | self.constants()).items()}

    def state(self) -> dict[str, torch.Tensor]:
        """All that a forward pass depends on, running statistics included: what a resumed training takes up."""
        return {key.removeprefix("steps."): value.detach().clone() for key, value in self.state_dict().items()}

    def load(self, tensors: Mapping[str, torch.Tensor], where: str) -> None:
        """Take the values of `tensors`, which `tensors()` gave.

        Raises
        ------
        FormatError
            If a tensor is missing or has another shape.
        """
        trained = {name.removeprefix("steps."): value for name, value in self.named_parameters()}
        _copy(trained | self.constants(), tensors, where)

    def load_state(self, tensors: Mapping[str, torch.Tensor], where: str) -> None:
        """Take the values of `tensors`, which `state()` gave; raises like `load`."""
        _copy({key.removeprefix("steps."): value for key, value in self.state_dict().items()}, tensors, where)

    def embed(self, words: NDArray[Any], batch: int = 256) -> NDArray[np.float32]:
        """Embeddings of many patterns, without gradients: float32 [N, L]."""
        self.eval()
        with torch.no_grad():
            parts = [self(torch.from_numpy(np.array(words[i : i + batch]))) for i in range(0, len(words), batch)]
        return np.asarray(torch.cat(parts).numpy())


def _copy(into: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor], where: str) -> None:
    """Copy tensors of the same names and shapes; raises `FormatError` that names all at fault."""
    problems = []
    for key, value in into.items():
        got = tuple(tensors[key].shape) if key in tensors else None
        if got != tuple(value.shape):
            problems.append(Problem(f"tensor '{key}'", where, str(got or "missing"), str(tuple(value.shape))))
    if problems:
        raise FormatError(problems)
    with torch.no_grad():
        for key, value in into.items():
            value.copy_(tensors[key])


def input_frac(rows: Sequence[Mapping[str, Any]], words: NDArray[Any]) -> int:
    """Fraction bits of the input words: 0 before a compand (it takes integers), else words come to about [0, 1)."""
    if any(row["kind"] == "compand" for row in rows):
        return 0
    return int(np.ceil(np.log2(float(np.quantile(words[:: max(len(words) // 500, 1)], 0.999)) + 1)))
