"""A good spec as text, to break in one place: apart from `specs/`, whose figures are tuned."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"


@pytest.fixture
def kcu() -> str:
    return (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")
