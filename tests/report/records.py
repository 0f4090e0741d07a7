"""Records as the evaluation gives them (docs/evaluation.md), from a few numbers."""

from __future__ import annotations

from typing import Any

CLASSES = ("background", "single", "multi", "non_sample")
ABOUT = {"stage": "simulated, photons", "condition": "reference"}
SHOTS = {"k1": -0.05, "k5": 0.0, "k10": 0.01, "k20": 0.015}
PRIORS = {"background": 0.9, "single": 0.034, "multi": 0.033, "non_sample": 0.033}


def interval(mean: float, half: float = 0.012) -> dict[str, Any]:
    return {"mean": round(mean, 6), "ci95": [round(mean - half, 6), round(mean + half, 6)]}


def few_shot(mean: float, nearest: float) -> dict[str, Any]:
    """One number of shots."""
    about = {"particles": 20, "episodes": 400, **ABOUT}
    recall = dict(zip(CLASSES, (1.0, mean - 0.08, mean - 0.05, mean + 0.03), strict=True))
    near = {**interval(nearest), "worst_decile": nearest - 0.08}
    return {**interval(mean), "worst_decile": round(mean - 0.07, 6), "recall": recall, "nearest": near, **about}


def at_shots(mean: float, nearest: float) -> dict[str, Any]:
    return {name: few_shot(mean + more, nearest + 2 * more) for name, more in SHOTS.items()}


def pair(balanced: float) -> dict[str, Any]:
    found = {"balanced": balanced, "ci95": [balanced - 0.02, balanced + 0.02], "worst_decile": balanced - 0.1, **ABOUT}
    return {**found, "nearest": {"balanced": balanced - 0.04, "ci95": [balanced - 0.06, balanced - 0.02]}}


def pairs(balanced: float) -> dict[str, Any]:
    return {name: pair(balanced + more) for name, more in SHOTS.items()}


def veto_point(kept_single: float, others: dict[str, float]) -> dict[str, Any]:
    kept = {"single": kept_single, **others}
    of_all = sum(PRIORS[name] * share for name, share in kept.items())
    purity = PRIORS["single"] * kept_single / of_all
    return {
        "threshold": 0.1,
        "kept_single": kept_single,
        "kept": kept,
        "kept_of_all": of_all,
        "data_reduction": 1 - of_all,
        "reduction_factor": 1 / of_all,
        "data_reduction_ci95": [1 - of_all - 0.01, 1 - of_all + 0.01],
        "purity": purity,
        "purity_ci95": [purity - 0.02, purity + 0.02],
    }


def veto() -> dict[str, Any]:
    roc = [[round((n / 100) ** 4, 6), round(1 - (1 - n / 100) ** 3, 6)] for n in range(101)]
    return {
        "shots": 5,
        "priors": PRIORS,
        "auc": 0.981,
        "roc": roc,
        "against": {"multi": {"auc": 0.9, "roc": [[n / 100, (n / 100) ** 0.25] for n in range(101)]}},
        "at": {
            "0.95": veto_point(0.95, {"background": 0.0, "multi": 0.41, "non_sample": 0.05}),
            "0.99": veto_point(0.99, {"background": 0.001, "multi": 0.72, "non_sample": 0.22}),
        },
        **ABOUT,
    }


def stratum(index: int) -> dict[str, Any]:
    low = 900 * 1.7**index
    share = 0.66 + 0.06 * index
    recall = {name: {"share": share + more, "queries": 180} for name, more in (("single", 0.03), ("multi", -0.03))}
    return {"photons": [low, low * 1.7], "mean_photons": low * 1.3, "recall": recall, "single_vs_multi": share, **ABOUT}


def thinned(fraction: float) -> dict[str, Any]:
    mean = 0.92 - 0.05 * (1 / fraction) ** 0.5 + 0.05
    accuracy, both = ({**interval(mean - less), "worst_decile": mean - less - 0.1} for less in (0.0, 0.11))
    return {
        "fraction": fraction,
        "mean_photons": 3000 * fraction,
        "mean_photons_of": {"single": 4000 * fraction},
        "accuracy": accuracy,
        "single_vs_multi": both,
        "recall": {},
        **ABOUT,
    }


def blanked(area: float) -> dict[str, Any]:
    mean = 0.92 - 0.3 * area
    return {
        "asked": area,
        "area": round(area * 1.02, 4),
        "accuracy": {**interval(mean), "worst_decile": mean - 0.1},
        "single_vs_multi": {**interval(mean - 0.12 - 0.1 * area), "worst_decile": mean - 0.2},
        "range": [mean - 0.03 * area, mean + 0.03 * area],
        **ABOUT,
    }


def confusion() -> dict[str, Any]:
    shares = {
        "background": (1.0, 0.0, 0.0, 0.0),
        "single": (0.0, 0.83, 0.16, 0.01),
        "multi": (0.0, 0.11, 0.87, 0.02),
        "non_sample": (0.0, 0.01, 0.03, 0.96),
    }
    share = {truth: dict(zip(CLASSES, row, strict=True)) for truth, row in shares.items()}
    counts = {t: {**{d: round(400 * v) for d, v in row.items()}, "unknown": 5} for t, row in share.items()}
    return {
        "episodes": {"shots": 5, "share": share, "queries": dict.fromkeys(CLASSES, 4000), **ABOUT},
        "boot_image": {**counts},
    }


def applicability() -> dict[str, Any]:
    photons = {name: {"low": 2100.0, "median": 3900.0, "high": 7000.0} for name in CLASSES}
    fluence = {"low": 0.31, "median": 0.92, "high": 1.8}
    return {
        "saturated": {"input": 0.0003, "compand_1": 0.02, "conv2d_1": 0.0, "dense_2": 0.0001},
        "photons": {"train": photons, "test": photons},
        "outside": dict.fromkeys(CLASSES, 0.11),
        "fluence": {"train": fluence, "test": fluence},
        **ABOUT,
    }


def accuracy() -> dict[str, Any]:
    """`accuracy.json`."""
    integer = at_shots(0.912, 0.88)
    return {
        "data": {"source": "simulation", "unit": "photons", **ABOUT},
        "engine": "emulator",
        "patterns": 1600,
        "particles": 20,
        "protocol": {"shots": [1, 5, 10, 20], "headline_shots": 5, "left_out": [], "repeats": 20, "seed": 0},
        "integer": integer,
        "float": at_shots(0.916, 0.884),
        "single_vs_multi": {**pair(0.83), "shots": 5, "integer": pairs(0.83), "float": pairs(0.836)},
        "confusion": confusion(),
        "baseline": {
            "features": ["log of the total"],
            "few_shot": {k: {**found, "single_vs_multi": pair(0.58)} for k, found in at_shots(0.72, 0.69).items()},
            "linear": {**interval(0.78), "worst_decile": 0.7, "single_vs_multi": 0.61, "trained_on": 8000, **ABOUT},
            "margins": {k: {**interval(0.192), "linear": interval(0.132)} for k in SHOTS},
            "margin": {**interval(0.192), "shots": 5, "linear": interval(0.132), **ABOUT},
        },
        "veto": veto(),
        "over_photons": {
            "strata": [stratum(index) for index in range(5)],
            "thinning": [thinned(1 / 2**n) for n in range(5)],
        },
        "over_missing_area": {
            "module": [16, 16],
            "draws": 3,
            "points": [blanked(area) for area in (0, 0.05, 0.1, 0.25, 0.5)],
        },
        "applicability": applicability(),
        "per_particle": {"particle": [1, 2], "integer": {"k5": [0.9, 0.924]}},
        "head": {
            "balanced_accuracy": 0.87,
            "unknown": 0.02,
            "confusion": confusion()["boot_image"],
            "veto": {"kept_of_all": 0.3, "kept": dict.fromkeys(CLASSES, 0.3)},
        },
    }


def training() -> dict[str, Any]:
    """`training.json`."""
    rows = [
        {"epoch": n, "loss": round(3.2 + 0.6 / n, 6), "validate_accuracy": round(0.93 - 0.2 / n, 6)}
        for n in range(1, 11)
    ]
    return {"history": rows, "best_epoch": 9, "seed": 0, "accuracy": {}, "pretrained": False}


def seeds() -> dict[str, Any]:
    """`seeds.json`."""
    means = {"integer": 0.905, "float": 0.91, "baseline": 0.71, "single_vs_multi": 0.825}

    def over(mean: float) -> dict[str, Any]:
        by_seed = [round(mean + more, 6) for more in (0.007, -0.004, -0.003)]
        spread = {"spread": 0.006, "range": [min(by_seed), max(by_seed)], "by_seed": by_seed}
        return {**interval(mean, 0.018), **spread, **ABOUT}

    return {
        "seeds": [0, 1, 2],
        "particles": 20,
        "headline_shots": 5,
        "data": accuracy()["data"],
        **{name: {k: over(mean + more) for k, more in SHOTS.items()} for name, mean in means.items()},
        "margin": {**over(0.195), "shots": 5},
    }
