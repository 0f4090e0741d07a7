"""How long a build takes in which nothing changed: `python -m benchmarks.warm_build`.

Whole processes, as a user starts them, from the folder of the project: `forge build` with every stage a hit,
`forge plan`, `forge check`; and an interpreter that does nothing, below which no command in Python can be. Needs a
store in which the spec is built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import arguments, machine, measure, table

FORGE = (sys.executable, "-m", "speckleforge.cli.main")


def run(*words: str) -> Callable[[], object]:
    """A process that has to end well; it may keep compiled modules, as Python does unless it is told otherwise."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(words, env=environment, capture_output=True, check=True)


def not_built(spec: str, cache: str) -> list[str]:
    """Stages that are no hit."""
    words = (*FORGE, "plan", spec, "--cache", cache, "--json")
    plan = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return [row["name"] for row in plan["stages"] if row["fate"] in ("run", "depends")]


def main() -> int:
    """Measure and print; 1 where there is nothing to measure."""
    parser = arguments(__doc__, 15)
    parser.add_argument("--spec", default="specs/quickstart.yaml", help="default: specs/quickstart.yaml")
    parser.add_argument("--cache", default="cache", help="default: cache")
    given = parser.parse_args()
    missing = not_built(given.spec, given.cache)
    if missing:
        print(f"not built: {', '.join(missing)}; run `forge build {given.spec}` first", file=sys.stderr)
        return 1
    print(f"{given.spec}: {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        places = ("--cache", given.cache)
        rivals = {
            "forge build": run(*FORGE, "build", given.spec, *places, "--out", str(Path(folder) / "build")),
            "forge plan": run(*FORGE, "plan", given.spec, *places),
            "forge check": run(*FORGE, "check", given.spec),
            "python -c pass": run(sys.executable, "-c", "pass"),
        }
        print("\n".join(table(measure(rivals, given.runs), "runs")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
