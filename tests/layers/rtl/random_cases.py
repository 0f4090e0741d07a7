"""Random kernels: operator, shape, widths, folding and arithmetic drawn from a number, to be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from speckleforge.errors import DesignError
from speckleforge.fixed.types import IntType
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.op import LayerContext, Op
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.layers import facet, op_class
from tests.layers.rtl.bench import Chain, random_frames

MOST_PRODUCTS = 160  # a cycle: beyond, compiling takes longer than all the rest
Draw = np.random.Generator


def random_chain(number: int, fit: Callable[[Kernel], bool] = lambda _: True) -> Chain:
    """One kernel with frames and parameters, drawn from `number`; `fit` says which kernels count."""
    rng = np.random.default_rng([20, number])
    kind = str(rng.choice(list(OPERATORS), p=[weight for weight, _ in OPERATORS.values()]))
    while True:
        found = _kernel(kind, rng)
        if found is not None and fit(found):
            banks, frames = int(rng.integers(1, 3)), int(rng.integers(2, 5))
            name = f"{found.kind}_{number}"
            return Chain(name, [found], random_frames(found.source, frames, rng), banks, number)


def _kernel(kind: str, rng: Draw) -> Kernel | None:
    """A random folding of a random operator on a random stream; None where they do not go together."""
    source = _stream(rng)
    shape = (source.channels, source.height, source.width)
    tensor = TensorType(source.element, (int(np.prod(shape)),) if kind == "dense" else shape)
    family = str(rng.choice(["ecp5", "ultrascale"]))
    context = LayerContext(int(rng.integers(2, 9)), int(rng.integers(2, 9)), bool(rng.integers(2)))
    try:
        op = op_class(kind).from_spec(OPERATORS[kind][1](rng), tensor, context)
        op.infer(tensor)
        kernels = [k for k in facet(kind, "kernel").candidates(op, source, 2, family) if _small(k) and k.timing]
    except DesignError:
        return None
    return _fused(_one(kernels, op, rng), tensor, context, rng)


def _fused(kernel: Kernel | None, tensor: TensorType, context: LayerContext, rng: Draw) -> Kernel | None:
    """Every other time with a max-pool inside, where the kernel can have this one."""
    if kernel is None or not rng.integers(2) or not hasattr(facet(kernel.kind, "kernel"), "fuse"):
        return kernel
    keys = {"size": [int(n) for n in rng.integers(1, 4, 2)], "ceil": bool(rng.integers(2))}
    fused: Kernel | None = facet(kernel.kind, "kernel").fuse(
        kernel, op_class("maxpool2d").from_spec(keys, tensor, context)
    )
    return fused or kernel


def _one(kernels: list[Kernel], op: Op, rng: Draw) -> Kernel | None:
    """One of them, each arithmetic as likely as another."""
    if not kernels:
        return None
    arithmetic = str(rng.choice(sorted({_arithmetic(k) for k in kernels})))
    mine = [k for k in kernels if _arithmetic(k) == arithmetic]
    return mine[int(rng.integers(len(mine)))]


def _arithmetic(kernel: Kernel) -> str:
    return str(getattr(kernel, "arithmetic", ""))


def _small(kernel: Kernel) -> bool:
    cost = facet(kernel.kind, "cost")
    return not hasattr(cost, "products") or cost.products(kernel) <= MOST_PRODUCTS


def _stream(rng: Draw) -> StreamType:
    lanes = int(rng.integers(1, 7))
    return StreamType(
        IntType(int(rng.integers(2, 9)), bool(rng.integers(2))),
        channels=int(rng.integers(1, 5)),
        lanes=lanes,
        width=int(rng.integers(lanes, 15)),
        height=int(rng.integers(1, 9)),
        offset=int(rng.integers(lanes)),
    )


def _window(rng: Draw, *, padded: bool) -> dict[str, Any]:
    """Size and stride of a window, and its padding."""
    size, stride = [[int(n) for n in rng.integers(1, most + 1, 2)] for most in (5, 3)]
    keys: dict[str, Any] = {"stride": stride}
    if padded:
        return {**keys, "kernel": size, "padding": str(rng.choice(["valid", "same"]))}
    return {**keys, "size": size}


def _conv2d(rng: Draw) -> dict[str, Any]:
    return {"filters": int(rng.integers(1, 6)), **_window(rng, padded=True)}


def _depthwise(rng: Draw) -> dict[str, Any]:
    return _window(rng, padded=True)


def _dense(rng: Draw) -> dict[str, Any]:
    return {"units": int(rng.integers(1, 21))}


def _maxpool(rng: Draw) -> dict[str, Any]:
    return {**_window(rng, padded=False), "ceil": bool(rng.integers(2))}


def _avgpool(rng: Draw) -> dict[str, Any]:
    return {"size": "global"} if rng.integers(2) else _window(rng, padded=False)


OPERATORS: dict[str, tuple[float, Callable[[Draw], dict[str, Any]]]] = {
    "conv2d": (0.4, _conv2d),
    "depthwise2d": (0.1, _depthwise),
    "dense": (0.3, _dense),
    "maxpool2d": (0.1, _maxpool),
    "avgpool2d": (0.1, _avgpool),
}


def chains(first: int, count: int) -> Iterator[Chain]:
    """Random chains `first` to `first + count - 1`."""
    return (random_chain(number) for number in range(first, first + count))
