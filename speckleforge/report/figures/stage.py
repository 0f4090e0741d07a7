"""The stage `figures`: writes the folder `figures/` with PNG files and `figures.json`, which lists them in order."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from speckleforge.artifacts.context import StageContext


def run(ctx: StageContext) -> None:
    """Draw what the records have; what they do not have is left out."""
    os.environ["MPLCONFIGDIR"] = str(ctx.scratch)  # before the import: no settings or fonts of whoever builds
    from speckleforge.report.figures.draw import drawings
    from speckleforge.report.figures.style import png, prepare

    prepare()
    found: Mapping[str, Any] = {role: ctx.read_json(role) for role in ctx.inputs}
    folder, listed = ctx.out / "figures", []
    folder.mkdir()
    for drawing in drawings(found, ctx.params["name"], ctx.params["classes"], ctx.progress):
        (folder / f"{drawing.name}.png").write_bytes(png(drawing.figure))
        listed.append({"file": f"{drawing.name}.png", "caption": drawing.caption})
    text = json.dumps(listed, indent=2, ensure_ascii=False)
    (folder / "figures.json").write_text(text + "\n", encoding="utf-8")
