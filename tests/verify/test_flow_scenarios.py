"""Overrun, reset, swap, random start: they hold on a whole core, and each finds a fault of its kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.errors import MismatchError
from speckleforge.fixed.arithmetic import Ints
from speckleforge.fixed.types import unsigned
from speckleforge.ir.core import LEAST_INGRESS_WORDS, held_frames, ingress_words
from speckleforge.ir.stream import stream_of
from speckleforge.ir.types import TensorType
from speckleforge.layers.head.op import RECORD
from speckleforge.layers.weight_image import build_image
from speckleforge.tools.find import installed
from speckleforge.verify.flow_scenarios import overrun, reset_mid_frame, start_states, swap_mid_frame
from speckleforge.verify.rtl import Frame, RtlSimulator, encode_frames
from speckleforge.verify.rtl_checks import measure
from speckleforge.verify.sets import WeightSet, reference
from tests.emit.designs import chain, head_only
from tests.networks import random_parameters, random_words, topology
from tests.verify.rtl_build import build_simulators

DESIGN = head_only(features=10, lanes=3, slots=2)
Found = tuple[RtlSimulator, np.ndarray[Any, Any], list[WeightSet], list[dict[str, Ints]]]

tools = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]


def prepared(simulators: Path, work: Path) -> Found:
    """A simulator, patterns and two weight sets."""
    words = random_words(DESIGN.topology, 5, 1)
    params = [dict(random_parameters(DESIGN.topology, seed).values) for seed in (2, 3)]
    sets = [
        WeightSet(str(i), build_image(DESIGN.layout, p), reference(DESIGN.topology, words, p))
        for i, p in enumerate(params)
    ]
    return RtlSimulator(simulators, work), words, sets, params


def swap(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1, right
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def faults(rtl: Path) -> None:
    """One fault for each scenario."""
    swap(
        rtl / "sf_ingress.sv",
        "room <= stored_next <= (ADDR_BITS + 1)'(DEPTH - WORDS) && !id_held_next[4];",
        "room <= 1'b1;",
    )
    swap(rtl / "sf_guard.sv", "(state == IDLE) ? bank : bank_held}", "bank}")
    swap(
        rtl / "sf_guard.sv",
        "      state <= IDLE;\n      sequence_number",
        "      if (!once) state <= IDLE;\n      once <= 1'b1;\n      sequence_number",
    )
    swap(rtl / "sf_guard.sv", "  wire free =", "  logic once = 1'b0;\n  wire free =")
    swap(rtl / "sf_egress.sv", "10'd0, is_error", "never, is_error")
    swap(
        rtl / "sf_egress.sv",
        "  wire         free =",
        "  logic [9:0] never;\n  always_ff @(posedge clk) if (rst) never <= never + 10'd1;\n  wire         free =",
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("whole")
    return prepared(build_simulators(DESIGN, folder), folder / "work")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("faulty")
    return prepared(build_simulators(DESIGN, folder, faults), folder / "work")


class TestWhole:
    pytestmark = tools

    def test_they_hold(self, whole: Found) -> None:
        sim, words, sets, params = whole
        many = overrun(sim, words, sets[0], params[0], 1)
        assert many is not None
        assert many["dropped"] > 0
        assert many["frames"] > 16  # what was held when records began to be taken
        assert reset_mid_frame(sim, words, sets, params, 1)["holds"]
        assert swap_mid_frame(sim, words, sets, params, 1) is not None
        assert start_states(sim, words, sets[0], params[0], 1)["frames"] == 3

    def test_saturated_frames_are_counted(self, whole: Found) -> None:
        sim, _, sets, _ = whole
        words = np.full((4, 10), 14)
        words[1, 9] = 15  # the last column of the last word, whose other lanes are no features
        words[3, 0] = 15
        encoded = encode_frames(words, sim.design.source)
        encoded[0, -1] = (0xFE, 0x0F)  # 14, and two lanes outside the image at full scale
        script = sim.script().begin(1, sets[0].image).frames([Frame(i, frame) for i, frame in enumerate(encoded)])
        run = sim.run(script.add("wait").read("saturated_input").read("saturated_embedding").read("frames"))
        assert run.reads == {"saturated_input": [2], "saturated_embedding": [2], "frames": [4]}

    def test_clearing_and_the_buffer_fill(self, whole: Found) -> None:
        sim, words, sets, _ = whole
        script = sim.script().begin(1, sets[0].image).frames([Frame(0, encode_frames(words, sim.design.source)[0])])
        script.add("wait").read("results").add(f"write {script.address('control')} 8").read("results")
        assert sim.run(script).reads["results"] == [1, 0]
        cycles = measure(sim, words, sets[0].image, 1)
        assert cycles["fifo_high_water"] == {}
        assert 0 <= cycles["ingress_high_water"] <= LEAST_INGRESS_WORDS


class TestFaulty:
    pytestmark = tools

    @pytest.mark.parametrize(
        ("scenario", "many", "what"),
        [
            (overrun, False, "scenario overrun"),
            (reset_mid_frame, True, "."),
            (swap_mid_frame, True, "the tag changes inside a frame"),
            (start_states, False, "flags depends on the start"),
        ],
    )
    def test_its_fault_is_found(self, scenario: Callable[..., Any], many: bool, what: str, faulty: Found) -> None:
        sim, words, sets, params = faulty
        with pytest.raises(MismatchError, match=what):
            scenario(sim, words, sets if many else sets[0], params if many else params[0], 1)


def test_the_buffer_holds_two_frames_and_what_a_refill_needs() -> None:
    def source(rows: int) -> Any:
        return stream_of(TensorType(unsigned(4), (1, rows, 66)), 22)

    assert ingress_words(source(10)) == LEAST_INGRESS_WORDS
    assert ingress_words(source(66)) == 512  # two frames of 198 words
    assert ingress_words(source(66), hold_frames=1) == 1024
    assert ingress_words(source(1000)) == 8192


def test_a_chain_that_never_refills_holds_no_further_frame() -> None:
    design = chain(topology([("head", {"prototypes": 2})], TensorType(unsigned(4), (12,))), 3)
    assert design.instances[-1].kernel.sink.channels == 2 + len(RECORD)
    assert held_frames([item.kernel for item in design.instances]) == 0
