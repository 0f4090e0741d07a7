"""The edges of a block in the prediction: beats and cycles as emitted, latency, and what bounds its frame rate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.emit.firmware.frame_format import dma_of, frame_format
from speckleforge.fixed.types import unsigned
from speckleforge.ir.stream import stream_of
from speckleforge.ir.types import TensorType
from speckleforge.lower.bandwidth import boundaries
from speckleforge.lower.edges import Edges, edges_of
from speckleforge.lower.plan import lower_topology
from speckleforge.lower.prediction import Prediction
from speckleforge.lower.request import Link, read_board
from speckleforge.spec import load_spec, load_target
from tests.emit.designs import chain
from tests.networks import topology

SPECS = Path(__file__).parents[2] / "specs"
LAYERS = (("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("head", {"prototypes": 20}))


@pytest.mark.parametrize("board", ["kcu1500", "zcu104", "vcu118"])
@pytest.mark.parametrize("shape", [(1, 8, 9), (3, 5, 7), (1, 65, 65)])
def test_beats_are_those_of_the_emitted_block(board: str, shape: tuple[int, ...]) -> None:
    design = chain(topology(LAYERS, TensorType(unsigned(6), shape)), 2)
    target = load_target(board)
    edges, dma = edges_of(design, read_board(target.slice("lower"))), dma_of(target.slice("emit"))
    assert edges is not None
    assert dma is not None
    frames = frame_format(design, dma)
    assert (edges.link.bits, edges.link.mhz) == (dma.bits, dma.mhz)
    assert edges.header_beats * dma.bits == frames.header_bytes * 8
    assert (edges.pixel_beats, edges.record_beats) == (frames.beats, frames.record_beats)
    assert edges.record_bits == frames.record_bits


def test_a_core_behind_a_serial_line_has_no_edges() -> None:
    design = chain(topology(LAYERS, TensorType(unsigned(6), (1, 8, 9))), 2, interface="uart")
    board = read_board(load_target("ulx3s-25f").slice("lower"))
    assert edges_of(design, board) is None
    assert [row.name for row in boundaries(design, 100, board)] == ["input link", "core port", "results"]


def edges(element: int, lanes: int, bits: int = 256, mhz: float = 250.0, clock_mhz: float = 200.0) -> Edges:
    stream = stream_of(TensorType(unsigned(element), (1, 65, 65)), lanes)
    return Edges(Link("dma", "stream", None, bits, mhz), stream, clock_mhz, 384)


def test_what_the_edges_add_is_at_least_what_was_simulated() -> None:
    """97 to 109 ns with a record of one beat (docs/firmware.md), a core cycle more for the second."""
    one = edges(8, 22)
    assert (one.stream_cycles, one.core_cycles) == (11, 15)
    assert one.added_us == pytest.approx(11 / 250 + 15 / 200 + 1 / 200)
    assert 0.109 <= replace(one, record_bits=256).added_us < 0.125
    assert edges(8, 22, bits=64).stream_cycles == one.stream_cycles + 5, "four beats of header, three of the first word"


def test_words_wait_for_a_stream_that_is_slower() -> None:
    fast, slow = edges(16, 22), edges(16, 22, mhz=125.0)
    cycles = slow.stream_cycles / 125 + 15 / 200 + 1 / 125
    last = (slow.pixel_beats - 2) / 125 - 194 / 200  # the first word is whole with the second beat
    assert slow.added_us == pytest.approx(cycles + last, abs=0.01)
    assert fast.added_us < slow.added_us
    gearbox = (fast.pixel_beats - 2) / 200 - 194 / 200  # takes a beat a cycle, and a word is more than one
    assert fast.added_us == pytest.approx(12 / 250 + 15 / 200 + 1 / 200 + gearbox)


def planned(bits: int, **want: Any) -> Prediction:
    """The published network from pixels of so many bits, on the KCU1500 at 200 MHz."""
    spec = load_spec(SPECS / "kcu1500-w4a4.yaml")
    first, *others = spec.topology.nodes
    wider = replace(first, out=TensorType(unsigned(bits), first.out.shape))
    asked = {**spec.slice("lower")["hardware"], **want}
    return lower_topology(replace(spec.topology, nodes=(wider, *others)), asked, spec.slice("lower")["target"])[1]


def test_a_stream_that_is_too_slow_bounds_the_rate_whatever_the_links_before_it() -> None:
    record = planned(16).as_dict()
    rows = {row["name"]: row for row in record["bandwidth"]}
    assert list(rows) == ["input link", "input stream", "gearbox", "core port", "result stream", "results"]
    assert rows["input link"]["through"] == "qsfp"
    assert rows["input link"]["enough"]
    stream = rows["input stream"]
    assert (stream["through"], stream["enough"]) == ("dma, 256 bits at 250 MHz", False)
    assert stream["frame_rate_khz"] == pytest.approx(250_000 / 266)
    assert rows["gearbox"]["frame_rate_khz"] == pytest.approx(200_000 / 265)
    assert (record["limit"]["what"], record["limit"]["name"]) == ("link", "gearbox")


def test_latency_of_the_block_and_the_clock_with_its_gearbox() -> None:
    narrow, wide = planned(8).as_dict(), planned(16).as_dict()
    block = narrow["block"]
    assert block["interval_cycles"] == 195
    assert block["latency_us"]["value"] == pytest.approx(narrow["latency_us"]["value"] + block["added_us"])
    assert narrow["latency_us"]["value"] == narrow["latency_cycles"]["value"] / 200
    assert narrow["needs_clock_mhz"]["frame_rate_khz"]["value"] == narrow["interval_cycles"]["value"]
    assert wide["needs_clock_mhz"]["frame_rate_khz"]["value"] == 265
