"""The planner: targets, budgets, what it says when there is no design."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speckleforge.artifacts.context import StageContext
from speckleforge.errors import DesignError
from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Design, parse_design, print_design
from speckleforge.ir.text import print_topology
from speckleforge.ir.topology import Topology
from speckleforge.layers import kernel_class, op_class
from speckleforge.lower import stage
from speckleforge.lower.draft import Draft
from speckleforge.lower.fold import ChooseFolds
from speckleforge.lower.group import GroupNodes
from speckleforge.lower.options import price
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.prediction import Prediction
from speckleforge.lower.request import read_board, read_hardware
from speckleforge.lower.stock import Stock
from tests.lower.networks import KCU1500, PUBLISHED, QUICKSTART, ULX3S, hardware, network, networks

LIMITS = r"it would take about [\d,]+ \w+ of [\d,]+|takes at least [\d,]+ \w+ of|too slow at this clock|is busy for"

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cycles_of(design: Design) -> tuple[int, int]:
    report = simulate_core([item.kernel for item in design.instances], interface=design.settings.interface)
    return report.latency_cycles, report.interval_cycles


def test_published_network_at_45_us_on_the_kcu1500() -> None:
    want = hardware(latency_us=45, clock_khz=200_000, banks=2)
    design, prediction = lower_topology(network((1, 65, 65), PUBLISHED), want, KCU1500)
    assert cycles_of(design) == (prediction.latency_cycles, prediction.interval_cycles)
    assert prediction.latency_cycles <= 9000
    assert prediction.total.fits(read_board(KCU1500).resources)
    slr = prediction.as_dict()["slr"]
    assert slr["fits_one"]
    # Far below the published design (71 % DSP, 75 % LUT, 48 % FF) at the same latency.
    shares = {name: entry["share"] for name, entry in prediction.as_dict()["resources"].items()}
    assert max(shares.values()) < 0.10


def test_quickstart_network_on_the_25f() -> None:
    design, prediction = lower_topology(
        network((1, 32, 32), QUICKSTART, 8), hardware(latency_us=1000, clock_khz=25_000), ULX3S
    )
    assert prediction.latency_cycles <= 25_000
    assert prediction.total.fits(read_board(ULX3S).resources)
    assert design.settings.family == "ecp5"


@QUICK
@given(topology=networks(), latency_us=st.floats(2, 200), banks=st.sampled_from((1, 2)))
def test_random_networks_meet_a_latency(topology: Topology, latency_us: float, banks: int) -> None:
    want = hardware(latency_us=latency_us, banks=banks)
    lowered = lowered_or_none(topology, want, KCU1500)
    if lowered is None:
        return
    design, prediction = lowered
    check(design, prediction)
    assert prediction.latency_cycles <= latency_us * 100 + 1e-6


@QUICK
@given(topology=networks(), interval=st.integers(4, 3000))
def test_random_networks_meet_a_frame_rate(topology: Topology, interval: int) -> None:
    want = hardware(frame_rate_khz=100_000 / interval)
    lowered = lowered_or_none(topology, want, ULX3S)
    if lowered is None:
        return
    design, prediction = lowered
    check(design, prediction)
    assert prediction.interval_cycles <= interval


def lowered_or_none(
    topology: Topology, want: dict[str, Any], target: dict[str, Any]
) -> tuple[Design, Prediction] | None:
    """None where no folding meets the target; any other error is a failure."""
    try:
        return lower_topology(topology, want, target)
    except DesignError as error:
        if "no folding meets the target" not in str(error):
            raise
        return None


def check(design: Design, prediction: Prediction) -> None:
    """It verifies, reads back, and the prediction is what the cycle model says."""
    assert parse_design(print_design(design), op_class, kernel_class) == design
    assert cycles_of(design) == (prediction.latency_cycles, prediction.interval_cycles)
    assert [k.name for k in prediction.kernels] == [i.name for i in design.instances]
    assert prediction.total.fits(prediction.board.resources)
    assert max(k.interval_cycles for k in prediction.kernels) <= prediction.interval_cycles


@QUICK
@given(topology=networks(), tight=st.integers(20, 2000), factor=st.floats(1.0, 8.0))
def test_a_tighter_rate_never_costs_less(topology: Topology, tight: int, factor: float) -> None:
    dear, cheap = (rate_price(topology, n) for n in (tight, int(tight * factor)))
    if dear is not None:
        assert cheap is not None
        assert cheap <= dear * (1 + 1e-9)


def rate_price(topology: Topology, interval: int) -> float | None:
    """Price of the kernels that the search chooses: FIFO depths, which a later pass decides, left out."""
    return chosen_price(topology, hardware(frame_rate_khz=100_000 / interval))


def chosen_price(topology: Topology, want: dict[str, Any]) -> float | None:
    draft = GroupNodes().run(Draft(topology, read_hardware(want), read_board(KCU1500)))
    chain = ChooseFolds().search(draft, stock=Stock(draft.board.family, draft.hardware.banks))
    return None if chain is None else price(chain.resources, draft.board.resources)


@QUICK
@given(topology=networks(), tight=st.floats(1, 50), factor=st.floats(1.0, 8.0))
def test_a_tighter_latency_never_costs_less(topology: Topology, tight: float, factor: float) -> None:
    # The search for a latency thins its candidates by time, so it is exact to a few percent only.
    dear, cheap = (chosen_price(topology, hardware(latency_us=us)) for us in (tight, tight * factor))
    if dear is not None:
        assert cheap is not None
        assert cheap <= dear * 1.05


@pytest.mark.parametrize("want", [{"latency_us": 1.0}, {"frame_rate_khz": 2000.0}])
def test_infeasible_targets_say_what_limits_and_what_is_near(want: dict[str, float]) -> None:
    with pytest.raises(DesignError) as caught:
        lower_topology(network((1, 65, 65), PUBLISHED), hardware(clock_khz=200_000, **want), KCU1500)
    text = str(caught.value)
    assert "lower.fold" in text
    assert re.search(LIMITS, text)
    near = re.search(r"allowed: about (latency_us|frame_rate_khz) ([\d.e+]+)", text)
    assert near is not None
    lower_topology(network((1, 65, 65), PUBLISHED), hardware(clock_khz=200_000, **{near[1]: float(near[2])}), KCU1500)


def test_a_network_too_large_for_the_board_says_so() -> None:
    tiny = {**ULX3S, "resources": {"lut": 500, "ff": 500, "dsp": 1, "bram": 1, "lutram": 100}}
    with pytest.raises(DesignError, match="does not fit this board at any rate"):
        lower_topology(network((1, 32, 32), QUICKSTART, 8), hardware(latency_us=100), tiny)


def test_no_target_gives_the_cheapest_design() -> None:
    _, free = lower_topology(network((1, 32, 32), QUICKSTART, 8), hardware(), ULX3S)
    _, bound = lower_topology(network((1, 32, 32), QUICKSTART, 8), hardware(latency_us=200), ULX3S)
    board = read_board(ULX3S)
    assert price(free.total, board.resources) < price(bound.total, board.resources)


def test_lowering_is_deterministic() -> None:
    topology = network((1, 32, 32), QUICKSTART, 8)
    first, second = (lower_topology(topology, hardware(latency_us=500), ULX3S) for _ in range(2))
    assert print_design(first[0]) == print_design(second[0])
    assert first[1].as_dict() == second[1].as_dict()


def test_stage_writes_design_and_prediction(tmp_path: Path) -> None:
    topology = network((1, 32, 32), QUICKSTART, 8)
    params = {"topology": print_topology(topology), "hardware": hardware(latency_us=1000), "target": ULX3S}
    stage.run(StageContext(params, {}, tmp_path, tmp_path))
    design = parse_design((tmp_path / "design.txt").read_text(), op_class, kernel_class)
    record = StageContext({}, {"prediction": tmp_path / "prediction.json"}, tmp_path, tmp_path).read_json("prediction")
    assert record["stage"] == "predicted"
    assert [layer["name"] for layer in record["layers"]] == [item.name for item in design.instances]
    assert record["limits"] in {layer["name"] for layer in record["layers"]}
    link, port, results = record["bandwidth"]
    assert (link["bits_per_frame"], link["available_mbps"], link["enough"]) == (32 * 32 * 8, 0.8, False)
    assert port["enough"]
    assert results["bits_per_frame"] > 0
    needs = record["needs_clock_mhz"]["latency_us"]
    assert needs["value"] == pytest.approx(record["latency_cycles"]["value"] / 1000)
