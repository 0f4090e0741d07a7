"""The stage `gallery`: pictures of a data set. Takes `dataset/`; gives `gallery/` with PNG files that repeat."""

from __future__ import annotations

import os

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import read_dataset

CAPTIONS = {
    "contact_sheet": "Patterns of each class as the detector link carries them, on one logarithmic scale.",
    "intensity_over_q": "Mean intensity over the scattering vector, by class.",
}


def run(ctx: StageContext) -> None:
    """Draw the contact sheet and the intensity over q; `gallery.json` lists them for the report.

    Raises
    ------
    FormatError
        If the data set cannot be read.
    """
    os.environ["MPLCONFIGDIR"] = str(ctx.scratch)  # before the import: no settings or fonts of whoever builds
    from speckleforge.data.gallery_figures import contact_sheet, intensity_over_q, png, prepare

    prepare()
    data, folder = read_dataset(ctx.inputs["dataset"]), ctx.out / "gallery"
    folder.mkdir()
    for number, draw in enumerate((contact_sheet, intensity_over_q), 1):
        (folder / f"{draw.__name__}.png").write_bytes(png(draw(data)))
        ctx.progress(number / 2, f"{draw.__name__}.png")
    ctx.write_json(
        "gallery/gallery.json", [{"file": f"{name}.png", "caption": text} for name, text in CAPTIONS.items()]
    )
