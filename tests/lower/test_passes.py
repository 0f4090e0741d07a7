"""Grouping, adapters, the runner of passes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from speckleforge.errors import DesignError, Problem
from speckleforge.ir.stream import stream_of
from speckleforge.lower.draft import Draft
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.lanes import sensible_lanes
from speckleforge.lower.pipeline import run_passes
from speckleforge.lower.plan import LOWERING, lower_topology
from speckleforge.lower.request import read_board, read_hardware
from tests.lower.networks import KCU1500, PUBLISHED, hardware, network


def draft_of(*layers: tuple[str, dict[str, object]], shape: tuple[int, ...] = (1, 8, 8)) -> Draft:
    return Draft(network(shape, list(layers)), read_hardware(hardware()), read_board(KCU1500))


def test_wires_vanish_into_the_kernel_before() -> None:
    groups = (
        GroupNodes().run(Draft(network((1, 65, 65), PUBLISHED), read_hardware(hardware()), read_board(KCU1500))).groups
    )
    assert [(g.name, g.boundary) for g in groups] == [
        ("conv2d_1", "relu_1"),
        ("maxpool2d_1", "maxpool2d_1"),
        ("conv2d_2", "relu_2"),
        ("maxpool2d_2", "flatten_1"),
        ("dense_1", "relu_3"),
        ("dense_2", "dense_2"),
        ("head_1", "head_1"),
    ]


def test_a_relu_behind_a_signed_tensor_keeps_its_kernel() -> None:
    # The pool between convolution and relu is a relu's own business only if the relu follows at once or behind pools.
    signed = draft_of(("conv2d", {"filters": 2, "kernel": 3}), ("flatten", {}), ("dense", {"units": 4}), ("relu", {}))
    node = signed.topology.node("conv2d_1")
    assert node.out.type.signed
    behind = draft_of(("conv2d", {"filters": 2, "kernel": 3}), ("flatten", {}), ("relu", {}), ("dense", {"units": 2}))
    assert [g.name for g in GroupNodes().run(behind).groups] == ["conv2d_1", "relu_1", "dense_1"]


def test_nothing_to_build_is_an_error() -> None:
    with pytest.raises(DesignError, match=r"lower\.group: no node of the topology needs hardware"):
        run_passes(draft_of(("flatten", {})), LOWERING)


def test_errors_name_the_pass_and_those_before_it() -> None:
    @dataclass(frozen=True)
    class Fails:
        name: str = "fails"

        def run(self, draft: Draft) -> Draft:
            raise DesignError(Problem("no", "here"))

    with pytest.raises(DesignError, match=r"lower\.fails \(after group\): here: no"):
        run_passes(draft_of(("flatten", {}), ("dense", {"units": 2})), (GroupNodes(), Fails()))


def test_a_pass_that_breaks_the_design_is_caught() -> None:
    @dataclass(frozen=True)
    class Breaks:
        name: str = "breaks"

        def run(self, draft: Draft) -> Draft:
            return replace(draft, instances=draft.instances[:-1])

    draft = draft_of(("conv2d", {"filters": 2, "kernel": 3}), ("flatten", {}), ("dense", {"units": 2}))
    with pytest.raises(DesignError, match=r"lower\.breaks.*nodes are not computed"):
        run_passes(draft, (*LOWERING[:3], Breaks()))


def test_adapters_join_streams_that_differ() -> None:
    # Stride 3 fits no number of lanes but 1 and multiples of 3.
    layers = [
        ("conv2d", {"filters": 2, "kernel": 3, "stride": 3}),
        ("maxpool2d", {"size": 2}),
        ("flatten", {}),
        ("dense", {"units": 3}),
    ]
    design, _ = lower_topology(network((1, 32, 32), layers), hardware(frame_rate_khz=400), KCU1500)
    for before, after in zip(design.instances, design.instances[1:], strict=False):
        assert before.kernel.sink == after.kernel.source
    for n, item in enumerate((i for i in design.instances if i.kernel.kind == "repack"), start=1):
        assert item.name == f"repack_{n}"


def test_lanes_are_the_least_for_their_number_of_words() -> None:
    for width in (1, 2, 14, 31, 65, 100):
        tensor = network((1, 1, width), [("flatten", {}), ("dense", {"units": 1})]).nodes[0].out
        counts = [stream_of(tensor, n).words_per_row for n in sensible_lanes(width)]
        assert counts == sorted(set(counts), reverse=True)
        assert set(counts) == {-(-width // n) for n in range(1, width + 1)}
        assert {1, width} <= set(sensible_lanes(width))
