"""The promises of the tool, checked on the store of a real build: `forge build specs/quickstart.yaml` comes first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "specs" / "quickstart.yaml"
Forge = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Forge:
    """`forge ...` of a copy of the package over a copy of the build's store; gives the JSON document."""
    if not (ROOT / "build" / "quickstart" / "report.json").is_file():
        reason = "needs a build: forge build specs/quickstart.yaml"
        if os.environ.get("SPECKLEFORGE_BUILT"):
            pytest.fail(reason)
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("acceptance")
    for name in ("speckleforge", "targets"):
        shutil.copytree(ROOT / name, home / name)
    shutil.copytree(ROOT / "cache", home / "cache")

    def run(*words: str, code: int = 0) -> dict[str, Any]:
        command = [sys.executable, "-m", "speckleforge.cli.main", *words, "--json", "--cache", str(home / "cache")]
        environment = {**os.environ, "PYTHONPATH": str(home)}
        done = subprocess.run(command, capture_output=True, text=True, cwd=home, env=environment, check=False)
        assert done.returncode == code, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    run.home = home  # type: ignore[attr-defined]
    return run


@pytest.fixture
def spec(tmp_path: Path) -> Callable[[str, str], str]:
    """A copy of the quickstart spec with one text replaced; gives its path."""

    def changed(before: str, after: str) -> str:
        text = QUICKSTART.read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        path = tmp_path / "quickstart.yaml"
        path.write_text(text.replace(before, after), encoding="utf-8")
        return str(path)

    return changed
