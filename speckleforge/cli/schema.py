"""`forge schema`: the JSON Schema of a spec or a board."""

from __future__ import annotations

import argparse
import json

from speckleforge.cli.console import Console
from speckleforge.spec import schema, target_schema


def run(args: argparse.Namespace, console: Console) -> int:
    """Print it, or renew the file that editors read."""
    if args.write:
        schema.FILE.write_text(schema.text(), encoding="utf-8")
        console.note(f"wrote {schema.FILE}")
        return 0
    print(json.dumps(target_schema.published(), indent=2) if args.target else schema.text().rstrip())
    return 0
