"""The table of stages in `docs/architecture.md` is what the graph declares and what specs give them."""

from __future__ import annotations

import re
from pathlib import Path

from speckleforge.graph.stages import STAGES
from speckleforge.spec import load_spec

ROOT = Path(__file__).parents[2]
ANY_JSON = "every json above that exists"


def rows() -> dict[str, list[str]]:
    """Stage -> cells of its row: module, parameters, inputs, outputs."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text[text.index("| stage | module |") :].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0]: row[1:] for row in cells}


def code(cell: str) -> set[str]:
    """The words in backticks; what stands in brackets only explains them."""
    return set(re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", cell)))


def test_every_stage_has_its_row() -> None:
    assert set(rows()) == {stage.name for stage in STAGES}


def test_modules_parameters_and_outputs_are_as_declared() -> None:
    spec = load_spec(ROOT / "specs" / "quickstart.yaml")
    for stage in STAGES:
        module, parameters, _, outputs = rows()[stage.name]
        assert f"speckleforge.{module.strip('`')}" == stage.module
        assert code(parameters) == set(spec.slice(stage.name)), stage.name
        assert code(outputs) == set(stage.outputs), stage.name


def test_inputs_are_as_declared() -> None:
    for stage in STAGES:
        cell = rows()[stage.name][2]
        roles = set(re.sub(r"\([^)]*\)", "", cell).replace(" ", "").split(",")) - {""}
        if cell == ANY_JSON:
            assert stage.optional == set(stage.inputs), stage.name
        else:
            assert roles == set(stage.inputs), stage.name
