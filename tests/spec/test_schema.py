"""The published schema: current, complete, and the one that the loader uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from speckleforge.data.simulation import conditions
from speckleforge.data.simulation.settings import CLASSES
from speckleforge.spec import offers, schema, target_schema

from .conftest import SPECS


def test_schema_json_is_current() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run `forge schema --write`"


@pytest.mark.parametrize("document", [schema.build(), target_schema.published()], ids=["spec", "target"])
def test_it_is_draft_07_and_every_key_is_described(document: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(document)
    assert [path for path, rule in _keys(document, "") if not rule.get("description")] == []


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_editor_accepts_our_specs(path: Any) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema.build())


@pytest.mark.parametrize("name", offers.targets())
def test_an_editor_accepts_our_boards(name: str) -> None:
    values = yaml.safe_load((offers.targets_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(values, target_schema.published())
    incomplete = {key: value for key, value in values.items() if key not in ("part", "base")}
    assert not jsonschema.Draft7Validator(target_schema.published()).is_valid(incomplete)


def test_names_are_those_of_the_rooms() -> None:
    assert offers.conditions() == conditions.names()
    assert offers.classes() == CLASSES
    assert "supcon" in offers.losses()


def _keys(rule: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in rule.get("properties", {}).items():
        yield f"{path}.{name}", value
        yield from _keys(value, f"{path}.{name}")
    for branch in (*rule.get("anyOf", ()), *([rule["items"]] if "items" in rule else ())):
        yield from _keys(branch, path + "[]")
