"""The search against trying everything: all chains of small networks, each timed by the exact cycle model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.ir.core import simulate_core
from speckleforge.ir.kernel import Kernel
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import StreamType, stream_of
from speckleforge.ir.topology import Topology
from speckleforge.layers import facet
from speckleforge.lower.draft import Draft, Group
from speckleforge.lower.fifos import deepened
from speckleforge.lower.fold import ChooseFolds
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.lanes import sensible_lanes
from speckleforge.lower.lattice import LANE_STEPS
from speckleforge.lower.limits import allowed, overhead_at
from speckleforge.lower.options import price
from speckleforge.lower.request import read_board, read_hardware
from speckleforge.lower.stock import Stock, repack
from tests.lower.networks import KCU1500, ULX3S, Layers, hardware, network

SMALL = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COARSE = 1.05  # a search for a latency may miss the cheapest chain by so much
MOST = 6000  # chains that are tried

# Few lanes and foldings, so that there are few chains; one with a pool that a convolution can compute inside.
END: Layers = [("flatten", {}), ("head", {"prototypes": 2})]
NETWORKS: tuple[tuple[tuple[int, ...], Layers], ...] = (
    ((1, 4, 4), [("conv2d", {"filters": 2, "kernel": 2}), ("flatten", {}), ("dense", {"units": 2})]),
    ((1, 5, 3), [("conv2d", {"filters": 1, "kernel": 2}), ("maxpool2d", {"size": 2}), *END]),
    ((2, 4, 5), [("conv2d", {"filters": 1, "kernel": [2, 1]}), ("relu", {}), ("maxpool2d", {"size": [1, 2]})]),
    ((1, 3, 4), [("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("dense", {"units": 3})]),
    ((1, 1, 6), [("flatten", {}), ("dense", {"units": 4}), ("relu", {}), ("dense", {"units": 3})]),
)


def draft(topology: Topology, board: dict[str, object] = KCU1500, **want: float) -> Draft:
    return GroupNodes().run(Draft(topology, read_hardware(hardware(**want)), read_board(board)))


def every_chain(one: Draft) -> Iterator[tuple[Kernel, ...]]:
    """All chains of candidates, of fused ones, and of adapters between kernels."""
    source = one.topology.nodes[0].out
    lanes = sorted({n for step in LANE_STEPS for n in sensible_lanes(source.image[2], step=step)})
    for count in lanes:
        yield from _from(one, one.groups, stream_of(source, count), first=True)


def _from(one: Draft, groups: Sequence[Group], stream: StreamType, *, first: bool) -> Iterator[tuple[Kernel, ...]]:
    if not groups:
        yield ()
        return
    for adapter in () if first else _adapters(stream):
        for kernel, left in _kernels(one, groups, adapter.sink):
            yield from ((adapter, kernel, *rest) for rest in _from(one, left, kernel.sink, first=False))
    for kernel, left in _kernels(one, groups, stream):
        yield from ((kernel, *rest) for rest in _from(one, left, kernel.sink, first=False))


def _adapters(stream: StreamType) -> list[Kernel]:
    return [repack(stream, n) for n in sensible_lanes(stream.width) if n != stream.lanes or stream.offset]


def _kernels(one: Draft, groups: Sequence[Group], stream: StreamType) -> Iterator[tuple[Kernel, Sequence[Group]]]:
    layer = facet(groups[0].op.kind, "kernel")
    try:
        found = list(layer.candidates(groups[0].op, stream, one.hardware.banks, one.board.family))
        found = [kernel for kernel in found if kernel.interval_cycles]
    except DesignError:
        return
    for kernel in found:
        yield kernel, groups[1:]
        fused = layer.fuse(kernel, groups[1].op) if len(groups) > 1 and hasattr(layer, "fuse") else None
        if fused is not None:
            yield fused, groups[2:]


class Chains:
    """Every chain of a network, priced; its latency when first asked for."""

    def __init__(self, one: Draft) -> None:
        self.chains = list(islice(every_chain(one), MOST + 1))
        assert len(self.chains) <= MOST, "the network is too large for this test"
        costs = {k: facet(k.kind, "cost").cost(k, one.board.family, 1) for chain in self.chains for k in chain}
        self.resources = [sum((costs[k] for k in chain), Resources()) for chain in self.chains]
        self.intervals = [max(k.interval_cycles for k in chain) for chain in self.chains]
        self.interface = one.board.interface

    @cache  # noqa: B019 - lives as long as the tests
    def latency(self, number: int) -> int:
        """By the exact cycle model."""
        return simulate_core(deepened(self.chains[number]), 1, interface=self.interface).latency_cycles

    def cheapest(self, one: Draft) -> float | None:
        """Price of the cheapest chain that meets everything; None: there is none."""
        most, asked = allowed(one), one.hardware
        prices = [price(resources, most) for resources in self.resources]
        for number in sorted(range(len(prices)), key=prices.__getitem__):
            quick = asked.interval_cycles is None or self.intervals[number] <= asked.interval_cycles
            fits = quick and (self.resources[number] + overhead_at(one, self.chains[number][0].source)).fits(most)
            if fits and (asked.latency_cycles is None or self.latency(number) <= asked.latency_cycles):
                return prices[number]
        return None


@cache
def chains_of(which: int, family: str) -> Chains:
    """Of one of the networks."""
    return Chains(draft(network(*NETWORKS[which]), KCU1500 if family == "ultrascale" else ULX3S))


def chosen(one: Draft) -> float | None:
    chain = ChooseFolds().search(one, stock=Stock(one.board.family, one.hardware.banks))
    return None if chain is None else price(chain.resources, allowed(one))


def check(which: int, one: Draft, within: float) -> None:
    best, found = chains_of(which, one.board.family).cheapest(one), chosen(one)
    if best is None:
        assert found is None
    else:
        assert found is not None
        assert best * (1 - 1e-9) <= found <= best * within * (1 + 1e-9)


@pytest.mark.parametrize("which", range(len(NETWORKS)))
@pytest.mark.parametrize("board", [KCU1500, ULX3S], ids=["ultrascale", "ecp5"])
def test_a_rate_is_met_at_the_least_price(which: int, board: dict[str, object]) -> None:
    topology = network(*NETWORKS[which])
    for interval in (4, 12, 60, 400):
        check(which, draft(topology, board, frame_rate_khz=100_000 / interval), 1.0)


@pytest.mark.parametrize("which", range(len(NETWORKS)))
def test_a_latency_is_met_at_about_the_least_price(which: int) -> None:
    topology = network(*NETWORKS[which])
    for cycles in (30, 45, 70, 110, 300):
        check(which, draft(topology, latency_us=cycles / 100), COARSE)


@SMALL
@given(which=st.integers(0, len(NETWORKS) - 1), cycles=st.integers(30, 200), interval=st.integers(4, 100))
def test_both_are_met_at_about_the_least_price(which: int, cycles: int, interval: int) -> None:
    one = draft(network(*NETWORKS[which]), latency_us=cycles / 100, frame_rate_khz=100_000 / interval)
    check(which, one, COARSE)


@pytest.mark.parametrize("which", range(len(NETWORKS)))
def test_a_budget_is_kept_at_the_least_price(which: int) -> None:
    # Half of what the cheapest design takes of each resource in turn: another chain must do with less.
    free = draft(network(*NETWORKS[which]), frame_rate_khz=100_000 / 60)
    chain = ChooseFolds().search(free, stock=Stock(free.board.family, free.hardware.banks))
    assert chain is not None
    for name in ("lut", "dsp", "ff"):
        kernels = getattr(chain.resources, name) // 2
        extra = getattr(overhead_at(free, chain.kernels[0].source), name)
        share = (kernels + extra) / getattr(free.board.resources, name)
        check(which, replace(free, hardware=replace(free.hardware, budget=((name, share),))), 1.0)
