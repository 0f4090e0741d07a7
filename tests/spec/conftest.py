"""A good spec as text, to break in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"


@pytest.fixture
def kcu() -> str:
    return (SPECS / "kcu1500.yaml").read_text(encoding="utf-8")
