"""Kernels that the cost formulas are fitted to: seconds of synthesis each, spread over what the planner chooses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from speckleforge.fixed.types import IntType, parse_int_type
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.layers import kernel_class, op_class
from speckleforge.layers.rtl.choice import TABLE_WEIGHTS

Shape = tuple[int, ...]


def op_of(kind: str, element: IntType, shape: Shape, keys: dict[str, Any], bits: tuple[int, int], *, relu: bool) -> Op:
    """An operator as a spec would make it."""
    return op_class(kind).from_spec(keys, TensorType(element, shape), LayerContext(*bits, relu))


def stream(element: IntType, shape: Shape, lanes: int, offset: int = 0) -> StreamType:
    """A stream of an image [channels, rows, columns] or a vector [features]."""
    channels, rows, columns = shape if len(shape) == 3 else (1, 1, shape[0])
    return StreamType(element, channels, lanes, columns, rows, offset)


# element, shape, lanes, offset, filters, kernel, padding, weight and activation bits, unroll_out, unroll_taps, banks
CONV2D = (
    ("u4", (1, 65, 65), 1, 0, 7, 5, "valid", (8, 8), 1, 1, 1),
    ("u4", (1, 65, 65), 1, 0, 7, 5, "valid", (8, 8), 7, 5, 2),
    ("u4", (1, 65, 65), 2, 0, 7, 5, "valid", (8, 8), 1, 25, 2),
    ("u4", (1, 65, 65), 4, 0, 7, 5, "valid", (4, 4), 2, 13, 1),
    ("u8", (7, 31, 31), 1, 0, 3, 5, "valid", (8, 8), 3, 18, 2),
    ("u8", (4, 15, 15), 1, 0, 8, 3, "valid", (8, 8), 4, 4, 1),
    ("u8", (4, 15, 15), 3, 2, 8, 3, "same", (8, 8), 1, 9, 1),
    ("u6", (2, 24, 24), 2, 1, 4, 3, "same", (6, 6), 4, 3, 2),
    ("u4", (3, 20, 20), 4, 0, 5, 3, "valid", (4, 4), 5, 9, 1),
)
# The same with arithmetic, group, size of a pool inside and its ceil mode, before the banks.
CONV2D_AT_ONCE = (
    ("u4", (1, 65, 65), 2, 0, 3, 5, "valid", (4, 4), 3, 25, "da", 5, 2, True, 2),
    ("u4", (1, 65, 65), 6, 0, 2, 5, "valid", (4, 4), 2, 25, "da", 5, 2, True, 2),
    ("u4", (7, 31, 31), 2, 0, 1, 5, "valid", (4, 4), 1, 175, "da", 5, 1, False, 2),
    ("u8", (2, 24, 24), 1, 0, 2, 3, "same", (8, 8), 2, 18, "da", 5, 2, False, 1),
    ("s6", (1, 24, 24), 4, 0, 2, 3, "valid", (6, 6), 2, 9, "da", 5, 1, False, 1),
    ("u4", (1, 65, 65), 1, 0, 3, 5, "valid", (4, 4), 3, 25, "da", 4, 2, True, 2),
    ("u4", (1, 65, 65), 2, 0, 2, 5, "valid", (4, 4), 2, 25, "da", 4, 2, True, 1),
    ("u4", (4, 31, 31), 1, 0, 2, 5, "valid", (4, 4), 2, 100, "da", 4, 1, False, 2),
    ("u8", (2, 24, 24), 1, 0, 2, 3, "same", (8, 8), 2, 18, "da", 4, 2, False, 1),
    ("s6", (1, 24, 24), 2, 0, 2, 3, "valid", (6, 6), 2, 9, "da", 4, 1, False, 1),
    ("u8", (1, 65, 65), 2, 0, 3, 5, "valid", (8, 8), 3, 25, "dsp2", 1, 2, True, 2),
    ("u8", (2, 31, 31), 4, 0, 2, 3, "valid", (8, 8), 2, 18, "dsp2", 1, 1, False, 1),
    ("u8", (4, 24, 24), 2, 0, 4, 3, "valid", (8, 8), 1, 36, "mul", 1, 2, True, 1),
    ("u4", (1, 65, 65), 1, 0, 7, 5, "valid", (8, 8), 7, 5, "mul", 1, 2, True, 2),
)
# element, shape, lanes, offset, kernel, stride, padding, weight and activation bits, unroll_channels, unroll_taps,
# arithmetic, group, banks
DEPTHWISE2D = (
    ("u8", (4, 33, 33), 1, 0, 3, 1, "same", (8, 8), 1, 1, "mul", 1, 1),
    ("u8", (8, 17, 17), 1, 0, 3, 1, "same", (8, 8), 1, 9, "mul", 1, 1),
    ("u8", (8, 17, 17), 1, 0, 3, 2, "same", (8, 8), 4, 3, "mul", 1, 2),
    ("u8", (16, 16, 16), 1, 0, 3, 1, "valid", (8, 8), 2, 3, "mul", 1, 1),
    ("u8", (4, 33, 33), 4, 0, 3, 1, "same", (8, 8), 1, 9, "mul", 1, 1),
    ("u8", (4, 33, 33), 2, 1, 5, 1, "valid", (8, 8), 2, 5, "mul", 1, 2),
    ("u4", (8, 33, 33), 1, 0, 3, 1, "same", (4, 4), 8, 9, "mul", 1, 2),
    ("u4", (4, 33, 33), 3, 2, 3, 1, "same", (4, 4), 4, 9, "mul", 1, 1),
    ("u4", (16, 17, 17), 1, 0, 3, 1, "same", (4, 4), 4, 3, "mul", 1, 1),
    ("u4", (6, 33, 33), 2, 0, 5, 2, "same", (4, 4), 3, 25, "mul", 1, 1),
    ("s6", (4, 24, 24), 2, 0, 3, 1, "same", (6, 6), 2, 9, "mul", 1, 2),
    ("u4", (4, 33, 33), 3, 2, 3, 1, "same", (4, 4), 4, 9, "da", 4, 1),
    ("u8", (2, 17, 17), 2, 0, 3, 1, "same", (8, 8), 2, 9, "da", 4, 2),
    ("u4", (3, 33, 33), 2, 0, 5, 1, "valid", (4, 4), 3, 25, "da", 4, 1),
    ("u6", (8, 17, 17), 1, 0, 3, 2, "same", (6, 6), 8, 9, "da", 4, 2),
    ("u4", (4, 33, 33), 3, 2, 3, 1, "same", (4, 4), 4, 9, "da", 5, 1),
    ("u8", (2, 17, 17), 2, 0, 3, 1, "same", (8, 8), 2, 9, "da", 5, 2),
    ("u4", (3, 33, 33), 2, 0, 5, 1, "valid", (4, 4), 3, 25, "da", 5, 1),
    ("u6", (8, 17, 17), 1, 0, 3, 2, "same", (6, 6), 8, 9, "da", 5, 2),
    ("u8", (4, 33, 33), 2, 0, 3, 1, "same", (8, 8), 4, 9, "dsp2", 1, 1),
    ("u8", (2, 33, 33), 4, 0, 5, 1, "valid", (8, 8), 2, 25, "dsp2", 1, 2),
    ("u6", (3, 24, 24), 2, 1, 3, 1, "valid", (6, 6), 3, 9, "dsp2", 1, 1),
)
# element, shape, lanes, units, weight and activation bits, unroll_in, unroll_out, unroll_requantise, arithmetic, banks
DENSE = (
    ("u8", (588,), 1, 100, (8, 8), 1, 1, 1, "mul", 1),
    ("u8", (588,), 4, 100, (8, 8), 4, 1, 1, "mul", 2),
    ("u8", (588,), 4, 100, (8, 8), 2, 10, 10, "mul", 1),
    ("u8", (100,), 5, 50, (8, 8), 5, 2, 2, "mul", 2),
    ("u8", (100,), 10, 50, (8, 8), 5, 10, 10, "mul", 1),
    ("u8", (8, 6, 6), 1, 16, (8, 8), 4, 2, 2, "mul", 1),
    ("u8", (8, 6, 6), 2, 16, (8, 8), 16, 4, 4, "mul", 2),
    ("u4", (64,), 8, 16, (4, 4), 8, 16, 16, "mul", 1),
    ("u4", (64,), 4, 32, (4, 6), 2, 4, 4, "mul", 1),
    ("u4", (3, 14, 14), 1, 32, (4, 4), 3, 32, 4, "mul", 2),
    ("u4", (100,), 4, 24, (4, 4), 4, 24, 4, "mul", 2),
    ("u8", (64,), 2, 20, (8, 8), 2, 20, 1, "mul", 1),
    ("u4", (3, 7, 7), 1, 48, (4, 4), 3, 48, 2, "mul", 1),
    ("u6", (40,), 1, 40, (6, 6), 1, 40, 1, "mul", 2),
    ("u8", (588,), 2, 100, (8, 8), 2, 2, 2, "mul", 1),
    ("u4", (96,), 1, 70, (4, 4), 1, 70, 1, "mul", 1),
    ("u4", (3, 14, 14), 1, 32, (4, 4), 3, 32, 4, "dsp2", 2),
    ("u8", (100,), 4, 24, (8, 8), 4, 24, 4, "dsp2", 2),
    ("u8", (588,), 4, 100, (8, 8), 4, 10, 10, "dsp2", 1),
    ("u8", (64,), 2, 20, (8, 8), 2, 20, 2, "dsp2", 1),
)
# element, shape, lanes, offset, size, ceil
MAXPOOL2D = (
    ("u8", (7, 61, 61), 1, 0, 2, True),
    ("u8", (7, 61, 61), 2, 0, 2, True),
    ("u8", (3, 27, 27), 4, 2, 2, True),
    ("u8", (4, 30, 30), 1, 0, 2, False),
    ("u4", (8, 13, 13), 2, 0, 2, False),
    ("u6", (4, 24, 24), 6, 3, 3, False),
    ("s8", (2, 32, 32), 8, 4, 2, True),
)
# element, shape, lanes, offset, size, stride, unroll, banks
AVGPOOL2D = (
    ("u8", (16, 7, 7), 1, 0, "global", None, 1, 1),
    ("u8", (16, 7, 7), 1, 0, "global", None, 4, 1),
    ("u8", (16, 7, 7), 1, 0, "global", None, 16, 2),
    ("u8", (8, 31, 31), 2, 0, "global", None, 2, 1),
    ("u6", (32, 8, 8), 2, 1, "global", None, 8, 1),
    ("u4", (24, 12, 12), 4, 0, "global", None, 24, 1),
    ("u8", (7, 61, 61), 1, 0, 2, None, 7, 1),
    ("u8", (7, 30, 30), 2, 0, 2, None, 1, 2),
    ("s8", (4, 32, 32), 8, 4, 2, None, 4, 1),
    ("u4", (8, 24, 24), 2, 0, 4, None, 2, 1),
    ("u6", (4, 24, 24), 3, 0, 3, None, 4, 2),
    ("u8", (4, 30, 30), 1, 0, 3, 1, 4, 1),
    ("u4", (8, 13, 13), 2, 0, 3, 2, 1, 1),
    ("u8", (3, 27, 27), 4, 2, 2, 1, 12, 1),
    ("s6", (6, 16, 16), 1, 0, [4, 4], [2, 2], 3, 2),
)
# input bits, shape, lanes, output bits, banks
COMPAND = (
    (8, (1, 65, 65), 1, 4, 1),
    (8, (1, 65, 65), 4, 4, 2),
    (8, (1, 65, 65), 13, 4, 2),
    (12, (1, 32, 32), 2, 4, 1),
    (8, (1, 32, 32), 8, 3, 1),
    (10, (1, 32, 32), 4, 5, 2),
)
# element, shape, lanes, offset, output lanes
REPACK = (
    ("u8", (7, 61, 61), 4, 0, 1),
    ("u8", (7, 31, 31), 2, 1, 3),
    ("u8", (3, 14, 14), 1, 0, 7),
    ("u8", (100,), 2, 0, 13),
    ("u8", (100,), 10, 0, 4),
    ("u4", (4, 32, 32), 8, 3, 6),
    ("u8", (8, 6, 6), 2, 1, 2),
)
CROSSING = (
    ("u8", (1, 65, 65), 1),
    ("u8", (7, 31, 31), 1),
    ("u8", (1, 65, 65), 22),
    ("u8", (7, 31, 31), 11),
    ("s32", (12, 1, 1), 1),
)
RELU = (("s8", (4, 8, 8), 1), ("s8", (4, 8, 8), 4), ("s6", (16, 8, 8), 2))
# word bits, shape, lanes, offset, banks
MASK = (
    (8, (1, 65, 65), 1, 0, 1),
    (8, (1, 65, 65), 4, 0, 2),
    (8, (1, 65, 65), 13, 0, 2),
    (12, (1, 32, 32), 2, 1, 1),
    (10, (1, 128, 128), 8, 0, 2),
    (8, (1, 16, 16), 4, 3, 1),
    (16, (1, 130, 130), 1, 0, 1),
)
PEDESTAL = (
    (8, (1, 65, 65), 1, 0, 1),
    (8, (1, 65, 65), 4, 0, 2),
    (12, (1, 65, 65), 13, 0, 1),
    (12, (1, 32, 32), 2, 1, 1),
    (14, (1, 64, 64), 8, 0, 2),
    (10, (1, 16, 16), 4, 3, 1),
    (16, (1, 130, 130), 1, 0, 1),
)
# element, shape, lanes, slope bits, unroll, banks
PRELU = (
    ("s8", (32, 61, 61), 1, 8, 1, 1),
    ("s8", (32, 61, 61), 1, 8, 8, 1),
    ("s8", (64, 26, 26), 1, 8, 4, 2),
    ("s8", (512,), 1, 8, 1, 1),
    ("s8", (512,), 8, 8, 8, 2),
    ("s4", (8, 24, 24), 2, 4, 4, 2),
    ("s4", (16, 24, 24), 1, 4, 16, 1),
    ("s6", (7, 31, 31), 2, 6, 14, 1),
    ("s8", (4, 16, 16), 4, 8, 2, 1),
)
# element, features, lanes, slots, prototype bits, unroll_slots, banks
HEAD = (
    ("s8", 50, 1, 8, 8, 1, 1),
    ("s8", 50, 2, 8, 8, 2, 2),
    ("s8", 16, 1, 4, 8, 1, 1),
    ("s8", 16, 4, 4, 8, 4, 1),
    ("s6", 32, 2, 16, 6, 4, 2),
    ("s8", 50, 5, 16, 8, 4, 1),
)


def kernels(kind: str, family: str) -> Iterator[tuple[Kernel, int]]:
    """Kernels of one kind that suit a device family, with the number of banks of each."""
    for kernel, banks in _of(kind):
        suits = {"mul": True, "dsp2": family == "ultrascale", "da": _group(kernel) == TABLE_WEIGHTS[family]}
        if suits[getattr(kernel, "arithmetic", "mul")]:
            yield kernel, banks


def _group(kernel: Kernel) -> int:
    return int(getattr(kernel, "group", 1))


def _of(kind: str) -> Iterator[tuple[Kernel, int]]:
    yield from {
        "conv2d": _conv2d, "depthwise2d": _depthwise2d, "dense": _dense, "maxpool2d": _maxpool2d,
        "avgpool2d": _avgpool2d, "compand": _compand, "repack": _repack, "crossing": _crossing, "relu": _relu,
        "head": _head, "mask": _mask, "pedestal": _pedestal, "prelu": _prelu,
    }[kind]()  # fmt: skip


def _conv2d() -> Iterator[tuple[Kernel, int]]:
    plain = ((*row[:-1], "mul", 1, 1, False, row[-1]) for row in CONV2D)
    for name, shape, lanes, offset, filters, size, padding, bits, *folding, pool, ceil, banks in (
        *plain,
        *CONV2D_AT_ONCE,
    ):
        element = parse_int_type(name)
        op = op_of("conv2d", element, shape, {"filters": filters, "kernel": size, "padding": padding}, bits, relu=True)
        build: Any = kernel_class("conv2d")
        yield build(op, stream(element, shape, lanes, offset), *folding, (pool, pool), ceil, 16), banks


def _depthwise2d() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, offset, size, stride, padding, bits, *folding, banks in DEPTHWISE2D:
        element = parse_int_type(name)
        keys = {"kernel": size, "stride": stride, "padding": padding}
        op = op_of("depthwise2d", element, shape, keys, bits, relu=True)
        build: Any = kernel_class("depthwise2d")
        yield build(op, stream(element, shape, lanes, offset), *folding, 16), banks


def _dense() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, units, bits, unroll_in, unroll_out, unroll_requantise, arithmetic, banks in DENSE:
        element = parse_int_type(name)
        size = shape[0] if len(shape) == 1 else shape[0] * shape[1] * shape[2]
        op = op_of("dense", element, (size,), {"units": units}, bits, relu=True)
        build: Any = kernel_class("dense")
        fold = (unroll_in, unroll_out, unroll_requantise, arithmetic, 2 * -(-units // unroll_requantise))
        yield build(op, stream(element, shape, lanes), *fold), banks


def _maxpool2d() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, offset, size, ceil in MAXPOOL2D:
        element = parse_int_type(name)
        op = op_of("maxpool2d", element, shape, {"size": size, "ceil": ceil}, (8, 8), relu=True)
        build: Any = kernel_class("maxpool2d")
        yield build(op, stream(element, shape, lanes, offset), 6), 1


def _avgpool2d() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, offset, size, stride, unroll, banks in AVGPOOL2D:
        element = parse_int_type(name)
        keys = {"size": size} | ({} if stride is None else {"stride": stride})
        op = op_of("avgpool2d", element, shape, keys, (8, 8), relu=False)
        build: Any = kernel_class("avgpool2d")
        yield build(op, stream(element, shape, lanes, offset), unroll, 8), banks


def _compand() -> Iterator[tuple[Kernel, int]]:
    for word_bits, shape, lanes, bits, banks in COMPAND:
        element = IntType(word_bits, False)
        op = op_of("compand", element, shape, {"rule": "sqrt", "gain": 2, "bits": bits}, (8, 8), relu=True)
        build: Any = kernel_class("compand")
        yield build(op, stream(element, shape, lanes), 8), banks


def _crossing() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes in CROSSING:
        build: Any = kernel_class("crossing")
        yield build(None, stream(parse_int_type(name), shape, lanes), 0, 1, 6), 1


def _repack() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, offset, out in REPACK:
        build: Any = kernel_class("repack")
        kernel = build(None, stream(parse_int_type(name), shape, lanes, offset), out, 16)
        yield replace(kernel, fifo=kernel.timing.reserve + 2), 1


def _relu() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes in RELU:
        element = parse_int_type(name)
        build: Any = kernel_class("relu")
        yield build(op_of("relu", element, shape, {}, (8, 8), relu=False), stream(element, shape, lanes), 4), 1


def _mask() -> Iterator[tuple[Kernel, int]]:
    yield from _pixels("mask", MASK)


def _pedestal() -> Iterator[tuple[Kernel, int]]:
    yield from _pixels("pedestal", PEDESTAL)


def _pixels(kind: str, table: tuple[Any, ...]) -> Iterator[tuple[Kernel, int]]:
    for word_bits, shape, lanes, offset, banks in table:
        element = IntType(word_bits, False)
        build: Any = kernel_class(kind)
        yield (
            build(op_of(kind, element, shape, {}, (8, 8), relu=False), stream(element, shape, lanes, offset), 4),
            banks,
        )


def _prelu() -> Iterator[tuple[Kernel, int]]:
    for name, shape, lanes, slope_bits, unroll, banks in PRELU:
        element = parse_int_type(name)
        build: Any = kernel_class("prelu")
        op = op_of("prelu", element, shape, {}, (slope_bits, 8), relu=False)
        yield build(op, stream(element, shape, lanes), unroll, 8), banks


def _head() -> Iterator[tuple[Kernel, int]]:
    for name, features, lanes, slots, bits, unroll_slots, banks in HEAD:
        element = parse_int_type(name)
        op = op_of("head", element, (features,), {"prototypes": slots}, (bits, 8), relu=False)
        build: Any = kernel_class("head")
        yield build(op, stream(element, (features,), lanes), unroll_slots), banks
