"""The quick check says yes exactly where jsonschema does, on our specs and on thousands of broken ones."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from speckleforge.spec import load_target, offers, schema, target_schema
from speckleforge.spec.quick import fits

from .conftest import SPECS

SCALARS: list[Any] = [None, True, False, 0, 1, -1, 3, 2.0, 2.5, 1e9, "", "relu", "latent", "x y"]
VALUES: list[Any] = [*SCALARS, [], [1, 2], [[1]], {}, {"a": 1}, {"precision": {}}]


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in [(value, key), *places(item)]]


def broken(document: Any, rng: random.Random) -> Any:
    """A copy with one or two values replaced, removed or doubled."""
    found = copy.deepcopy(document)
    for _ in range(rng.randint(1, 2)):
        container, key = rng.choice(places(found))
        action = rng.randrange(4)
        if action == 0:
            del container[key]
        elif action == 1 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        elif action == 1:
            container["extra"] = container[key]
        else:
            container[key] = copy.deepcopy(rng.choice(VALUES))
        if not places(found):
            break
    return found


FILES = [
    (path.stem, yaml.safe_load(path.read_text(encoding="utf-8")), schema.build())
    for path in sorted(SPECS.glob("*.yaml"))
]
FILES += [(name, dict(load_target(name).values), target_schema.build()) for name in offers.targets()]


@pytest.mark.parametrize(("document", "rule"), [file[1:] for file in FILES], ids=[file[0] for file in FILES])
def test_it_agrees_with_jsonschema(document: Any, rule: dict[str, Any]) -> None:
    assert fits(document, rule), "every keyword of the schema is known"
    validator, rng = Draft7Validator(rule), random.Random(1)
    for _ in range(400):
        value = broken(document, rng)
        assert fits(value, rule) == validator.is_valid(value), value


def test_an_unknown_keyword_is_never_a_yes() -> None:
    assert not fits(1, {"type": "integer", "multipleOf": 1})
    assert not fits(1, {"oneOf": [{"type": "integer"}, {"multipleOf": 1}]})
