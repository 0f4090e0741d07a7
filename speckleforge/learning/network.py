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


class Network(nn.Module):
    """Words in, embeddings out.

    Parameters
    ----------
    rows
        `ir.topology.structure`: list of name, kind, inputs, fields and output shape, the input first.
    input_frac
        Words are multiplied by 2**-input_frac before the first layer (0 where that is a compand).
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], input_frac: int = 0) -> None:
        super().__init__()
        self.input_name, self.input_frac = str(rows[0]["name"]), input_frac
        self.image_shape = tuple(rows[0]["shape"])
        shapes = {row["name"]: tuple(row["shape"]) for row in rows}
        self.rows = [(row["name"], row["inputs"][0]) for row in rows if row["kind"] not in UNTRAINED]
        self.steps = nn.ModuleDict(
            {
                row["name"]: facet(row["kind"], "torch").build(row["fields"], shapes[row["inputs"][0]])
                for row in rows
                if row["kind"] not in UNTRAINED
            }
        )
        # Channels last: convolutions and pools of few channels train 1.5 times as fast on one core.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        """Words [N, rows, columns] (any integer type) -> float32 embeddings [N, L], not normalised."""
        image = words.to(torch.float32).reshape(-1, *self.image_shape)
        image = image.contiguous(memory_format=torch.channels_last)
        values = {self.input_name: image * 2.0**-self.input_frac}
        last = self.input_name
        for name, source in self.rows:
            values[name], last = self.steps[name](values[source]), name
        return values[last]

    def tensors(self) -> dict[str, torch.Tensor]:
        """Trained tensors by `<node>.<parameter>`, detached copies."""
        return {name.removeprefix("steps."): value.detach().clone() for name, value in self.named_parameters()}

    def load(self, tensors: Mapping[str, torch.Tensor], where: str) -> None:
        """Take the values of `tensors`.

        Raises
        ------
        FormatError
            If a tensor is missing or has another shape.
        """
        problems = []
        with torch.no_grad():
            for name, value in self.named_parameters():
                key = name.removeprefix("steps.")
                got = tuple(tensors[key].shape) if key in tensors else None
                if got != tuple(value.shape):
                    problems.append(Problem(f"tensor '{key}'", where, str(got or "missing"), str(tuple(value.shape))))
                else:
                    value.copy_(tensors[key])
        if problems:
            raise FormatError(problems)

    def embed(self, words: NDArray[Any], batch: int = 256) -> NDArray[np.float32]:
        """Embeddings of many patterns, without gradients: float32 [N, L]."""
        with torch.no_grad():
            parts = [self(torch.from_numpy(np.array(words[i : i + batch]))) for i in range(0, len(words), batch)]
        return np.asarray(torch.cat(parts).numpy())


def input_frac(rows: Sequence[Mapping[str, Any]], words: NDArray[Any]) -> int:
    """Fraction bits of the input words: 0 before a compand (it takes integers), else words come to about [0, 1)."""
    if len(rows) > 1 and rows[1]["kind"] == "compand":
        return 0
    return int(np.ceil(np.log2(float(np.quantile(words[:: max(len(words) // 500, 1)], 0.999)) + 1)))
