"""Why no search is worth while. Takes a draft; gives the reason in words: bounds from below, found in a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from speckleforge.ir.layout import layout_of
from speckleforge.ir.op import LinearOp, Op
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType
from speckleforge.ir.types import TensorType
from speckleforge.layers.blocks import memory_cost
from speckleforge.lower.draft import Draft
from speckleforge.lower.lattice import sources
from speckleforge.lower.limits import allowed, overhead_at
from speckleforge.lower.overhead import large_memories
from speckleforge.lower.request import RESOURCES, Hardware

BLOCK_BITS = {"ecp5": 18432, "ultrascale": 36864}  # of one block RAM
TABLE_BITS = {"ecp5": 64 / 6, "ultrascale": 64}  # of one LUT as memory; ECP5 counts six for 16 words of four bits
Extras = Mapping[StreamType, Resources]  # what is no kernel, by the stream that enters the first one
PRODUCTS = 2.0  # that one multiplier block makes at most
GROUP = {"ecp5": 4, "ultrascale": 5}  # weights of one look-up
LEAST_SHOWN_MBIT = 0.05  # what is less does not matter beside megabits


def hopeless(draft: Draft) -> str:
    """A target below a cycle; or memory, overhead or products that exceed what there is; "": none of it."""
    if reason := below_a_cycle(draft.hardware):
        return reason
    extras = {source: overhead_at(draft, source) for source in sources(draft.topology.nodes[0].out)}
    return _storage(draft, extras) or _overhead(draft, extras) or _arithmetic(draft)


def below_a_cycle(hardware: Hardware) -> str:
    """Which target leaves no cycle at all."""
    period = f"one cycle at {hardware.clock_mhz:g} MHz ({1e6 / hardware.clock_khz:.3g} ns)"
    if hardware.interval_cycles == 0:
        return f"{hardware.frame_rate_khz:g} kHz is more than a frame for {period}"
    return f"{hardware.latency_us:g} us is less than {period}" if hardware.latency_cycles == 0 else ""


def _overhead(draft: Draft, extras: Extras) -> str:
    """A resource of which everything that is no kernel takes too much, with any number of lanes at the input."""
    most = allowed(draft)
    for name in RESOURCES:
        source = min(extras, key=lambda stream: int(getattr(extras[stream], name)))
        least = getattr(extras[source], name)
        if least > getattr(most, name):
            named = f" ({_block_rams(draft, source)})" if name == "bram" else ""
            return f"what is no kernel takes at least {least:,} {name}{named} of {getattr(most, name):,}"
    return ""


def _large(draft: Draft, source: StreamType) -> dict[str, float]:
    """Block RAMs of each large memory that is no kernel's, to a half."""
    found = large_memories(draft.topology, draft.board.interface, source, boot=draft.hardware.boot)
    return {name: memory_cost([memory] * 2, draft.board.family).bram / 2 for name, memory in found.items()}


def _block_rams(draft: Draft, source: StreamType) -> str:
    return ", ".join(f"{name} {count:,g}" for name, count in _large(draft, source).items() if count)


def _storage(draft: Draft, extras: Extras) -> str:
    """Bits that kernels and everything else must hold: `banks` copies of the weights, boot image, frames, rows."""
    most, family = allowed(draft), draft.board.family
    held = most.bram * BLOCK_BITS[family] + most.lutram * TABLE_BITS[family]
    needed = _needed_bits(draft, extras)
    if sum(needed.values()) <= held:
        return ""
    first, *others = needed.items()
    shown = [(name, bits) for name, bits in others if bits / 1e6 >= LEAST_SHOWN_MBIT]
    rest = "".join(f", {name} {bits / 1e6:.1f}" for name, bits in shown)
    advice = " or ".join([*_advice(draft, max(needed, key=lambda name: needed[name])), "fewer bits"])
    room = f"block RAM and LUTs hold {held / 1e6:.1f} Mbit"
    return f"{first[0]} take {first[1] / 1e6:.1f} Mbit{rest}; {room}: {advice} take less"


def _needed_bits(draft: Draft, extras: Extras) -> dict[str, float]:
    """By name; the weights first."""
    family, banks = draft.board.family, draft.hardware.banks
    weights = sum(segment.elements * segment.type.bits for segment in layout_of(draft.topology).segments)
    source = min(extras, key=lambda stream: extras[stream].bram)
    large = {name: float(count * BLOCK_BITS[family]) for name, count in _large(draft, source).items()}
    rows = sum(_row_bits(op, tensor) for _, op, tensor in draft.topology.steps())
    return {f"weights of {banks} bank{'s' if banks > 1 else ''}": weights * banks, **large, "rows of images": rows}


def _row_bits(op: Op, source: TensorType) -> int:
    """Rows that a convolution must keep: all of a window but the one that comes."""
    rows = getattr(op, "kernel", (1, 1))[0] - 1
    return rows * source.image[2] * source.image[0] * source.type.bits if isinstance(op, LinearOp) else 0


def _advice(draft: Draft, largest: str) -> Iterator[str]:
    """What takes less of the largest."""
    if largest.startswith("weights"):
        if draft.hardware.banks > 1:
            yield "one bank"
        if draft.hardware.boot:
            yield "`boot: host`"
    elif largest == "boot image":
        yield "`boot: host`"
    else:
        yield "a smaller image"


def _arithmetic(draft: Draft) -> str:
    """Products that a cycle must make, the cheapest way each, against all multipliers and all LUTs."""
    cycles = [n for n in (draft.hardware.interval_cycles, draft.hardware.latency_cycles) if n is not None]
    if not cycles:
        return ""
    most, group = allowed(draft), GROUP[draft.board.family]
    blocks, luts, total = most.dsp * PRODUCTS, 0.0, 0.0
    for node, op, source in draft.topology.steps():
        if isinstance(op, LinearOp) and node.kind != "head":
            products = op.macs(source) / min(cycles)
            total += products
            soft = max(0.0, products - blocks)
            blocks = max(0.0, blocks - products)
            luts += soft * source.type.bits * op.weights.bits / group
    if luts <= most.lut:
        return ""
    return f"{total:,.0f} products a cycle are needed; all multipliers and look-up tables make fewer"
