"""Why a stage runs. Takes two key documents; gives the values that differ, in words that a reviewer understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from speckleforge.store.key import canonical

_SHOWN = 60
_GROUPS = ("params", "inputs", "code", "tools", "packages", "platform")


@dataclass(frozen=True)
class Change:
    """One difference: where in the key document, and the values before and after (empty: was or is not there)."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        group, _, rest = self.path.partition(".")
        if group in ("inputs", "code"):
            verb = "is new" if not self.before else "is gone" if not self.after else "changed"
            return f"{'input' if group == 'inputs' else 'code'} {rest} {verb}"
        name = rest if group == "params" else self.path.replace(".", " ", 1)
        return f"{name}: {self.before or '(none)'} -> {self.after or '(none)'}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """All differences of two key documents (`KeyDocument.record()`), parameters first."""
    found: list[Change] = []
    for group in _GROUPS:
        found.extend(_compare(group, before.get(group, {}), after.get(group, {})))
    if before.get("version") != after.get("version"):
        found.append(Change("version", _text(before.get("version")), _text(after.get("version"))))
    return tuple(found)


def summary(found: Sequence[Change], most: int = 3) -> str:
    """The first few changes in one line."""
    text = "; ".join(str(change) for change in found[:most])
    return text + (f"; and {len(found) - most} more" if len(found) > most else "")


def _compare(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Differences of two JSON values."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            yield from _compare(f"{path}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_items(path, before, after)
    elif isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield from _compare_items(path, before.splitlines(), after.splitlines())
    else:
        yield Change(path, _text(before), _text(after))


def _compare_items(path: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Differences of two lists, or of two texts by lines; numbered as in the newer one."""
    old, new = ([canonical(item) for item in items] for items in (before, after))
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and i_end - i == j_end - j:
            for offset in range(i_end - i):
                yield from _compare(f"{path}[{j + offset}]", before[i + offset], after[j + offset])
        elif tag != "equal":
            yield from (Change(f"{path}[{j}]", _text(item), "") for item in before[i:i_end])
            yield from (Change(f"{path}[{j + n}]", "", _text(item)) for n, item in enumerate(after[j:j_end]))


def _text(value: Any) -> str:
    """A short text of a JSON value; empty for one that is not there."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
