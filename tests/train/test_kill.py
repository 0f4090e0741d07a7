"""Training in a real child process: killed in the middle and run again, it ends with the bytes of an unbroken run."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import speckleforge
from speckleforge.fixed.types import unsigned
from speckleforge.ir.topology import structure
from speckleforge.ir.types import TensorType
from tests.networks import topology
from tests.small_data import CLASSES, TRAIN

EPOCHS = 6
LAYERS = [
    ("compand", {"rule": "sqrt", "bits": 4}),
    ("conv2d", {"filters": 8, "kernel": 5}),
    ("batchnorm", {}),
    ("prelu", {}),
    ("maxpool2d", {"size": 2, "ceil": True}),
    ("flatten", {}),
    ("dense", {"units": 24}),
]
AUGMENT = [
    {"dihedral": {}},
    {"rotate": {"degrees": 180.0}},
    {"zoom": {"factor": 1.1}},
    {"shift": {"pixels": 2.0}},
    {"mirror": {}},
    {"drop_patch": {"patches": 2, "size": 0.3}},
    {"noise": {"fluence": 0.3, "gaussian": 0.5}},
]


def write_job(folder: Path, dataset: Path, **train: Any) -> Path:
    """A job file of the stage `train`; its folders lie beside it."""
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows = structure(topology(LAYERS, TensorType(unsigned(8), (1, 16, 16))))
    settings = {**TRAIN, "loss": "triplet", "margin": 0.02, "epochs": EPOCHS, "batch": 16, "augment": AUGMENT, **train}
    settings.pop("temperature")
    job = {
        "module": "speckleforge.train.stage",
        "params": {"train": settings, "network": rows, "classes": CLASSES},
        "inputs": {"dataset": str(dataset)},
        "out": str(folder / "out"),
        "scratch": str(folder / "scratch"),
        "result": str(folder / "result.json"),
        "packages": {"speckleforge": str(Path(speckleforge.__file__).parent)},
    }
    (folder / "job.json").write_text(json.dumps(job))
    return folder / "job.json"


def start(job: Path) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    with (job.parent / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "speckleforge.artifacts.child", str(job)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )


def epochs_of(child: subprocess.Popen[str], kill_behind: str = "") -> list[str]:
    """Epochs that the child reports; it is killed at once behind the one that is named."""
    seen: list[str] = []
    assert child.stdout is not None
    for line in child.stdout:
        seen.append(json.loads(line)["message"].partition(":")[0])
        if seen[-1] == kill_behind:
            child.send_signal(signal.SIGKILL)
            break
    child.stdout.close()
    code = child.wait()
    assert code == (-signal.SIGKILL if kill_behind else 0)
    return seen


def digests(job: Path) -> list[str]:
    names = ("checkpoint.safetensors", "training.json")
    return [hashlib.sha256((job.parent / "out" / name).read_bytes()).hexdigest() for name in names]


def test_killed_at_half_and_run_again_gives_the_bytes_of_an_unbroken_run(tmp_path: Path, dataset: Path) -> None:
    whole = write_job(tmp_path / "whole", dataset)
    assert len(epochs_of(start(whole))) == EPOCHS

    broken = write_job(tmp_path / "broken", dataset)
    epochs_of(start(broken), kill_behind=f"epoch {EPOCHS // 2}")
    assert not (broken.parent / "out" / "checkpoint.safetensors").exists()
    # A kill while the next epoch was being saved leaves a part file, which nothing reads.
    (broken.parent / "scratch" / "epoch.safetensors.part").write_bytes(b"half")
    rest = epochs_of(start(broken))
    assert 1 <= len(rest) <= EPOCHS // 2, "it went on, and did not begin again"
    assert digests(broken) == digests(whole)


def test_the_same_seed_twice_gives_the_same_digests(tmp_path: Path, dataset: Path) -> None:
    jobs = [write_job(tmp_path / name, dataset, epochs=1) for name in ("first", "second")]
    for child in [start(job) for job in jobs]:
        epochs_of(child)
    assert digests(jobs[0]) == digests(jobs[1])
