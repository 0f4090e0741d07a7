"""Names as in a netlist, and first values that count as no change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import StageError
from speckleforge.parsers.saif import Instance, Net, Saif
from speckleforge.verify.netlist_names import as_in_netlist

PLACE = ("sf_bench", "sf_core")


def traced(core: Instance) -> Saif:
    """As Verilator writes it: the model with the core in it."""
    return Saif(10, 1.0, (Instance("sf_core", (Net("clk", 5, 5, 11),), (core,)),))


def net(name: str, toggles: int) -> Net:
    return Net(name, 10, 0, toggles)


def core(toggles: Sequence[int]) -> Instance:
    a, b, c, d = toggles
    inner = Instance("tree", (net("sum[0]", c), net("unused_carry", 1)))
    block = Instance("g_pair", (net("held", b),), (inner,))
    lane = Instance("g_lane[1]", (net("high_water[3]", 1), net("high_waters", d)), (block,))
    return Instance("sf_core", (net("a", a),), (lane, Instance("u_x")))


def test_generate_blocks_stand_before_names_and_what_is_no_hardware_is_left_out() -> None:
    found = as_in_netlist(traced(core((4, 3, 9, 2))), traced(core((1, 0, 1, 0))), PLACE)
    assert [(path, item.name, item.toggles) for path, item in found.walk()] == [
        ("sf_bench/sf_core", "a", 3),
        ("sf_bench/sf_core", "g_lane[1].high_waters", 2),
        ("sf_bench/sf_core", "g_lane[1].g_pair.held", 3),
        ("sf_bench/sf_core/g_lane[1].g_pair.tree", "sum[0]", 8),
    ]
    below = found.instances[0].instances[0].instances
    assert [item.name for item in below] == ["g_lane[1].g_pair.tree", "u_x"]


def test_below_a_board_the_core_is_where_the_netlist_has_it() -> None:
    place = ("sf_bench", "sf_top", "u_board", "u_core")
    found = as_in_netlist(traced(core((1, 1, 1, 1))), traced(core((0, 0, 0, 0))), place)
    assert next(found.walk())[0] == "sf_bench/sf_top/u_board/u_core"


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 99)), min_size=4, max_size=4))
def test_only_real_changes_are_left(values: list[tuple[int, int]]) -> None:
    first = tuple(start for start, _ in values)
    whole = tuple(start + changes for start, changes in values)
    found = as_in_netlist(traced(core(whole)), traced(core(first)), PLACE)
    by_name = {item.name.rpartition(".")[2]: item.toggles for _, item in found.walk()}
    assert by_name == dict(zip(("a", "held", "sum[0]", "high_waters"), (changes for _, changes in values), strict=True))


@pytest.mark.parametrize(
    "other",
    [
        Saif(10, 1.0, ()),
        traced(Instance("sf_core")),
        traced(Instance("sf_core", (net("b", 0),), (Instance("g_lane[1]"), Instance("u_x")))),
    ],
)
def test_first_values_of_other_nets_are_refused(other: Saif) -> None:
    with pytest.raises(StageError):
        as_in_netlist(traced(core((1, 1, 1, 1))), other, PLACE)
