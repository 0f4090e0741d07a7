"""One small data set for all tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.small_data import make_dataset

    return make_dataset(tmp_path_factory.mktemp("train_data"))
