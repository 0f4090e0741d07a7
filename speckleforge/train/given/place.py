"""A given network's values into ours. Takes a file and our network; gives the folded network and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch

from speckleforge.errors import FormatError, Problem
from speckleforge.learning.folding import fold_tensors
from speckleforge.learning.network import FOLDED, Network
from speckleforge.train.given.names import Pairs, match, refuse
from speckleforge.train.given.read import File, read_file

AVERAGE = "avgpool2d"
LINEAR = ("conv2d", "dense", "depthwise2d")


@dataclass(frozen=True)
class Given:
    """A network with the values of a file.

    Attributes
    ----------
    network
        Batch normalisations folded, constants as they were before.
    record
        Tensor of ours -> of the file; biases taken as zero; factors that true means put into weights.
    """

    network: Network
    record: dict[str, Any]


def place_given(path: Path, network: Network, names: Mapping[str, str], input_frac: int | None = None) -> Given:
    """Read a trained network into the structure of `network`.

    Parameters
    ----------
    path
        A safetensors file (one of our checkpoints, or another's) or a PyTorch state dict.
    network
        The structure, with its constants and the scale of its input.
    names
        A tensor or layer of the file -> ours; empty: told by names, else by order and shape.
    input_frac
        The given network takes words times 2**-input_frac; None: the file says so if it is ours, else as `network`.

    Raises
    ------
    FormatError
        With every tensor that is missing, extra, of another shape, or not finite.
    """
    file = read_file(path)
    scale = file.tensors.get(f"{network.input_name}.frac")
    base = Network(network.structure, _input_frac(network, scale, input_frac), folded=True)
    pairs, target = _matched(file, network, names)
    tensors = _values(file, pairs, target)
    tensors = fold_tensors(network, tensors) if target is network else tensors
    # A checkpoint of ours was trained with our average; whatever else was, with the mean.
    factors = {} if scale is not None else _unscale(network, tensors)
    base.load(network.constants() | tensors, file.name)
    base.eval()
    return Given(base, {"tensors": dict(sorted(pairs.of.items())), "zero": pairs.zero, "mean_factors": factors})


def _input_frac(network: Network, scale: torch.Tensor | None, asked: int | None) -> int:
    if asked is not None:
        return asked
    return network.input_frac if scale is None else int(scale)


def _wanted(network: Network) -> dict[str, tuple[int, ...]]:
    """Names and shapes that a file must hold, in the network's order."""
    constants = network.constants()
    return {
        name: tuple(value.shape)
        for name, value in network.state().items()
        if name not in constants and not name.endswith(".num_batches_tracked")
    }


def _matched(file: File, network: Network, names: Mapping[str, str]) -> tuple[Pairs, Network]:
    """The pairs, and the network they belong to: the one with batch normalisations, or a file that folded them."""
    own = {*network.constants(), f"{network.input_name}.frac"}
    theirs = {name: tuple(value.shape) for name, value in file.tensors.items() if name not in own}
    optional = frozenset(f"{source}.bias" for name, source in network.rows if network.kinds[name] == FOLDED)
    found = match(theirs, _wanted(network), ordered=file.ordered, names=names, optional=optional)
    if found.problems and optional:
        plain = Network(network.structure, folded=True)
        other = match(theirs, _wanted(plain), ordered=file.ordered, names=names, optional=frozenset())
        if not other.problems:
            return other, plain
    refuse(found.problems, file.name)
    return found, network


def _values(file: File, pairs: Pairs, target: Network) -> dict[str, torch.Tensor]:
    """float32 values by our names; raises `FormatError` for what is no number."""
    problems, found = [], {}
    shapes = _wanted(target)
    for name, source in pairs.of.items():
        value = file.tensors[source]
        if not value.is_floating_point() or value.layout != torch.strided:
            problems.append(Problem(f"tensor '{source}' is not of floating point", got=str(value.dtype)))
            continue
        found[name] = value.detach().to(torch.float32).contiguous()
        bad = int((~torch.isfinite(found[name])).sum())
        if bad:
            got = f"{bad} of {value.numel()} values are NaN or beyond float32"
            problems.append(Problem(f"tensor '{source}' is not finite", got=got, next_step="train it again"))
        elif name.endswith(".running_var") and bool((found[name] < 0).any()):
            problems.append(Problem(f"tensor '{source}' is a variance below 0"))
    refuse(problems, file.name)
    return found | {name: torch.zeros(shapes[name]) for name in pairs.zero}


def _unscale(network: Network, tensors: dict[str, torch.Tensor]) -> dict[str, float]:
    """Put the factors of true means into the next linear layers' weights, in place; node -> factor.

    Our average is the sum times a power of two; what stands between it and the next weights (ReLU, pools, flatten)
    passes a factor on, and where no weights follow, the embedding's length means nothing.
    """
    found, factor = {}, 1.0
    fields: dict[str, Mapping[str, Any]] = {row["name"]: row["fields"] for row in network.structure}
    for name, _ in network.rows:
        if network.kinds[name] == AVERAGE:
            window = prod(fields[name]["size"])
            factor *= 2.0 ** (window - 1).bit_length() / window
        elif network.kinds[name] in LINEAR and factor != 1.0:
            tensors[f"{name}.weight"] = (tensors[f"{name}.weight"].double() * factor).to(torch.float32)
            found[name], factor = factor, 1.0
    if any(not bool(torch.isfinite(tensors[f"{name}.weight"]).all()) for name in found):
        raise FormatError(Problem("weights leave float32 when averages are written as sums", ", ".join(found)))
    return found
