"""A short float training on a small data set, for all tests of the stage `quantize`."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from speckleforge.artifacts.context import StageContext  # noqa: E402
from speckleforge.ir.topology import structure  # noqa: E402
from speckleforge.train import stage as training  # noqa: E402
from tests.datasets import CLASSES  # noqa: E402
from tests.quantize.short import TRAIN, network, write_fringes  # noqa: E402
from tests.small_data import context  # noqa: E402


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    folder = tmp_path_factory.mktemp("trained")
    dataset = write_fringes(folder / "dataset")
    rows = [row for row in structure(network()) if row["kind"] != "head"]
    ctx = context(folder / "train", {"train": TRAIN, "network": rows, "classes": CLASSES}, {"dataset": dataset})
    training.run(ctx)
    return ctx
