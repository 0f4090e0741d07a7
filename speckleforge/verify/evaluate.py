"""The stage `evaluate`: accuracy of the hardware's own integers. Runs every test pattern through the emulator.

Takes the data set, the built emulator, the weight image and the float network's embeddings; gives `accuracy.json`.
Of the network's floats it sees nothing else. `docs/evaluation.md` defines every figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import SPLITS, Dataset, read_dataset
from speckleforge.artifacts.episodes import Indices
from speckleforge.artifacts.fewshot import likeness
from speckleforge.errors import FormatError, Problem
from speckleforge.verify.compiled import EMULATOR
from speckleforge.verify.evaluation import area, photons
from speckleforge.verify.evaluation.applicability import applicability_record
from speckleforge.verify.evaluation.baseline import Baseline, Labelled, baseline_record, fit_baseline, labelled
from speckleforge.verify.evaluation.decisions import decisions
from speckleforge.verify.evaluation.intensity import measure_intensity
from speckleforge.verify.evaluation.patterns import Measured, head_of, measure
from speckleforge.verify.evaluation.shots import by_shots, each_particle, episode_confusion, single_vs_multi
from speckleforge.verify.evaluation.sweeps import sweep_of
from speckleforge.verify.evaluation.trial import Progress, Record, Trial, data_record, origin, protocol, trial_of
from speckleforge.verify.evaluation.veto import veto_record
from speckleforge.verify.library import Library

BY_SHOTS = ("integer", "float")
WITH_EPISODES = (*BY_SHOTS, "single_vs_multi", "baseline", "veto", "over_photons", "over_missing_area", "per_particle")


class Passes:
    """Progress over `count` passes over patterns; each tells its own share from 0 to 1."""

    def __init__(self, report: Progress, count: int) -> None:
        self._report, self._count, self._done = report, count, 0

    def __call__(self, done: float, message: str) -> None:
        """Tell the share of this pass that is done."""
        self._report(min(self._done + done, self._count) / self._count, message)
        self._done += done >= 1


@dataclass(frozen=True)
class Evidence:
    """All that the figures are made of.

    Attributes
    ----------
    data, rows
        The data set and the positions of its test patterns.
    emulator, measured
        The hardware's integers, and what can make more of them.
    floats
        float32 [N, L]: the float network's embeddings of the test patterns.
    splits
        Intensity, labels and particles of every split.
    """

    data: Dataset
    rows: Indices
    emulator: Library
    measured: Measured
    floats: NDArray[np.float32]
    splits: Mapping[str, Labelled]


def float_embeddings(ctx: StageContext, count: int) -> NDArray[np.float32]:
    """The float network's embeddings [N, L] of the test patterns.

    Raises
    ------
    FormatError
        If they are not of `count` patterns.
    """
    values: NDArray[np.float32] = np.load(ctx.inputs["floats"], allow_pickle=False)
    if values.ndim != 2 or len(values) != count:
        what = "embeddings of the float network are not of this data set"
        raise FormatError(Problem(what, ctx.inputs["floats"].name, str(values.shape), f"({count}, L)"))
    return values


def gather(ctx: StageContext, progress: Progress) -> Evidence:
    """Read the inputs and run the test patterns.

    Raises
    ------
    FormatError
        If the image is not for this emulator, or the data set has no test patterns of the network's input shape.
    """
    data = read_dataset(ctx.inputs["dataset"])
    rows = data.indices("test")
    if not len(rows):
        raise FormatError(Problem("the data set has no test patterns", "dataset"))
    floats = float_embeddings(ctx, len(rows))
    emulator = Library(ctx.inputs["simulators"] / EMULATOR).load(ctx.inputs["weights"].read_bytes())
    measured = measure(emulator, data, rows, progress)
    splits = {name: labelled(data, *measure_intensity(data, name, progress)) for name in SPLITS}
    return Evidence(data, rows, emulator, measured, floats, splits)


def figures(found: Evidence, trial: Trial, priors: Mapping[str, float], progress: Progress) -> Record:
    """Everything that needs episodes; reasons where the data allow none."""
    if not trial.shots:
        reason = "the test split has too few patterns of a class for any of the shots asked"
        return {name: {"reason": reason} for name in WITH_EPISODES}
    integers, bits = found.measured.embeddings, trial.prototype_bits
    passes = area.PASSES + photons.PASSES
    sweep = sweep_of(found.emulator, found.data, found.rows, trial, integers, passes=passes)
    own = found.splits["test"].intensity.total
    baseline = fit_baseline(found.splits, trial)
    return {
        "integer": by_shots(integers, trial, bits),
        "float": by_shots(found.floats, trial, None),
        "single_vs_multi": single_vs_multi(integers, found.floats, trial),
        "baseline": baseline_record(baseline, integers, trial, found.data.q_units),
        "per_particle": per_particle(found, trial, baseline),
        "veto": veto_record(integers, trial, priors),
        "over_photons": photons.over_photons(sweep, trial, integers, own, progress),
        "over_missing_area": area.missing_area(sweep, progress),
    }


def per_particle(found: Evidence, trial: Trial, baseline: Baseline | None) -> Record:
    """Accuracy of every test particle, ascending, by shots: several trainings are compared particle by particle."""
    hardware = partial(likeness, found.measured.embeddings, bits=trial.prototype_bits)
    record: Record = {
        "particle": np.unique(trial.particles[trial.particles >= 0]).tolist(),
        "integer": each_particle(hardware, trial),
        "float": each_particle(partial(likeness, found.floats), trial),
    }
    if baseline is not None:
        record["baseline"] = each_particle(baseline.few, trial)
    if trial.pair is not None:
        record["single_vs_multi"] = each_particle(hardware, trial, trial.pair)
    return record


def with_origin(record: Record, about: Record) -> Record:
    """Every section, and every number of shots, with the stage and the condition of its data."""
    found = {
        name: {**section, **about} if isinstance(section, dict) and name not in BY_SHOTS else section
        for name, section in record.items()
    }
    for name in BY_SHOTS:
        found[name] = {
            shots: {**value, **about} if isinstance(value, dict) else value for shots, value in record[name].items()
        }
    return found


def confusions(found: Evidence, trial: Trial, head: Record) -> Record:
    """From the episodes, and from the image's own prototypes."""
    boot = {"boot_image": head["confusion"]}
    return {"episodes": episode_confusion(found.measured.embeddings, trial), **boot} if trial.shots else boot


def build_record(found: Evidence, trial: Trial, priors: Mapping[str, float], progress: Progress) -> Record:
    """All sections that carry their origin."""
    head = decisions(found.measured.records, trial.labels, trial.classes)
    return {
        **figures(found, trial, priors, progress),
        "head": head,
        "confusion": confusions(found, trial, head),
        "applicability": applicability_record(found.data, found.splits, found.measured.saturated, trial.classes),
    }


def run(ctx: StageContext) -> None:
    """Evaluate; errors as `gather` tells them."""
    progress = Passes(ctx.progress, 1 + len(SPLITS) + area.PASSES + photons.PASSES)
    found = gather(ctx, progress)
    labels, particles = found.data.label[found.rows], found.data.particle[found.rows]
    bits = head_of(found.emulator.topology)[1].prototypes.bits
    trial = trial_of(labels, particles, ctx.params["classes"], ctx.params["shots"], bits)
    attributes = found.data.attributes
    record = with_origin(build_record(found, trial, ctx.params["priors"], progress), origin(attributes))
    about = {
        "data": data_record(attributes),
        "engine": "emulator",
        "patterns": len(found.rows),
        "particles": len(np.unique(particles[particles >= 0])),
        "protocol": protocol(trial, ctx.params["shots"]),
        "saturated": found.measured.saturated,
    }
    ctx.write_json("accuracy.json", {**record, **about})
