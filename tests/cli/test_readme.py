"""The README does not lie: its spec loads, its commands exist, its two main lines can be run by CI."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from speckleforge.cli.options import COMMANDS
from speckleforge.spec import load_spec, parse_spec

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_stays_short() -> None:
    assert len(README.splitlines()) <= 150


def test_its_spec_is_the_published_network() -> None:
    block = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert block
    found = parse_spec(block[1].encode(), ROOT / "specs" / "readme.yaml")
    assert found.topology == load_spec(ROOT / "specs" / "kcu1500.yaml").topology


def test_its_table_names_every_command_but_schema() -> None:
    names = sorted((command.name for command in COMMANDS), key=len, reverse=True)
    rows = re.findall(r"^\| `forge ([^`]*)`", README, re.MULTILINE)
    named = {next((name for name in names if row.startswith(f"{name} ")), row) for row in rows}
    assert named | {"schema"} == set(names)


@pytest.mark.parametrize(("name", "word"), [("build", "forge build specs/quickstart.yaml"), ("test", "-m pytest")])
def test_ci_finds_its_commands(name: str, word: str) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = script[script.index("readme_command() {") : script.index("\n}\n") + 3]
    done = subprocess.run(
        ["bash", "-c", f"{function}\nreadme_command {name}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert word in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_ci_is_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
