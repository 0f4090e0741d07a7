"""Names that other rooms offer to specs, found without importing them. Takes the package's folder; gives names.

A condition or a loss is added in its own room alone; the spec's schema and its error messages follow.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent


def losses() -> tuple[str, ...]:
    """Losses: one file each in `learning/losses`."""
    return _modules("learning/losses")


def loss_keys() -> dict[str, dict[str, Any]]:
    """The keys of `train` that belong to each loss: `KEYS` in its file."""
    return {name: _keys(PACKAGE / "learning" / "losses" / f"{name}.py") for name in losses()}


def augmentations() -> dict[str, dict[str, Any]]:
    """Augmentations and their keys: one file each in `learning/augment`, with its `KEYS`."""
    names = _modules("learning/augment")
    return {name: _keys(PACKAGE / "learning" / "augment" / f"{name}.py") for name in names}


def data_sources() -> tuple[str, ...]:
    """Data sources: the simulation, and keys of `FORMATS` in `data/files/formats.py`."""
    formats = _assigned(PACKAGE / "data" / "files" / "formats.py", "FORMATS")
    return ("simulation", *(ast.literal_eval(formats) if formats is not None else ()))


@cache
def step_units() -> dict[str, tuple[tuple[str, ...], str]]:
    """Steps of `preprocess` that run upstream -> units that they take, and what they give: `UNITS` in their files."""
    folder = PACKAGE / "data" / "preprocess"
    found = {name: _assigned(folder / f"{name}.py", "UNITS") for name in _modules("data/preprocess")}
    return {name: ast.literal_eval(units) for name, units in found.items() if units is not None}


def conditions() -> tuple[str, ...]:
    """Named conditions of the simulation: one file each in `data/simulation/conditions`."""
    return tuple(sorted(path.stem for path in (PACKAGE / "data" / "simulation" / "conditions").glob("*.yaml")))


def classes() -> tuple[str, ...]:
    """Classes that the simulation makes: `CLASSES` in `data/simulation/settings.py`."""
    return _strings(_assigned(PACKAGE / "data" / "simulation" / "settings.py", "CLASSES"))


def particle_classes() -> tuple[str, ...]:
    """Those of them that show a particle: `PARTICLE_CLASSES` in `data/simulation/settings.py`."""
    return _strings(_assigned(PACKAGE / "data" / "simulation" / "settings.py", "PARTICLE_CLASSES"))


@cache
def targets_folder() -> Path:
    """Where the board files lie: beside the package in a source tree, inside it when installed."""
    inside, beside = PACKAGE / "targets", PACKAGE.parent / "targets"
    return inside if inside.is_dir() else beside


def targets() -> tuple[str, ...]:
    """Boards: one YAML file each."""
    return tuple(sorted(path.stem for path in targets_folder().glob("*.yaml")))


def _modules(folder: str) -> tuple[str, ...]:
    """Names of the modules in a folder of the package, private ones left out."""
    names = (path.stem for path in (PACKAGE / folder).glob("*.py"))
    return tuple(sorted(name for name in names if not name.startswith("_")))


@cache
def _assigned(path: Path, name: str) -> ast.expr | None:
    """The expression that a module assigns to `name` at its top level."""
    for statement in ast.parse(path.read_bytes()).body:
        targets_: list[ast.expr] = []
        if isinstance(statement, ast.AnnAssign):
            targets_ = [statement.target]
        elif isinstance(statement, ast.Assign):
            targets_ = statement.targets
        if any(isinstance(target, ast.Name) and target.id == name for target in targets_):
            assert isinstance(statement, ast.AnnAssign | ast.Assign)
            return statement.value
    return None


def _keys(path: Path) -> dict[str, Any]:
    """The literal `KEYS` of a module: each key's description, bounds and default."""
    expression = _assigned(path, "KEYS")
    return dict(ast.literal_eval(expression)) if expression is not None else {}


def _strings(expression: ast.expr | None) -> tuple[str, ...]:
    """The text constants of a tuple or list."""
    items = expression.elts if isinstance(expression, ast.Tuple | ast.List) else []
    return tuple(item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str))


def _dict_keys(path: Path, name: str) -> tuple[str, ...]:
    """The text keys of a dictionary constant."""
    found = _assigned(path, name)
    keys = found.keys if isinstance(found, ast.Dict) else []
    return tuple(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
