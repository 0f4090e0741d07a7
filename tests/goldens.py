"""Golden trees: texts that a change may alter only where it means to. `pytest --update-goldens` writes them anew."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def check_goldens(folder: Path, files: Mapping[str, str], update: bool) -> None:
    """Compare a tree of texts with a folder, file by file; or write the folder."""
    if update:
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    kept = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert sorted(kept) == sorted(files), "other files than the golden ones: pytest --update-goldens"
    for name, text in files.items():
        assert text == kept[name], f"{name} is not the golden one: pytest --update-goldens"
