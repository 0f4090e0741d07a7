"""The table of kernels and chains that the benches run: kinds x configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from speckleforge.fixed.types import parse_int_type
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import LayerContext
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from tests.layers.rtl.bench import Chain, random_frames


def stream(text: str) -> StreamType:
    """`u4 2c 1p 7w 9h 0o`: element, channels, lanes, width, height, offset."""
    element, *counts = text.split()
    channels, lanes, width, height, offset = (int(count[:-1]) for count in counts)
    return StreamType(parse_int_type(element), channels, lanes, width, height, offset)


def kernel(kind: str, source: StreamType, keys: Mapping[str, Any] | None, w: int, a: str, **folding: Any) -> Kernel:
    """The first candidate with that folding; `w`: weight bits, `a`: output type; `pool`: keys of a max-pool inside."""
    op = None
    if keys is not None:
        own = {**keys}
        bits = own.pop("precision", {}).get("activations", 0)
        shape = (source.channels, source.height, source.width)
        tensor = TensorType(source.element, (int(np.prod(shape)),) if kind in {"dense", "head"} else shape)
        out = parse_int_type(a)
        op = op_class(kind).from_spec(own, tensor, LayerContext(w, out.bits, not out.signed, bits))
    fifo, pooled = folding.pop("fifo", None), folding.pop("pool", None)
    family = "ultrascale" if folding.get("group") == 5 or folding.get("arithmetic") == "dsp2" else "ecp5"
    matching = (
        k
        for k in facet(kind, "kernel").candidates(op, source, 2, family)
        if all(k.folding()[n] == v for n, v in folding.items())
    )
    found: Kernel = next(matching)
    if pooled is not None:
        after = op_class("maxpool2d").from_spec(pooled, tensor, LayerContext(w, out.bits, not out.signed))
        found = facet(kind, "kernel").fuse(found, after)
    return found if fifo is None else replace(found, fifo=fifo)  # type: ignore[call-arg]


def chain(name: str, source: str, *layers: tuple[Any, ...], banks: int = 1, frames: int = 4, cut: int = 0) -> Chain:
    """Layers: (kind, keys, weight bits, output type, folding)."""
    s, kernels = stream(source), []
    for kind, keys, w, a, folding in layers:
        kernels.append(kernel(kind, s, keys, w, a, **folding))
        s = kernels[-1].sink
    seed = sum(map(ord, name + source))
    return Chain(name, kernels, random_frames(kernels[0].source, frames, np.random.default_rng(seed)), banks, seed, cut)


def conv(filters: int, kernel: Any, w: int, a: str, uo: int, ut: int, *, fifo: int | None = None, **keys: Any) -> Any:  # noqa: PLR0917
    folding = {"unroll_out": uo, "unroll_taps": ut} | ({} if fifo is None else {"fifo": fifo})
    return ("conv2d", {"filters": filters, "kernel": kernel, **keys}, w, a, folding)


def tables(filters: int, kernel: Any, w: int, a: str, group: int, **keys: Any) -> Any:
    """A convolution by distributed arithmetic; `pool`, `fifo`: of the folding."""
    folding = {"arithmetic": "da", "group": group} | {n: keys.pop(n) for n in ("pool", "fifo") if n in keys}
    return ("conv2d", {"filters": filters, "kernel": kernel, **keys}, w, a, folding)


def pairs(filters: int, kernel: Any, w: int, a: str, **keys: Any) -> Any:
    """A convolution with two products in a DSP."""
    folding = {"arithmetic": "dsp2"} | {n: keys.pop(n) for n in ("pool", "fifo") if n in keys}
    return ("conv2d", {"filters": filters, "kernel": kernel, **keys}, w, a, folding)


def fused(filters: int, kernel: Any, w: int, a: str, uo: int, ut: int, size: Any, **keys: Any) -> Any:  # noqa: PLR0917
    """A convolution with a max-pool inside."""
    pool = {"size": size, "ceil": keys.pop("ceil", False)}
    folding = {"unroll_out": uo, "unroll_taps": ut, "pool": pool} | {n: keys.pop(n) for n in ("fifo",) if n in keys}
    return ("conv2d", {"filters": filters, "kernel": kernel, **keys}, w, a, folding)


def depthwise(kernel: Any, w: int, a: str, uc: int, ut: int, *, fifo: int | None = None, **keys: Any) -> Any:
    folding = {"unroll_channels": uc, "unroll_taps": ut} | ({} if fifo is None else {"fifo": fifo})
    return ("depthwise2d", {"kernel": kernel, **keys}, w, a, folding)


def deep_at_once(kernel: Any, w: int, a: str, arithmetic: str, group: int = 1, **keys: Any) -> Any:
    """A depthwise convolution by distributed arithmetic or with two products in a DSP."""
    folding = {"arithmetic": arithmetic, "group": group} | {n: keys.pop(n) for n in ("fifo",) if n in keys}
    return ("depthwise2d", {"kernel": kernel, **keys}, w, a, folding)


def pool(size: Any, *, fifo: int | None = None, **keys: Any) -> Any:
    return ("maxpool2d", {"size": size, **keys}, 8, "u8", {} if fifo is None else {"fifo": fifo})


def average(size: Any, a: str = "u8", *, unroll: int | None = None, fifo: int | None = None, **keys: Any) -> Any:
    folding = {name: value for name, value in (("unroll", unroll), ("fifo", fifo)) if value is not None}
    return ("avgpool2d", {"size": size, **keys}, 8, a, folding)


def dense(  # noqa: PLR0917
    units: int, w: int, a: str, ui: int, uo: int, drain: int = 0, arithmetic: str = "mul", fifo: int | None = None
) -> Any:
    """`drain`: outputs requantised in a cycle, 0 for all that are computed."""
    folding = {"unroll_in": ui, "unroll_out": uo, "unroll_requantise": drain or uo, "arithmetic": arithmetic}
    return ("dense", {"units": units}, w, a, folding | ({} if fifo is None else {"fifo": fifo}))


def head(slots: int, w: int, unroll: int) -> Any:
    return ("head", {"prototypes": slots}, w, "s8", {"unroll_slots": unroll})


def repack(lanes: int) -> Any:
    return ("repack", None, 8, "u8", {"lanes": lanes})


def crossing(fifo: int) -> Any:
    return ("crossing", None, 8, "u8", {"fifo": fifo})


def compand(bits: int) -> Any:
    return ("compand", {"rule": "sqrt", "bits": bits}, 8, f"u{bits}", {})


def prelu(w: int, unroll: int, **folding: int) -> Any:
    return ("prelu", {}, w, "s8", {"unroll": unroll, **folding})


RELU = ("relu", {}, 8, "u8", {})
MASK = ("mask", {}, 8, "u8", {})
PEDESTAL = ("pedestal", {}, 8, "u8", {})

CONVOLUTIONS = [
    chain("conv_plain", "u4 1c 1p 9w 7h 0o", conv(2, 3, 4, "u4", 2, 9)),
    chain("conv_same_fold", "u4 2c 2p 9w 8h 0o", conv(3, 3, 4, "u4", 2, 6, padding="same"), banks=2),
    chain("conv_same_stride", "s8 2c 4p 11w 7h 0o", conv(3, [2, 3], 8, "s8", 3, 4, stride=2, padding="same"), banks=2),
    chain("conv_wide", "u4 1c 5p 13w 6h 0o", conv(2, [3, 5], 4, "s4", 1, 15, fifo=2), banks=2),
    chain("conv_lane_stride", "u4 3c 1p 5w 5h 0o", conv(4, 3, 8, "u8", 4, 1, stride=[1, 2])),
    chain("conv_point", "u4 3c 5p 5w 5h 0o", conv(2, 1, 8, "u8", 1, 2), banks=2),
    chain("conv_offset_same", "u8 1c 4p 10w 6h 3o", conv(1, 5, 4, "u4", 1, 25, padding="same")),
    chain("conv_one_word_rows", "u4 2c 4p 4w 9h 0o", conv(5, [3, 2], 4, "u4", 2, 12), banks=2),
    chain("conv_row", "s4 1c 2p 9w 3h 1o", conv(2, [1, 3], 4, "s8", 2, 3, padding="same", fifo=1), banks=2),
    chain("conv_tall_stride", "u4 2c 1p 4w 9h 0o", conv(3, [4, 1], 4, "u4", 3, 8, stride=[3, 1], padding="same")),
    chain("conv_point_stride", "u4 1c 2p 7w 6h 0o", conv(2, 1, 4, "u4", 2, 1, stride=2, fifo=1)),
]

# Distributed arithmetic: last tables of 1 to 5 weights, blocks of 8, 4, 2 and 1 look-ups, all planes signed or not.
TABLES = [
    chain("da_plain", "u4 1c 1p 9w 7h 0o", tables(2, 3, 4, "u4", 4)),
    chain("da_lanes", "s8 2c 3p 11w 7h 0o", tables(2, 3, 8, "s8", 5), banks=2),
    chain("da_six", "u4 1c 6p 20w 8h 0o", tables(1, 5, 4, "u4", 5, pool={"size": 2, "ceil": True}), banks=2, frames=6),
    chain("da_stride", "u5 1c 4p 11w 8h 1o", tables(2, 3, 3, "u4", 4, stride=2, padding="same"), banks=2),
    chain("da_point", "s3 1c 2p 5w 5h 0o", tables(2, 1, 2, "s4", 5, fifo=1), banks=2),
    chain("da_flush", "s7 2c 1p 6w 5h 0o", tables(2, [3, 2], 5, "u6", 5, padding="same"), banks=2),
    chain("da_pool", "u2 3c 1p 8w 7h 0o", tables(2, 2, 8, "s8", 5, pool={"size": 2, "ceil": True}, fifo=1), banks=2),
    chain("da_cut", "u4 1c 2p 9w 8h 0o", tables(2, 3, 4, "u4", 4, pool={"size": 2}), banks=2, cut=4),
    chain("da_two", "u4 1c 2p 12w 9h 0o", tables(1, 3, 4, "u4", 5), tables(2, 3, 4, "u4", 5), banks=2, frames=6),
]

# A max-pool inside: whole and incomplete pools at both edges, one and several lanes, parts of words, every fold.
FUSED = [
    chain("fuse_ceil", "u4 2c 1p 9w 7h 0o", fused(5, 3, 4, "s4", 2, 6, 2, ceil=True), banks=2),
    chain("fuse_tall", "s8 1c 1p 10w 12h 0o", fused(3, 3, 8, "s8", 1, 5, [3, 2], ceil=True, fifo=1), banks=2),
    chain("fuse_lanes_floor", "u4 2c 4p 11w 8h 2o", fused(3, 3, 4, "u4", 2, 9, [3, 2], fifo=2), banks=2),
    chain("fuse_offset", "s4 1c 6p 20w 7h 0o", fused(2, [2, 4], 4, "s8", 1, 8, [2, 3], ceil=True), banks=2),
    chain("fuse_row", "u4 1c 4p 13w 4h 3o", fused(2, [1, 2], 4, "u4", 2, 2, [1, 2], ceil=True)),
    chain("fuse_column", "u4 1c 3p 7w 9h 0o", fused(1, 2, 4, "u4", 1, 4, [2, 1])),
    chain("fuse_word", "u4 1c 4p 4w 9h 0o", fused(2, 3, 4, "u4", 2, 9, 2, ceil=True)),
    chain("fuse_stride", "u4 1c 2p 12w 11h 1o", fused(2, 3, 4, "u4", 2, 9, 2, stride=2, padding="same", ceil=True)),
    chain("fuse_one", "u4 1c 1p 4w 4h 0o", fused(3, 3, 4, "u4", 1, 9, 2), banks=2),
    chain("fuse_cut", "u4 1c 1p 9w 9h 0o", fused(2, 3, 4, "u4", 2, 9, 2, ceil=True), cut=5),
    chain("fuse_pairs", "u8 1c 2p 9w 8h 0o", pairs(2, 3, 8, "u8", pool={"size": 2, "ceil": True}), banks=2),
    chain("pairs_signed", "s8 2c 4p 10w 6h 1o", pairs(3, [3, 2], 8, "s8", padding="same"), banks=2),
]

DEPTHWISE = [
    chain("deep_plain", "u4 2c 1p 9w 7h 0o", depthwise(3, 4, "u4", 2, 9)),
    chain("deep_same_fold", "u4 3c 2p 9w 8h 0o", depthwise(3, 4, "u4", 2, 5, padding="same"), banks=2),
    chain("deep_stride", "s8 5c 4p 11w 7h 0o", depthwise([2, 3], 8, "s8", 3, 3, stride=2, padding="same"), banks=2),
    chain("deep_serial", "s5 4c 1p 6w 5h 0o", depthwise(3, 6, "s8", 1, 1), banks=2),
    chain("deep_wide", "u4 2c 5p 13w 6h 0o", depthwise([3, 5], 4, "s4", 1, 15, fifo=2), banks=2),
    chain("deep_lane_stride", "u4 3c 1p 5w 5h 0o", depthwise(3, 8, "u8", 3, 2, stride=[1, 2])),
    chain("deep_point", "u4 3c 5p 5w 5h 0o", depthwise(1, 8, "u8", 1, 1), banks=2),
    chain("deep_offset_same", "u8 1c 4p 10w 6h 3o", depthwise(5, 4, "u4", 1, 25, padding="same")),
    chain("deep_one_word_rows", "u4 2c 4p 4w 9h 0o", depthwise([3, 2], 4, "u4", 2, 6), banks=2),
    chain("deep_row", "s4 2c 2p 9w 3h 1o", depthwise([1, 3], 4, "s8", 2, 3, padding="same", fifo=1), banks=2),
    chain("deep_tall_stride", "u4 7c 1p 4w 9h 0o", depthwise([4, 1], 4, "u4", 3, 2, stride=[3, 1], padding="same")),
    chain("deep_da", "u4 3c 1p 9w 7h 0o", deep_at_once(3, 4, "u4", "da", 4, padding="same"), banks=2, frames=6),
    chain("deep_da_lanes", "s8 2c 3p 11w 7h 0o", deep_at_once([2, 3], 8, "s8", "da", 5), banks=2, frames=6),
    chain("deep_da_point", "u3 4c 2p 5w 5h 0o", deep_at_once(1, 2, "s4", "da", 5, fifo=1), banks=2),
    chain("deep_da_one", "u1 2c 4p 11w 6h 1o", deep_at_once(5, 3, "u4", "da", 5, stride=2, padding="same")),
    chain("deep_da_cut", "u4 2c 2p 9w 8h 0o", deep_at_once(3, 4, "u4", "da", 4), banks=2, cut=4),
    chain("deep_pairs", "u8 2c 2p 9w 8h 0o", deep_at_once(3, 8, "u8", "dsp2", padding="same"), banks=2),
    chain("deep_pairs_signed", "s8 3c 4p 10w 6h 1o", deep_at_once([3, 2], 8, "s8", "dsp2", fifo=3), banks=2),
    chain("deep_cut", "u4 2c 2p 9w 7h 0o", depthwise(3, 4, "u4", 1, 9, padding="same"), cut=4),
]

OTHERS = [
    chain("pool_ceil", "u4 2c 1p 7w 7h 0o", pool(2, ceil=True)),
    chain("pool_signed", "s4 2c 4p 9w 7h 0o", pool([3, 2], stride=[1, 2], ceil=True)),
    chain("pool_three", "u8 1c 3p 9w 9h 0o", pool(3)),
    chain("pool_offset_ceil", "s8 1c 4p 9w 5h 3o", pool(2, ceil=True, fifo=2)),
    chain("pool_row", "u4 3c 2p 6w 3h 0o", pool([1, 2])),
    chain("pool_overlap", "u4 1c 5p 12w 6h 2o", pool(3, stride=1, ceil=True)),
    chain("relu", "s5 3c 2p 7w 3h 1o", RELU),
    chain("compand_4", "u8 1c 4p 9w 5h 0o", compand(4), banks=2),
    chain("compand_2", "u10 2c 1p 5w 4h 0o", compand(2)),
    chain("compand_1", "u3 1c 2p 5w 4h 0o", compand(1), banks=2),
    chain("mask_one", "u8 1c 1p 9w 5h 0o", MASK),
    chain("mask_lanes", "u10 1c 4p 21w 9h 0o", MASK, banks=2),
    chain("mask_offset", "u4 2c 3p 7w 4h 2o", MASK, banks=2),
    chain("mask_word", "u3 1c 5p 5w 1h 0o", ("mask", {}, 8, "u8", {"fifo": 1})),
    chain("pedestal_one", "u12 1c 1p 9w 9h 0o", PEDESTAL, banks=2),
    chain("pedestal_offset", "u8 1c 4p 9w 5h 3o", PEDESTAL, banks=2),
    chain("pedestal_wide", "u16 2c 5p 12w 4h 0o", PEDESTAL),
    chain("prelu", "s8 3c 2p 7w 3h 1o", prelu(8, 6), banks=2),
    chain("prelu_parts", "s5 5c 2p 7w 3h 1o", prelu(4, 4), banks=2),
    chain("prelu_serial", "s8 1c 3p 10w 1h 0o", prelu(6, 1)),
    chain("prelu_tight", "s12 2c 2p 6w 4h 0o", prelu(12, 2, fifo=1), banks=2),
    chain("prelu_narrow", "s2 1c 1p 9w 3h 0o", prelu(2, 1)),
    chain("crossing", "u4 2c 3p 9w 4h 1o", crossing(6)),
    chain("crossing_slow", "u4 1c 2p 6w 4h 0o", crossing(4)),
    chain("crossing_least", "s3 1c 1p 5w 3h 0o", crossing(1)),
    chain("repack_up", "u4 2c 2p 9w 4h 1o", repack(5)),
    chain("repack_down", "u4 1c 5p 13w 4h 4o", repack(2)),
    chain("repack_shift", "s4 2c 4p 10w 4h 3o", repack(4)),
    chain("repack_serial", "u8 1c 3p 7w 2h 0o", repack(1)),
    chain("repack_row", "u4 1c 2p 7w 3h 1o", repack(7)),
    chain("repack_wide", "u4 1c 9p 20w 3h 0o", repack(4)),
]

# Whole windows in a word, whole words in a window, one window in a row; sliding windows. Gaps between windows, too.
AVERAGES = [
    chain("mean_global", "u4 3c 1p 5w 4h 0o", average("global")),
    chain("mean_global_rounds", "u8 16c 1p 4w 4h 0o", average("global", unroll=4), banks=2),
    chain("mean_global_lanes", "s6 2c 4p 9w 5h 3o", average("global", unroll=1), banks=2),
    chain("mean_global_word", "u8 3c 5p 5w 6h 0o", average("global", precision={"activations": 5})),
    chain("mean_pixel", "s8 2c 1p 1w 1h 0o", average("global", precision={"activations": 12}), banks=2),
    chain("mean_two", "u4 2c 1p 7w 7h 0o", average(2)),
    chain("mean_two_lanes", "s8 2c 4p 10w 7h 2o", average(2, unroll=2), banks=2),
    chain("mean_wide", "u5 1c 6p 14w 6h 3o", average([2, 3], fifo=1)),
    chain("mean_words", "u8 2c 2p 13w 9h 0o", average([3, 4], unroll=1), banks=2),
    chain("mean_words_gap", "u8 1c 2p 14w 11h 0o", average([2, 3], stride=[4, 6])),
    chain("mean_two_words", "u4 2c 3p 6w 5h 0o", average([2, 1], stride=[2, 3], unroll=2)),
    chain("mean_gap_lanes", "s5 1c 4p 12w 6h 0o", average([1, 1], stride=[2, 2])),
    chain("mean_row_first", "u8 3c 4p 7w 9h 1o", average([3, 5], unroll=2, stride=[4, 5])),
    chain("mean_every", "u8 2c 3p 7w 3h 2o", average(1, unroll=2)),
    chain("mean_slide", "u4 2c 1p 9w 7h 0o", average(3, stride=1, unroll=1), banks=2),
    chain("mean_slide_lanes", "s8 2c 4p 11w 8h 2o", average([2, 3], stride=[1, 2])),
    chain("mean_slide_row", "u8 1c 3p 8w 4h 1o", average([1, 4], stride=[2, 1], fifo=2)),
    chain("mean_slide_column", "u6 2c 1p 7w 9h 0o", average([4, 1], stride=[3, 2], precision={"activations": 8})),
    chain("mean_global_six", "u4 3c 6p 31w 5h 5o", average("global", unroll=1), banks=2),
    chain("mean_global_sixteen", "s5 1c 16p 40w 3h 9o", average("global")),
    chain("mean_global_half", "u8 2c 22p 22w 4h 3o", average("global")),
    chain("mean_global_wide", "u4 2c 22p 65w 4h 3o", average("global"), banks=2),
    chain("mean_two_wide", "u4 1c 22p 65w 5h 0o", average(2), banks=2),
    chain("mean_cut", "u4 2c 1p 7w 7h 0o", average(2), cut=8),
    chain("mean_global_cut", "u4 3c 2p 7w 4h 1o", average("global", unroll=1), cut=6),
]

DENSE = [
    chain("dense_serial", "u4 1c 1p 10w 1h 0o", dense(5, 4, "u4", 1, 5)),
    chain("dense_words", "u4 1c 4p 10w 1h 0o", dense(5, 4, "u4", 4, 5)),
    chain("dense_image", "u4 3c 2p 5w 4h 1o", dense(7, 8, "u8", 6, 3), banks=2),
    chain("dense_parts", "s8 3c 4p 9w 3h 2o", dense(7, 8, "s8", 4, 2), banks=2),
    chain("dense_short_rows", "u8 2c 5p 3w 2h 4o", dense(4, 8, "u8", 4, 4), banks=2),
    chain("dense_many", "u4 7c 3p 4w 4h 0o", dense(13, 4, "u4", 2, 4)),
    chain("dense_at_once", "u4 1c 20p 20w 1h 0o", dense(10, 4, "u4", 20, 10), banks=2),
    chain("dense_column", "u4 5c 1p 3w 3h 0o", dense(6, 4, "s4", 3, 1), banks=2),
    chain("dense_one", "s4 1c 1p 3w 1h 0o", dense(1, 4, "s4", 1, 1)),
    chain("dense_deep", "u4 1c 1p 200w 1h 0o", dense(6, 4, "u4", 1, 2)),
    # All totals held and drained: while the next frame adds up, longer than a frame, in many rounds.
    chain("drain", "u4 3c 1p 4w 3h 0o", dense(10, 4, "u4", 3, 10, 4), banks=2),
    chain("drain_parts", "s8 3c 4p 9w 3h 2o", dense(7, 8, "s8", 4, 7, 3), banks=2),
    chain("drain_short", "u8 1c 10p 20w 1h 0o", dense(9, 4, "s4", 10, 9, 2), banks=2, frames=6),
    chain("drain_word", "u4 1c 6p 6w 1h 0o", dense(8, 4, "u4", 6, 8, 1), banks=2, frames=6),
    chain("drain_one_word", "s3 1c 6p 5w 1h 1o", dense(7, 3, "u4", 3, 7, 2, fifo=4), frames=6),
    chain("drain_many", "u3 1c 2p 90w 1h 0o", dense(37, 3, "u4", 2, 37, 1), banks=2, frames=3),
    chain("pairs", "s8 2c 3p 7w 3h 1o", dense(6, 8, "s8", 6, 6, arithmetic="dsp2"), banks=2),
    chain("pairs_fold", "u6 1c 4p 10w 1h 0o", dense(7, 6, "u4", 2, 4, arithmetic="dsp2")),
    chain("pairs_drain", "u4 3c 1p 4w 3h 0o", dense(10, 4, "u4", 3, 10, 4, "dsp2"), banks=2),
]

HEADS = [
    chain("head_at_once", "s8 1c 4p 50w 1h 0o", head(8, 8, 8), banks=2, frames=8),
    chain("head_serial", "s4 1c 1p 9w 1h 0o", head(5, 4, 1), banks=2, frames=8),
    chain("head_groups", "u5 2c 3p 7w 2h 1o", head(7, 6, 3), frames=8),
    chain("head_one", "s8 1c 2p 2w 1h 0o", head(1, 8, 1), banks=2, frames=8),
    chain("head_word", "s2 1c 6p 6w 1h 0o", head(3, 4, 3), frames=8),
]

# After a broken frame the next whole one is right: counters begin anew with `first`.
BROKEN = [
    chain("cut_conv", "u4 1c 2p 9w 7h 0o", conv(2, 3, 4, "u4", 1, 9, padding="same"), cut=4),
    chain("cut_pool", "u4 2c 1p 7w 7h 0o", pool(2, ceil=True), cut=8),
    chain("cut_pixels", "u8 1c 2p 9w 7h 0o", PEDESTAL, MASK, conv(2, 3, 4, "u4", 1, 9), cut=4),
    chain("cut_dense", "u4 3c 2p 5w 4h 1o", dense(7, 8, "u8", 6, 3), cut=5),
    chain("cut_drain", "u8 1c 5p 20w 1h 0o", dense(9, 4, "s4", 5, 9, 2), cut=3),
    chain("cut_net", "u4 1c 1p 8w 8h 0o", conv(2, 3, 4, "u4", 1, 9), pool(2), dense(3, 4, "s4", 2, 3), cut=3),
]

# Whole chains: what the cycle model must time on every word.
CHAINS = [
    chain(
        "net_folded",
        "u4 1c 1p 17w 17h 0o",
        conv(3, 3, 4, "u4", 3, 9),
        pool(2, ceil=True),
        conv(2, 3, 4, "u4", 1, 9),
        pool(2, ceil=True),
        dense(6, 4, "u4", 2, 2),
        dense(4, 4, "s4", 1, 4),
        banks=2,
        frames=5,
    ),
    chain(
        "net_pixels",
        "u8 1c 2p 17w 17h 0o",
        PEDESTAL,
        MASK,
        compand(4),
        conv(3, 3, 4, "s6", 1, 9),
        prelu(4, 3),
        pool(2),
        dense(9, 4, "s4", 3, 3),
        prelu(4, 2),
        dense(4, 4, "s4", 2, 4),
        banks=2,
        frames=5,
    ),
    chain(
        "net_lanes",
        "u6 1c 4p 17w 17h 0o",
        compand(4),
        conv(3, 5, 4, "u4", 3, 25),
        pool(2, ceil=True),
        repack(4),
        conv(2, 3, 4, "s5", 2, 27, padding="same"),
        RELU,
        pool(2),
        dense(9, 4, "u4", 2, 3),
        dense(4, 4, "s4", 2, 4),
        banks=2,
        frames=5,
    ),
    chain(
        "net_average",
        "u4 1c 1p 17w 17h 0o",
        conv(4, 5, 4, "u4", 4, 5, stride=2, padding="same"),
        average(2, unroll=2),
        conv(6, 3, 4, "s5", 3, 9, padding="same"),
        average(3, stride=1, unroll=2),
        RELU,
        average("global", unroll=2),
        dense(4, 4, "s4", 2, 2),
        banks=2,
        frames=5,
    ),
    chain(
        "net_separable",
        "u4 1c 4p 17w 17h 0o",
        conv(4, 3, 4, "u4", 4, 9, stride=2, padding="same"),
        depthwise(3, 4, "u4", 4, 9, padding="same"),
        conv(6, 1, 4, "u4", 6, 4),
        average("global", unroll=2),
        dense(4, 4, "s4", 2, 4),
        banks=2,
        frames=5,
    ),
    chain(
        "net_tight",
        "u4 1c 2p 13w 13h 0o",
        conv(4, 3, 4, "u4", 4, 9, fifo=1),
        pool(2, ceil=True, fifo=1),
        repack(2),
        conv(3, [3, 3], 4, "u4", 1, 12, stride=2, fifo=1),
        dense(5, 4, "u4", 1, 1),
        frames=5,
    ),
]
