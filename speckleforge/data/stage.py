"""The stage `data`: writes `dataset/`. Takes `data`, `preprocess` and `image` of the spec; knows no network.

Frames of the source go through the upstream steps to the words of the detector link, some at a time.
"""

from __future__ import annotations

from typing import Any

from speckleforge.artifacts.context import StageContext
from speckleforge.artifacts.dataset import COLUMNS, SPLITS, DatasetWriter
from speckleforge.data.open_source import open_source
from speckleforge.data.preprocess.chain import Chain, make_chain
from speckleforge.data.preprocess.words import to_words, word_type
from speckleforge.data.source import Source
from speckleforge.data.tally import Tally
from speckleforge.errors import FormatError, Problem

CHUNK = 64  # frames at a time, fewer of large detectors
CHUNK_BYTES = 32 << 20


def chunk_size(shape: tuple[int, int]) -> int:
    """Frames at a time: as many as `CHUNK_BYTES` hold at eight bytes a pixel."""
    return max(1, min(CHUNK, CHUNK_BYTES // (8 * shape[0] * shape[1])))


def _chain(ctx: StageContext, source: Source) -> Chain:
    """The upstream steps; raises `FormatError` if they do not end at the network's image."""
    image = ctx.params["image"]
    chain = make_chain(ctx.params["preprocess"], source.frame_shape, source.calibration(), ctx.inputs, image["bits"])
    if chain.output != (image["rows"], image["columns"]):
        got = "{}x{} from frames of {}x{}".format(*chain.output, *chain.source)
        step = "change model.input, or crop and bin in preprocess"
        allowed = f"{image['rows']}x{image['columns']}, as model.input"
        raise FormatError(Problem("preprocessed frames do not fit the network", "preprocess", got, allowed, step))
    return chain


def _units(ctx: StageContext, source: Source) -> str:
    """Units of the words on the link."""
    kinds = {kind for entry in ctx.params["preprocess"] for kind in entry}
    if "standardise" in kinds:
        return "levels"
    return "photons" if "photonise" in kinds or source.units == "photons" else "ADU"


def _write(ctx: StageContext, source: Source, chain: Chain, units: str) -> Tally:
    """Stream the frames to `dataset.h5`; memory holds one chunk."""
    tally = Tally(source.classes, chain.output[0] * chain.output[1], units)
    with DatasetWriter(ctx.out / "dataset", source.count, chain.output, word_type(chain.bits), units) as writer:
        for frames in source.chunks(chunk_size(source.frame_shape)):
            words, saturated = to_words(chain.apply(frames.frames), chain.bits)
            end = writer.add(words, {name: getattr(frames, name) for name in COLUMNS})
            tally.add(frames, words, saturated)
            ctx.progress(end / source.count, f"{end} of {source.count} patterns")
        q, q_units = chain.scattering_vector(source.scattering_vector())
        writer.finish(q, q_units, chain.calibration(), _about(ctx, source))
    return tally


def _about(ctx: StageContext, source: Source) -> dict[str, Any]:
    """Root attributes of the file."""
    data = ctx.params["data"]
    about = {"classes": list(source.classes), "seed": data["seed"], "source": data["source"]}
    return {**about, "condition": data.get("condition", "")}


def _check_classes(tally: Tally, classes: tuple[str, ...]) -> None:
    """Every split shows every class: else training or evaluation would fail later, and say less."""
    missing = [f"{name} in {split}" for split in SPLITS for name in classes if not tally.patterns(split, name)]
    if missing:
        what, step = "a class has no pattern in a split", "another data.seed, larger shares, or more data"
        raise FormatError(Problem(what, "data.split", ", ".join(missing), next_step=step))


def run(ctx: StageContext) -> None:
    """Make the data set of the spec.

    Raises
    ------
    SpecError
        If the source or a value of `data` is not known.
    FormatError
        If a file is not what the spec says, or frames do not fit.
    """
    source = open_source(ctx.params["data"], ctx.inputs)
    chain, units = _chain(ctx, source), _units(ctx, source)
    tally = _write(ctx, source, chain, units)
    _check_classes(tally, source.classes)
    record = {
        **{key: ctx.params["data"][key] for key in ("source", "condition", "seed") if key in ctx.params["data"]},
        "classes": list(source.classes),
        "particles": ctx.params["data"].get("particles"),
        "image": dict(ctx.params["image"]),
        "frame": list(source.frame_shape),
        "units": units,
        "preprocess": ctx.params["preprocess"],
        "splits": tally.splits(),
        "range_of_use": tally.range_of_use(),
        "physics": source.record(),
    }
    ctx.write_json("dataset/dataset.json", record)
