"""The published network at a million frames a second, and what follows from rates, budgets and regions of a device."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.errors import DesignError
from speckleforge.ir.core import simulate_core
from speckleforge.ir.cycles import simulate
from speckleforge.ir.design import Design, parse_design, print_design
from speckleforge.ir.regions import regions_of
from speckleforge.ir.topology import Topology
from speckleforge.layers import kernel_class, op_class
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.prediction import Prediction
from tests.lower.networks import KCU1500, PUBLISHED, ULX3S, Layers, hardware, network, networks

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COMPANDED: Layers = [("compand", {"rule": "sqrt", "gain": 2, "bits": 4}), *PUBLISHED]


@cache
def published(bits: int, rate_khz: float | None = 1000, latency_us: float | None = 2.0) -> tuple[Design, Prediction]:
    """On the KCU1500 at 200 MHz with two banks."""
    want = hardware(latency_us=latency_us, frame_rate_khz=rate_khz, clock_khz=200_000, banks=2)
    return lower_topology(network((1, 65, 65), COMPANDED, 8, bits), want, KCU1500)


@pytest.mark.parametrize(("bits", "dsp", "lut", "ff"), [(4, 0.05, 0.20, 0.15), (8, 0.71, 0.40, 0.30)])
def test_a_million_frames_a_second_in_two_microseconds(bits: int, dsp: float, lut: float, ff: float) -> None:
    design, prediction = published(bits)
    report = simulate_core([item.kernel for item in design.instances])
    assert report.interval_cycles == prediction.interval_cycles <= 200
    assert report.latency_cycles == prediction.latency_cycles <= 400
    shares = {name: entry["share"] for name, entry in prediction.as_dict()["resources"].items()}
    assert shares["dsp"] <= dsp
    assert shares["lut"] <= lut
    assert shares["ff"] <= ff
    assert prediction.as_dict()["slr"]["could_hold"] == [0, 1]


def test_pools_are_computed_inside_the_convolutions() -> None:
    design, prediction = published(4)
    kernels = {item.name: item for item in design.instances}
    assert kernels["conv2d_1"].boundary == "maxpool2d_1"
    assert kernels["conv2d_2"].boundary == "flatten_1"
    assert not any(item.kernel.kind == "maxpool2d" for item in design.instances)
    assert "pool 2x2 ceil" in next(k.summary for k in prediction.kernels if k.name == "conv2d_1")
    assert parse_design(print_design(design), op_class, kernel_class) == design


def test_a_tenth_of_the_rate_takes_less_than_a_quarter_of_the_area() -> None:
    fast, slow = (published(4, rate, None)[1].total for rate in (1000, 100))
    assert slow.lut < fast.lut / 4
    assert slow.ff < fast.ff / 4


@pytest.mark.parametrize("bits", [4, 8])
def test_bursts_of_pools_neither_slow_the_chain_nor_fill_deep_fifos(bits: int) -> None:
    design, prediction = published(bits)
    kernels = [item.kernel for item in design.instances]
    report = simulate(kernels, 6)
    assert report.interval_cycles == max(kernel.interval_cycles for kernel in kernels)
    assert [k.fifo_high_water for k in prediction.kernels] == list(simulate_core(kernels).fifo_high_water)
    for kernel in prediction.kernels:
        assert kernel.fifo_high_water <= kernel.fifo_words
    # Of three block RAMs' worth at most, where one row of the first pool is a word of 11 columns, three times.
    assert (
        sum(
            k.fifo_words * item.kernel.sink.word_bits
            for k, item in zip(prediction.kernels, design.instances, strict=True)
        )
        < 3 * 36_864
    )


def test_the_refill_gap_is_what_new_weights_cost_the_frames_behind() -> None:
    design, prediction = published(4)
    kernels = [item.kernel for item in design.instances]
    assert any(kernel.refill_cycles for kernel in kernels)
    late = simulate(kernels, 6, (2,)).output_cycles[-1] - simulate(kernels, 6).output_cycles[-1]
    assert prediction.refill_cycles == late > 0
    assert prediction.as_dict()["refill_cycles"]["value"] == late


def test_the_clocks_of_two_pulse_rates_are_told_where_a_rate_is_asked() -> None:
    record = published(4)[1].as_dict()
    clocks = {round(row["frame_rate_khz"], 2): row["value"] for row in record["needs_clock_mhz"]["at_rates"]}
    interval = record["interval_cycles"]["value"]
    assert clocks == {1000.0: pytest.approx(interval), 928.57: pytest.approx(interval * 1300 / 1400)}
    assert "at_rates" not in published(4, None, 45.0)[1].as_dict()["needs_clock_mhz"]
    assert record["limit"]["what"] == "kernel"


@SOME
@given(topology=networks(), latency_us=st.floats(1, 60), interval=st.integers(4, 1500), banks=st.sampled_from((1, 2)))
def test_no_design_misses_a_latency_or_a_rate(topology: Topology, latency_us: float, interval: int, banks: int) -> None:
    want = hardware(latency_us=latency_us, frame_rate_khz=100_000 / interval, banks=banks)
    for board in (KCU1500, ULX3S):
        try:
            design, prediction = lower_topology(topology, want, board)
        except DesignError as error:
            if "no folding meets the target" not in str(error):
                raise
            continue
        report = simulate_core([i.kernel for i in design.instances], interface=design.settings.interface)
        assert report.latency_cycles == prediction.latency_cycles <= latency_us * 100 + 1e-6
        assert report.interval_cycles == prediction.interval_cycles <= interval


def test_a_budget_caps_a_resource() -> None:
    topology, want = network((1, 65, 65), COMPANDED, 8, 8), {"frame_rate_khz": 100, "clock_khz": 200_000}
    _, free = lower_topology(topology, hardware(**want), KCU1500)
    _, capped = lower_topology(topology, hardware(**want, budget={"dsp": 0.01, "bram": 0.02}), KCU1500)
    assert capped.total.dsp <= 0.01 * 5520 < free.total.dsp
    assert capped.total.bram <= 0.02 * 2160
    assert capped.as_dict()["resources"]["dsp"]["budget"] == 0.01
    with pytest.raises(DesignError, match=r"takes at least [\d,]+ lut of 6,633"):
        lower_topology(topology, hardware(**want, budget={"lut": 0.01}), KCU1500)


def regions(share: float, **shell: Any) -> dict[str, Any]:
    """The KCU1500 with two regions of `share` of its own."""
    counts = {name: int(count * share) for name, count in KCU1500["slr"].items() if name != "count"}
    return {**KCU1500, "slr": {"count": 2, **counts}, "shell": {"slr": 0, "share": None, **shell}}


def test_a_chain_too_large_for_one_region_is_cut_where_both_parts_fit() -> None:
    topology = network((1, 65, 65), COMPANDED, 8, 4)
    want = hardware(frame_rate_khz=1000, clock_khz=200_000, banks=2)
    small = regions(0.25)
    design, prediction = lower_topology(topology, want, small)
    kernels = [item.kernel for item in design.instances]
    ways = [(k.leaves, k.enters) for k in kernels if k.kind == "crossing"]  # type: ignore[attr-defined]
    assert ways == [(0, 1), (1, 0)]
    assert design.instances[-1].kernel.kind == "head"
    record = prediction.as_dict()["slr"]
    assert [part["region"] for part in record["parts"]] == [0, 1]
    for part in record["parts"]:
        assert all(share is None or share <= 1 for share in part["share"].values())
    named = {name: part["region"] for part in record["parts"] for name in part["kernels"]}
    assert [named[item.name] for item in design.instances] == list(regions_of(kernels))
    assert parse_design(print_design(design), op_class, kernel_class) == design
    assert simulate_core(kernels).interval_cycles == prediction.interval_cycles <= 200


def test_the_shell_takes_its_share_of_its_region() -> None:
    topology = network((1, 65, 65), COMPANDED, 8, 4)
    want = hardware(frame_rate_khz=1000, clock_khz=200_000, banks=2)
    taken = {"lut": 0.45, "ff": 0.1, "dsp": 0.0, "bram": 0.1}
    board = {**KCU1500, "shell": {"slr": 0, "share": taken}}
    _, prediction = lower_topology(topology, want, board)
    record = prediction.as_dict()["slr"]
    assert record["could_hold"] == [1]
    assert record["shell"] == "bram 10 %, dsp 0 %, ff 10 %, lut 45 % of the device in SLR0"
    unknown = published(4)[1].as_dict()["slr"]
    assert unknown["shell"] == "not known, counted as nothing"


def test_weights_that_the_device_cannot_hold_are_refused_at_once() -> None:
    layers: Layers = [("flatten", {}), ("dense", {"units": 4096}), ("dense", {"units": 8}), ("head", {"prototypes": 4})]
    topology = network((1, 65, 65), layers)
    with pytest.raises(DesignError, match=r"(?s)weights of 2 banks take 2\d\d\.\d Mbit.*at any rate"):
        lower_topology(topology, hardware(latency_us=1000, banks=2), KCU1500)


def test_more_products_than_the_device_can_make_are_refused_at_once() -> None:
    topology = network(
        (1, 65, 65), [("conv2d", {"filters": 128, "kernel": 9}), ("flatten", {}), ("dense", {"units": 2})]
    )
    with pytest.raises(DesignError, match=r"(?s)products a cycle are needed.*allowed: about frame_rate_khz"):
        lower_topology(topology, hardware(frame_rate_khz=1000, clock_khz=200_000), KCU1500)


def test_a_design_has_one_kernel_for_each_group_or_for_two() -> None:
    from speckleforge.lower.draft import Draft
    from speckleforge.lower.group import GroupNodes
    from speckleforge.lower.request import read_board, read_hardware
    from speckleforge.lower.verify import Verify

    design, _ = published(4)
    draft = GroupNodes().run(
        Draft(design.topology, read_hardware(hardware(clock_khz=200_000, banks=2)), read_board(KCU1500))
    )
    good = replace(draft, instances=design.instances, joined=True)
    assert Verify().run(good) == good
    with pytest.raises(DesignError, match="a kernel has not exactly its group"):
        Verify().run(replace(good, groups=tuple(group for group in draft.groups if group.name != "conv2d_2")))


@pytest.mark.parametrize(
    ("want", "relaxed", "kept"),
    [
        ({"latency_us": 1.0, "frame_rate_khz": 1000}, "latency_us", "frame_rate_khz 1000 "),
        ({"latency_us": 45.0, "frame_rate_khz": 5000}, "frame_rate_khz", "latency_us 45 "),
    ],
)
def test_only_the_target_that_falls_short_is_relaxed(want: dict[str, float], relaxed: str, kept: str) -> None:
    topology = network((1, 65, 65), COMPANDED, 8, 4)
    with pytest.raises(DesignError) as caught:
        lower_topology(topology, hardware(**want, clock_khz=200_000), KCU1500)
    nearest = str(caught.value).partition("allowed: about")[2].partition("\n")[0]
    assert kept in nearest
    value = float(nearest.partition(f"{relaxed} ")[2].split()[0])
    met = want | {relaxed: value}
    _, prediction = lower_topology(topology, hardware(**met, clock_khz=200_000), KCU1500)
    assert prediction.latency_cycles <= met["latency_us"] * 200
    assert prediction.interval_cycles <= 200_000 / met["frame_rate_khz"]
