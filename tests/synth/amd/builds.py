"""Whole builds of a small spec for the KCU1500, quick: what comes before and beside a vendor's tools is made up.

Stages `lower`, `emit`, those of a vendor and `report` run as they are; training, simulation and the open tools give
results that follow from their keys, so that a change goes where it would go.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.cli.main import main
from speckleforge.graph import session
from speckleforge.graph.job import Job
from speckleforge.graph.job import make as really_make
from speckleforge.store.ac import Entry
from speckleforge.store.store import Store
from speckleforge.tools.process import Watch
from tests.synth.amd.fake_tools import SYSTEM, FakeTools, fresh_search, put_on_path

SPEC: Mapping[str, Any] = {
    "forge": 1,
    "name": "tiny",
    "model": {
        "input": [1, 12, 12],
        "latent": 4,
        "layers": [
            {"conv2d": {"filters": 2, "kernel": 3}},
            "relu",
            {"maxpool2d": {"size": 2}},
            "flatten",
            {"dense": {"units": "latent"}},
        ],
        "head": {"prototypes": 4},
    },
    "data": {
        "source": "simulation",
        "condition": "reference",
        "classes": ["background", "single", "multi", "non_sample"],
        "particles": {"train": 4, "validate": 2, "test": 2},
        "patterns": {"train": 4, "validate": 4, "test": 8},
        "seed": 1,
    },
    "train": {"loss": "supcon", "epochs": 1, "batch": 16, "seed": 0},
    "precision": {"input": 4, "weights": 8, "activations": 8},
    "hardware": {"target": "kcu1500", "clock_mhz": 200, "latency_us": 45},
    "gates": {"latency_us": {"at_most": 12}, "utilisation": {"lut": 0.5}},
}
CYCLES = 2000
SYNTHESISED = {"available": 663360, "share": 0.003, "stage": "synthesised", "tool": "yosys 0.70"}
NO_MODEL = {"value": None, "reason": "no timing model for this part without Vivado"}
JSONS: Mapping[str, Mapping[str, Any]] = {
    "training.json": {"best_epoch": 1, "accuracy": {}},
    "conformance.json": {},
    "quantisation.json": {},
    "accuracy.json": {},
    "weights.json": {"image_bytes": 64, "layout_id": "00aa", "image_id": "bb00", "segments": []},
    "synthesis.json": {
        "resources": {"lut": {"value": 2000, **SYNTHESISED}, "ff": {"value": 2500, **SYNTHESISED}},
        "fmax_mhz": NO_MODEL,
    },
    "verification.json": {
        "patterns": 8,
        "engines": ["reference", "rtl"],
        "mismatches": 0,
        "cycles": {"latency_cycles": CYCLES, "interval_cycles": 1900, "after_last_word": 70, "as_predicted": True},
    },
}


def _vectors(folder: Path) -> None:
    for name in ("input", "head_1"):
        np.save(folder / f"{name}.npy", np.zeros((12, 4), dtype=np.int8))


FOLDERS: Mapping[str, Callable[[Path], None]] = {
    "vectors": _vectors,
    "gallery": lambda folder: (folder / "gallery.json").write_text("[]") and None,
    "figures": lambda folder: (folder / "figures.json").write_text("[]") and None,
    "dataset": lambda folder: (folder / "dataset.json").write_text("{}") and None,
    "simulators": lambda folder: (folder / "none").write_text("none") and None,
}
REAL = ("lower", "emit", "csynth", "cosim", "vivado", "vivado_ip", "project", "report")


def make(job: Job, store: Store, watch: Watch) -> tuple[Entry, bool]:
    """The real result of a stage that takes part; a made-up one of any other."""
    if job.document.stage in REAL:
        return really_make(job, store, watch)
    key = job.document.key()
    work = store.root / "made_up" / key
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in job.outputs:
        if name in FOLDERS:
            (work / name).mkdir()
            FOLDERS[name](work / name)
        elif name in JSONS:
            image = work / "weights.bin"
            of = {"sha256": hashlib.sha256(image.read_bytes()).hexdigest()} if image.exists() else {}
            (work / name).write_text(json.dumps({**JSONS[name], **of}))
        else:
            (work / name).write_text(f"{name} {key}\n")
    log = work / "log"
    log.write_text("made up\n")
    entry = Entry(key, job.document.stage, {}, job.document.record(), 0.1, store.cas.put_file(log))
    return store.publish(entry, {name: work / name for name in job.outputs}), False


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """A folder with a spec, a store and `build/`."""

    root: Path

    @property
    def store(self) -> Store:
        return Store(self.root / "cache")

    @property
    def built(self) -> Path:
        """`build/tiny`."""
        return self.root / "build" / "tiny"

    def write(self, **changes: Any) -> None:
        """Write the spec; a change is a path of keys joined by `__`, and its value."""
        spec = json.loads(json.dumps(SPEC))
        for path, value in changes.items():
            *keys, last = path.split("__")
            inner = spec
            for key in keys:
                inner = inner.setdefault(key, {})
            inner[last] = value
        (self.root / "tiny.yaml").unlink(missing_ok=True)  # it may be a link
        (self.root / "tiny.yaml").write_text(json.dumps(spec, indent=1))

    def forge(self, *words: str) -> Ran:
        """Run `forge` with the spec at the end, or where a word is `SPEC`."""
        path = str(self.root / "tiny.yaml")
        given = [path if word == "SPEC" else word for word in words]
        given += [] if words[0] == "cache" or any(word.endswith(("SPEC", ".yaml")) for word in words) else [path]
        given += ["--cache", str(self.root / "cache")] if words[0] != "doctor" else []
        given += ["--out", str(self.root / "build")] if words[0] in ("build", "report") else []
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(given)
        return Ran(code, out.getvalue(), err.getvalue())

    def run_project(self, tools: FakeTools, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Copy `build/tiny/project` to a machine with these tools, and run it there."""
        shutil.copytree(self.built / "project", folder)
        env = {"PATH": f"{tools.bin}:{SYSTEM}"}
        command = ["sh", str(folder / "run.sh"), *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)

    def json(self, name: str) -> Any:
        """A JSON file of the build."""
        return json.loads((self.built / name).read_text(encoding="utf-8"))

    def statuses(self, *words: str) -> dict[str, str]:
        """Build; stage -> status."""
        ran = self.forge("build", "--json", *words)
        assert ran.code == 0, ran.err
        return {row["name"]: row["status"] for row in json.loads(ran.out)["stages"]}


def begin(root: Path, monkeypatch: pytest.MonkeyPatch, *tools: FakeTools) -> Place:
    """A place on a machine with these tools."""
    root.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(session, "make", make)
    put_on_path(monkeypatch, *tools)
    place = Place(root)
    place.write()
    return place


def linked(source: Path, target: Path) -> None:
    """A copy of a place by links: stores and builds replace files and never change them."""
    shutil.copytree(source, target, copy_function=os.link)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The spec with its design and sources in the store, made on a machine without any tool of a vendor."""
    with pytest.MonkeyPatch.context() as monkeypatch, fresh_search():
        place = begin(tmp_path_factory.mktemp("sources"), monkeypatch)
        assert place.statuses("--to", "emit") == {"lower": "run", "emit": "run"}
    return place


@pytest.fixture
def place(sources: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A copy of `sources`, on a machine without any tool of a vendor."""
    linked(sources.root, tmp_path / "place")
    with fresh_search():
        yield begin(tmp_path / "place", monkeypatch)


@pytest.fixture
def vivado(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> FakeTools:
    """Vivado 2023.2 is on that machine."""
    tools = FakeTools(tmp_path / "Vivado" / "2023.2", {"vivado": "2023.2"}).install()
    put_on_path(monkeypatch, tools)
    return tools


@pytest.fixture
def vitis(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> FakeTools:
    """Vivado and Vitis HLS 2023.2 are on that machine."""
    tools = FakeTools(tmp_path / "Vitis" / "2023.2", {"vivado": "2023.2", "vitis_hls": "2023.2"}).install()
    put_on_path(monkeypatch, tools)
    return tools


@dataclass(frozen=True)
class Elsewhere:
    """A place where everything is built but for the vendor's stages, and its project as it was run elsewhere."""

    place: Place
    project: Path

    @property
    def results(self) -> Path:
        return self.project / "results"


@pytest.fixture(scope="session")
def run_elsewhere(sources: Place, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Made once; tests take copies."""
    root = tmp_path_factory.mktemp("elsewhere")
    linked(sources.root, root / "place")
    with pytest.MonkeyPatch.context() as monkeypatch, fresh_search():
        place = begin(root / "place", monkeypatch)
        place.statuses()
        tools = FakeTools(root / "tools", {"vivado": "2023.2", "vitis_hls": "2023.2"}).install()
        done = place.run_project(tools, root / "project")
    assert done.returncode == 0, done.stdout + done.stderr
    return Elsewhere(place, root / "project")


@pytest.fixture
def elsewhere(run_elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """A copy of `run_elsewhere`, on a machine without any tool of a vendor."""
    linked(run_elsewhere.place.root, tmp_path / "place")
    shutil.copytree(run_elsewhere.project, tmp_path / "project")
    with fresh_search():
        yield Elsewhere(begin(tmp_path / "place", monkeypatch), tmp_path / "project")
