"""Values against a JSON Schema, in words. Takes a `Tree` and a schema; gives all problems, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speckleforge.errors import Problem, did_you_mean
from speckleforge.spec.quick import fits
from speckleforge.spec.tree import KeyPath, Tree

ValidationError = Any  # jsonschema's, imported late; its stubs leave every field open
_NAMES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys",
    "null": "nothing",
}
_FAULTS = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "out of range"),
    "uniqueItems": "the same value twice",
}


def problems(tree: Tree, schema: dict[str, Any]) -> list[Problem]:
    """The tree's own problems and everything that `schema` does not allow, in the order of the file."""
    if not tree.problems and fits(tree.values, schema):
        return []
    from jsonschema.validators import Draft7Validator

    found = {str(problem): problem for problem in tree.problems}
    known = {problem.where for problem in tree.problems}
    for error in Draft7Validator(schema).iter_errors(tree.values):
        # One mistake may break two rules at one place; what YAML made of it explains more.
        found |= {str(problem): problem for problem in _explain(tree, error, ()) if problem.where not in known}
    return sorted(found.values(), key=place)


def fill(values: Any, schema: dict[str, Any]) -> Any:
    """`values` with the schema's defaults added, so that a default written out equals one left out; 45 equals 45.0."""
    if isinstance(values, list):
        return [fill(item, schema.get("items", {})) for item in values]
    if isinstance(values, dict):
        return _filled(values, schema)
    if isinstance(values, int | float) and not isinstance(values, bool):
        return {"integer": int, "number": float}.get(str(schema.get("type")), type(values))(values)
    return values


def _filled(values: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A mapping with its defaults."""
    branches = [schema, *schema.get("anyOf", ())]
    properties: dict[str, Any] = next((branch["properties"] for branch in branches if "properties" in branch), {})
    filled = {key: fill(value, properties.get(key, {})) for key, value in values.items()}
    for key, rule in properties.items():
        if key not in filled and "default" in rule:
            filled[key] = fill(rule["default"], rule)
    return filled


def place(problem: Problem) -> tuple[int, int]:
    """Line and column of a problem, for sorting."""
    _, line, column = problem.where.rsplit(":", 2)
    return int(line), int(column)


def _explain(tree: Tree, error: ValidationError, base: KeyPath) -> Iterator[Problem]:
    """One schema error as problems; an alternative is explained by the branch that was meant."""
    path: KeyPath = (*base, *error.relative_path)
    if error.validator in ("anyOf", "oneOf") and error.context:
        yield from _alternative(tree, error, path)
    elif error.validator == "additionalProperties":
        yield from _unknown(tree, error, path)
    elif error.validator == "required":
        yield _missing(tree, error, path)
    else:
        yield _value(tree, error, path, error.schema)


def _alternative(tree: Tree, error: ValidationError, path: KeyPath) -> Iterator[Problem]:
    """Errors of the one branch that fits the value's type; else all that is allowed."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    fitting = [found for found in branches.values() if not any(_of_other_type(inner) for inner in found)]
    required = [inner for found in branches.values() for inner in found if inner.validator == "required"]
    if len(required) == len(error.context or ()):
        names = [name for inner in required for name in inner.validator_value]
        what, step = f"missing {' or '.join(names)}", "add one of them"
        yield tree.problem(path, what, key=True, next_step=step)
    elif len(fitting) == 1 and not _same_place(fitting[0]):
        for inner in fitting[0]:
            yield from _explain(tree, inner, path)
    else:
        yield _value(tree, error, path, error.schema)


def _of_other_type(error: ValidationError) -> bool:
    """True if the branch wants another kind of value altogether."""
    if error.relative_path:
        return False
    wanted = error.validator_value if error.validator == "enum" else [error.validator_value]
    if error.validator in ("enum", "const"):
        return not any(type(item) is type(error.instance) for item in wanted)
    return bool(error.validator == "type")


def _same_place(errors: list[ValidationError]) -> bool:
    """True if the branch only says that the word is not one of its own: then all branches are worth showing."""
    return all(not inner.relative_path and inner.validator in ("enum", "const") for inner in errors)


def _unknown(tree: Tree, error: ValidationError, path: KeyPath) -> Iterator[Problem]:
    """Keys that the schema does not know."""
    allowed = list(error.schema["properties"])
    for key in error.instance:
        if key not in allowed:
            what = f"unknown {_noun(path)} '{key}'"
            hint, listed = did_you_mean(key, allowed), ", ".join(allowed) or "no keys"
            yield tree.problem((*path, key), what, key=True, allowed=listed, next_step=hint)


def _noun(path: KeyPath) -> str:
    """What a key at this place is."""
    if len(path) == 3 and path[:2] == ("model", "layers"):
        return "layer"
    return "step" if path[:1] == ("preprocess",) and len(path) == 2 else "key"


def _missing(tree: Tree, error: ValidationError, path: KeyPath) -> Problem:
    """A key that must be there."""
    name = next(key for key in error.validator_value if repr(key) == error.message.partition(" is a required")[0])
    rule = error.schema["properties"].get(name, {})
    allowed = ": ".join(part for part in (allowed_text(rule), rule.get("description", "")) if part)
    return tree.problem(path, f"missing key '{name}'", key=True, allowed=allowed, next_step=f"add `{name}:` here")


def _value(tree: Tree, error: ValidationError, path: KeyPath, schema: Any) -> Problem:
    """A value that the schema does not allow."""
    instance = error.instance
    what = "has no value" if instance is None else _fault(error)
    candidates = [name for name in _choices(schema) if isinstance(name, str)]
    hint = did_you_mean(instance, candidates) if isinstance(instance, str) else ""
    if not hint and isinstance(instance, str) and "number" in allowed_text(schema) and _is_number(instance):
        hint = f"remove the quotes: {instance}"
    words = [word for branch in schema.get("anyOf", ()) for word in branch.get("properties", ())]
    if isinstance(instance, str) and instance in words:
        what, hint = f"'{instance}' needs keys", f"write `{instance}: {{...}}`"
    allowed = allowed_text(schema)
    if schema.get("description"):
        allowed = f"{allowed} ({schema['description']})" if allowed else schema["description"]
    return tree.problem(path, what, got="" if instance is None else shown(instance), allowed=allowed, next_step=hint)


def _fault(error: ValidationError) -> str:
    """What is wrong, in a few words."""
    instance, rule = error.instance, error.validator
    if rule in ("enum", "const", "anyOf", "oneOf"):
        return f"'{instance}' is not defined" if isinstance(instance, str) else "not an allowed value"
    if rule == "type":
        return f"not {_type_text(error.validator_value)}"
    if rule in ("minItems", "maxItems"):
        return f"a list of {len(instance)}"
    if rule in ("minProperties", "maxProperties"):
        return f"{len(instance)} keys, one is allowed" if len(instance) > 1 else "no key"
    return _FAULTS.get(str(rule), "not of the allowed form")


def _type_text(kind: str | list[str]) -> str:
    """`a text or nothing`."""
    return " or ".join(_NAMES[name] for name in ([kind] if isinstance(kind, str) else kind))


def allowed_text(schema: Any) -> str:
    """What a schema allows, for a reader."""
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return ", ".join(str(item) for item in schema["enum"])
    for rule in ("anyOf", "oneOf"):
        if rule in schema and all("required" not in branch or "type" in branch for branch in schema[rule]):
            return "; or ".join(allowed_text(branch) for branch in schema[rule])
    text = _type_text(schema["type"]) if "type" in schema else ""
    if schema.get("type") in ("integer", "number"):
        text += _range(schema)
    elif schema.get("type") == "array" and schema.get("minItems") is not None:
        low, high = schema["minItems"], schema.get("maxItems")
        text += f" of {low}" if low == high else f" of {low} or more" if high is None else f" of {low} to {high}"
    elif "pattern" in schema:
        text += f" like {schema['pattern']}"
    elif "properties" in schema:
        text = ", ".join(schema["properties"]) or "no keys"
    return text


def _range(schema: Any) -> str:
    """`, 1 to 64`, or `, above 0, at most 1`."""
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']:g}, at most {schema['maximum']:g}"
    return f" from {schema['minimum']} to {schema['maximum']}" if "minimum" in schema and "maximum" in schema else ""


def _choices(schema: Any) -> list[Any]:
    """All words that a schema allows, alternatives included."""
    found = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found += _choices(branch)
        if "properties" in branch:
            found += list(branch["properties"])
    return found


def _is_number(text: str) -> bool:
    """True for text that spells a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def shown(value: Any) -> str:
    """A value as one would write it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
