"""What shaped the results of a run besides sources, part and clock. Takes options and constraints; gives a digest.

A manifest carries it, so that results of other settings are not taken for those of a build. What changes no result, or
is known by a digest of its own (threads, lengths of reports, activity, a reference), is not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from speckleforge.synth.amd.options import HlsOptions, VivadoOptions


def hls_settings(options: HlsOptions) -> str:
    """sha256 (hex) of what shapes C synthesis; which other steps run with it does not."""
    names = ("reset", "uncertainty_percent", "name_max_length")
    return _digest({name: getattr(options, name) for name in names})


def vivado_settings(options: VivadoOptions, constraints: Mapping[str, str]) -> str:
    """sha256 (hex) of steps, directives, and the texts of the constraint files."""
    shaped = {
        "flow": options.flow,
        "steps": options.ordered(),
        "directives": vars(options.directives),
        "slr_pblocks": options.slr_pblocks,
        "constraints": dict(constraints),
    }
    return _digest(shaped)


def _digest(shaped: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(shaped, sort_keys=True).encode()).hexdigest()
