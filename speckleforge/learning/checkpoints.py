"""Resuming: the state after each epoch, in one file that is published by rename. Takes and gives a `State`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from speckleforge.learning.network import Network

NAME = "epoch.safetensors"


@dataclass
class State:
    """All that the next epoch depends on, and the best network so far."""

    epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = -1.0
    best: dict[str, torch.Tensor] = field(default_factory=dict)


def _optimiser_tensors(network: Network, adam: torch.optim.Adam) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, parameter in network.named_parameters():
        for key, value in adam.state[parameter].items():
            tensors[f"adam.{key}.{name}"] = value
    return tensors


def save(folder: Path, state: State, network: Network, adam: torch.optim.Adam) -> None:
    """Write the state; a kill at any time leaves the old file or the new one."""
    tensors = {f"now.{key}": value for key, value in network.state().items()}
    tensors |= {f"best.{key}": value for key, value in state.best.items()}
    tensors |= _optimiser_tensors(network, adam)
    record = {
        "epoch": state.epoch,
        "history": state.history,
        "best_epoch": state.best_epoch,
        "best_score": state.best_score,
    }
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / (NAME + ".part")
    tensors = {key: value.contiguous() for key, value in tensors.items()}
    save_file(tensors, part, metadata={"state": json.dumps(record)})
    part.replace(folder / NAME)


def resume(folder: Path, network: Network, adam: torch.optim.Adam) -> State:
    """Take up the state in `folder`; a fresh one where there is none or it cannot be read."""
    try:
        with safe_open(folder / NAME, framework="pt") as file:
            record = json.loads(file.metadata()["state"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except (FileNotFoundError, SafetensorError):
        return State()
    network.load_state({key.removeprefix("now."): v for key, v in tensors.items() if key.startswith("now.")}, NAME)
    for name, parameter in network.named_parameters():
        keys = ("step", "exp_avg", "exp_avg_sq")
        adam.state[parameter] = {key: tensors[f"adam.{key}.{name}"].clone() for key in keys}
    best = {key.removeprefix("best."): value for key, value in tensors.items() if key.startswith("best.")}
    return State(record["epoch"], record["history"], record["best_epoch"], record["best_score"], best)
