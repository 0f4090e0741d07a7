"""Class priors: shares of the frames that one expects at the beam line. Takes what a spec declares; gives all shares.

They are a declaration and never a measurement: purity and data reduction of the veto are meant for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BACKGROUND = "background"
BACKGROUND_SHARE = 0.9
"""Most pulses of a single-particle experiment hit nothing; hit rates from one to ten percent are usual."""
TOLERANCE = 1e-6


def class_priors(classes: Sequence[str], declared: Mapping[str, float]) -> dict[str, float]:
    """Share of every class, in the order of `classes`; they sum to 1.

    Parameters
    ----------
    classes
        All classes.
    declared
        Shares of some classes; what they leave is divided evenly among the others. If empty: `BACKGROUND_SHARE` for
        background where there is such a class.
    """
    known = dict(declared) or ({BACKGROUND: BACKGROUND_SHARE} if BACKGROUND in classes and len(classes) > 1 else {})
    others = [name for name in classes if name not in known]
    rest = max(1.0 - sum(known.values()), 0.0) / max(len(others), 1)
    shares = {name: float(known.get(name, rest)) for name in classes}
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def faults(classes: Sequence[str], declared: Mapping[str, float]) -> tuple[list[str], str]:
    """Declared classes that do not exist, and what is wrong with the sum (empty if nothing)."""
    unknown = [name for name in declared if name not in classes]
    total = sum(declared.values())
    if declared and total > 1 + TOLERANCE:
        return unknown, "the shares sum to more than 1"
    if set(declared) >= set(classes) and total < 1 - TOLERANCE:
        return unknown, "the shares of all classes sum to less than 1"
    return unknown, ""
