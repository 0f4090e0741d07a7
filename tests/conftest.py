"""Switches of the tests. Golden files are compared; `--update-goldens` writes them anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one switch that renews golden files; read the difference before it is committed."""
    parser.addoption("--update-goldens", action="store_true", help="write golden files anew instead of comparing them")


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """True where golden files are to be written."""
    return bool(request.config.getoption("--update-goldens"))
