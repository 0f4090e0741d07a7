"""Files of trained networks. Takes a path; gives named tensors as they stand there; never runs what a file asks for."""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from speckleforge.errors import FormatError, Problem

KINDS = "a .safetensors file, or a PyTorch state dict (torch.save(model.state_dict(), FILE))"


@dataclass(frozen=True)
class File:
    """What a file holds.

    Attributes
    ----------
    name
        Of the file, for messages.
    tensors
        By name, in the order of the file.
    ordered
        True if that order is the order in which the model made its layers.
    """

    name: str
    tensors: Mapping[str, torch.Tensor]
    ordered: bool


def read_file(path: Path) -> File:
    """Read a trained network; which kind it is, the first bytes tell.

    Raises
    ------
    FormatError
        If it is neither kind, is damaged, or asks for code to be run.
    """
    with path.open("rb") as file:
        head = file.read(9)
    if head[8:9] == b"{":  # after the length of the header, whose first byte may be that of a pickle
        try:
            return File(path.name, _plain_names(load_file(path)), ordered=False)
        except SafetensorError as error:
            raise FormatError(Problem("a damaged safetensors file", path.name, str(error))) from error
    if head[:2] == b"PK" or head[:1] == b"\x80":
        return File(path.name, _plain_names(_state_dict(_unpickled(path), path.name)), ordered=True)
    step = "fetch its content with `git lfs pull`" if head == b"version h" else ""
    raise FormatError(Problem("not a trained network", path.name, repr(head), KINDS, step))


def _unpickled(path: Path) -> Any:
    """The content of a PyTorch file, by the reader that knows tensors and plain containers and calls nothing else."""
    try:
        # By its content: torch chooses its reader by the name where it gets one.
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        asked = re.search(r"(?:GLOBAL|Unsupported class|global) `?([\w.]+\.[\w.]+)", str(error))
        raise FormatError(
            Problem(
                "refused: the file holds more than tensors, and reading it would run code",
                path.name,
                asked.group(1) if asked else str(error).splitlines()[0],
                KINDS,
                "save the state dict alone: torch.save(model.state_dict(), FILE)",
            )
        ) from error
    except Exception as error:  # damaged archives, TorchScript, old formats: torch raises many kinds
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FormatError(Problem("not a PyTorch state dict", path.name, first[:200], KINDS)) from error


def _is_state(value: Any) -> bool:
    """True for a non-empty mapping of names to tensors."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(key, str) and isinstance(item, torch.Tensor) for key, item in value.items())
    )


def _state_dict(content: Any, name: str) -> Mapping[str, torch.Tensor]:
    """The state dict, also from within the one mapping that training scripts often save around it."""
    if _is_state(content):
        return dict(content)
    inner = [value for value in content.values() if _is_state(value)] if isinstance(content, Mapping) else []
    if len(inner) == 1:
        return dict(inner[0])
    got = ", ".join(map(str, list(content)[:8])) if isinstance(content, Mapping) else type(content).__name__
    what = "holds several state dicts" if inner else "holds no state dict"
    raise FormatError(Problem(what, name, got, KINDS))


def _plain_names(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Without the `module.` that data-parallel training puts before every name, and without counters of batches."""
    if tensors and all(key.startswith("module.") for key in tensors):
        tensors = {key.removeprefix("module."): value for key, value in tensors.items()}
    return {key: value for key, value in tensors.items() if key.rpartition(".")[2] != "num_batches_tracked"}
