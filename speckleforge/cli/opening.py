"""A spec with what the store knows of it. Takes a spec's path and a store; gives both, opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from speckleforge.spec import Spec, load_spec
from speckleforge.store.store import Store


def open_spec(path: str, cache: str) -> tuple[Spec, Store]:
    """The spec, with the results of other machines that were taken in for it, and the store.

    Raises
    ------
    SpecError
        The spec is not valid: lists all problems.
    StoreError
        The store cannot be used.
    """
    store = Store(Path(cache))
    spec = load_spec(path)
    return replace(spec, ingested=store.ingested(spec.name)), store
