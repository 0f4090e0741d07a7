"""What a design may take: budgets, regions and the board are kept by what is finished, or the planner says no."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.ir.resources import Resources
from speckleforge.ir.stream import stream_of
from speckleforge.ir.topology import Topology
from speckleforge.lower.chains import Finder
from speckleforge.lower.draft import Draft
from speckleforge.lower.excess import excess
from speckleforge.lower.fold import ChooseFolds
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.infeasible import limit
from speckleforge.lower.limits import Room, allowed, largest_regions, overhead_at
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.request import RESOURCES, read_board, read_hardware
from speckleforge.lower.stock import Stock, crossing
from tests.lower.networks import KCU1500, PUBLISHED, QUICKSTART, ULX3S, Layers, hardware, network, networks

SHARES = st.dictionaries(st.sampled_from(RESOURCES), st.floats(0.0, 0.2))
SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COMPANDED: Layers = [("compand", {"rule": "sqrt", "gain": 2, "bits": 4}), *PUBLISHED]
IMAGE: Layers = [
    ("conv2d", {"filters": 2, "kernel": 3}), ("relu", {}), ("avgpool2d", {"size": "global"}),
    ("flatten", {}), ("dense", {"units": 4}), ("head", {"prototypes": 2}),
]  # fmt: skip


def regions(share: float) -> dict[str, Any]:
    """The KCU1500 with two regions of `share` of its own."""
    counts = {name: int(count * share) for name, count in KCU1500["slr"].items() if name != "count"}
    return {**KCU1500, "slr": {"count": 2, **counts}}


def test_a_budget_below_what_is_no_kernel_is_refused_and_the_nearest_one_is_kept() -> None:
    topology, want = network((1, 65, 65), COMPANDED, 8, 4), hardware(latency_us=45, clock_khz=200_000, banks=2)
    parts = r"what is no kernel takes at least \d+ bram \(boot image 16\.5, buffer of 2 frames [\d.]+\) of 10\n"
    with pytest.raises(DesignError, match=parts) as caught:
        lower_topology(topology, want | {"budget": {"bram": 0.005}}, KCU1500)
    allowed_text = str(caught.value).partition("allowed: ")[2].partition("\n")[0]
    assert "latency_us 45 " in allowed_text
    share = float(allowed_text.rpartition("bram ")[2])
    _, prediction = lower_topology(topology, want | {"budget": {"bram": share}}, KCU1500)
    assert prediction.total.bram <= share * 2160
    with pytest.raises(DesignError, match=r"at least [\d,]+ lut of 0\n(?s:.*)within this budget"):
        lower_topology(topology, want | {"budget": {"lut": 0.0}}, KCU1500)


def test_lanes_are_chosen_whose_frame_buffer_fits() -> None:
    topology = network((1, 96, 96), IMAGE, 8)
    board = read_board(KCU1500)
    draft = Draft(topology, read_hardware(hardware(boot="host")), board)
    one, four = (overhead_at(draft, stream_of(topology.nodes[0].out, lanes)).bram for lanes in (1, 4))
    assert four < one, "a power of two of words holds two frames in less"
    free = lower_topology(topology, hardware(boot="host"), KCU1500)[0]
    share = (four + 1) / board.resources.bram
    design, prediction = lower_topology(topology, hardware(boot="host", budget={"bram": share}), KCU1500)
    assert free.source.lanes == 1
    assert design.source.lanes > 1
    assert prediction.total.bram <= four + 1


@SOME
@given(
    topology=networks(), shares=st.dictionaries(st.sampled_from(RESOURCES), st.floats(0.0, 0.2)), small=st.booleans()
)
def test_what_is_finished_keeps_every_limit(topology: Topology, shares: dict[str, float], small: bool) -> None:
    board = regions(0.02) if small else ULX3S
    want = hardware(frame_rate_khz=100_000 / 400, budget=shares)
    try:
        _, prediction = lower_topology(topology, want, board)
    except DesignError as error:
        if "no folding meets the target" not in str(error):
            raise
        return
    limits = allowed(Draft(topology, read_hardware(want), read_board(board)))
    assert prediction.total.fits(limits)
    record = prediction.as_dict()["slr"]
    if record:
        assert record["could_hold"] or record["parts"] or record["larger"]
        assert all(share is None or share <= 1 for part in record["parts"] for share in part["share"].values())


@pytest.mark.parametrize(("share", "spread"), [(0.25, False), (0.12, True)])
def test_only_a_kernel_larger_than_a_region_is_spread(
    share: float, spread: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    topology = network((1, 65, 65), COMPANDED, 8, 4)
    want = read_hardware(hardware(frame_rate_khz=1000, clock_khz=200_000, banks=2))
    draft = GroupNodes().run(Draft(topology, want, read_board(regions(share))))
    stock = Stock(draft.board.family, 2)
    find = Finder.find
    monkeypatch.setattr(Finder, "find", lambda self: find(self) if self.room.spread else None)
    assert (ChooseFolds().search(draft, stock=stock) is not None) == spread


def test_the_prediction_names_what_is_larger_than_a_region() -> None:
    topology = network((1, 65, 65), COMPANDED, 8, 4)
    want = hardware(frame_rate_khz=1000, clock_khz=200_000, banks=2)
    for share, larger in ((0.25, []), (0.12, ["conv2d_1"])):
        design, prediction = lower_topology(topology, want, regions(share))
        record = prediction.as_dict()["slr"]
        assert record["larger"] == larger
        assert any(item.kernel.kind == "crossing" for item in design.instances) == bool(record["parts"]) == (not larger)


def test_a_design_that_no_region_holds_says_so() -> None:
    topology = network((1, 32, 32), QUICKSTART, 8)
    draft = GroupNodes().run(Draft(topology, read_hardware(hardware()), read_board(regions(0.001))))
    stock = Stock(draft.board.family, 1)
    text = limit(draft, partial(ChooseFolds().search, stock=stock), stock)
    assert re.fullmatch(
        r"it would take about [\d,]+ lut, more than the 331 of a super logic region; cut in two, .*", text
    )


@pytest.mark.parametrize(
    ("want", "text"),
    [
        ({"latency_us": 0.001, "clock_khz": 200_000}, r"0\.001 us is less than one cycle at 200 MHz \(5 ns\)"),
        (
            {"frame_rate_khz": 100_000.0, "clock_khz": 25_000},
            r"100000 kHz is more than a frame for one cycle at 25 MHz",
        ),
    ],
)
def test_a_target_below_a_cycle_is_no_crash(want: dict[str, Any], text: str) -> None:
    topology = network((1, 32, 32), QUICKSTART, 8)
    with pytest.raises(DesignError, match=text) as caught:
        lower_topology(topology, hardware(**want), KCU1500)
    name = next(name for name in want if name != "clock_khz")
    near = float(str(caught.value).partition(f"about {name} ")[2].split()[0])
    lower_topology(topology, hardware(**want | {name: near}), KCU1500)


@pytest.mark.parametrize("board", [KCU1500, ULX3S], ids=lambda board: str(board["name"]))
def test_what_does_not_fit_is_named_before_any_search(board: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finder, "find", lambda self: pytest.fail("searched"))
    with pytest.raises(DesignError) as caught:
        lower_topology(network((1, 4096, 4096), IMAGE, 8), hardware(latency_us=1e6), board)
    text = str(caught.value)
    assert "weights of 1 bank take 0.0 Mbit, " in text
    assert re.search(r"buffer of 2 frames 2\d\d\.\d" if board is KCU1500 else r"frame buffer \d\d\d\.\d", text)
    assert "a smaller image or fewer bits take less" in text
    assert "boot" not in text


def test_a_cut_chain_is_counted_by_region() -> None:
    kernels: list[Any] = []
    for item in lower_topology(network((1, 32, 32), QUICKSTART, 8), hardware(), KCU1500)[0].instances[:3]:
        kernels.append(item.kernel)
    kernels.insert(1, crossing(kernels[0].sink, 0, 1))
    kernels.insert(3, crossing(kernels[2].sink, 1, 0))
    taken = [Resources(lut=n) for n in (1, 10, 100, 1000, 10_000)]
    extra, endless = Resources(lut=100_000), Resources(lut=1_000_000)
    home, away = Resources(lut=111_000), Resources(lut=109)
    assert excess(kernels, taken, extra, Room(endless, home, away)) == Resources(lut=1)
    assert excess(kernels, taken, extra, Room(endless, endless, endless)) == Resources()
    assert excess(kernels, taken, extra, Room(Resources(lut=111_110))) == Resources(lut=1)


def test_regions_that_another_one_holds_are_not_tried() -> None:
    each = [{"lut": n, "ff": m, "dsp": 1, "bram": 1, "lutram": 1} for n, m in ((5, 5), (9, 4), (5, 5), (8, 4))]
    board = read_board({**KCU1500, "slr": {**KCU1500["slr"], "count": 4, "each": each}})
    assert [(one.lut, one.ff) for one in largest_regions(board)] == [(9, 4), (5, 5)]
