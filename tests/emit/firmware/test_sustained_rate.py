"""Thousands of frames at exactly the core's interval: the edges lose none and add no cycle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speckleforge.fixed.types import unsigned
from speckleforge.ir.core import simulate_core
from speckleforge.ir.types import TensorType
from speckleforge.tools.find import installed
from tests.emit.designs import chain
from tests.emit.firmware.block import Block, Sent, check_record
from tests.networks import topology

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]

LAYERS = (("maxpool2d", {"size": 2}), ("flatten", {}), ("head", {"prototypes": 2}))
DMA, CORE, AXIL = 4000, 5000, 8000  # ps
SHAPES = {  # rows, columns, lanes, bits of a beat, frames
    "a beat a word": (32, 8, 8, 64, 1500),
    "three beats to four words": (64, 6, 6, 64, 1500),
    "two beats to 32 words": (8, 8, 2, 256, 20_000),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * ("32" in name)) for name in SHAPES])
def test_frames_at_the_interval_of_the_core_are_all_taken(name: str, tmp_path: Path) -> None:
    rows, columns, lanes, bits, count = SHAPES[name]
    design = chain(topology(LAYERS, TensorType(unsigned(8), (1, rows, columns))), lanes)
    block = Block(design, tmp_path, bits, ["-GAXIL_TIMEOUT_BITS=12"])
    words, beats = design.source.words, block.frames.beats
    assert simulate_core([item.kernel for item in design.instances]).interval_cycles == words
    # With a cycle more a frame the FIFO would be full before half of them have come.
    assert count / (words + 1) > 2 * (1 << block.frames.addr_bits) / beats
    images, expected = block.images(8, 1)
    assert words * CORE % DMA == 0
    pause = words * CORE // DMA - (block.frames.header_bytes * 8 // bits + beats)
    sent = [Sent(block.frame(images[n % 8], n), pause=pause) for n in range(count)]
    script = [*block.load(), block.beats("many", sent), "sent", "idle 200", "read {edge_dropped}", "read {dropped}"]
    result = block.run(script, (DMA, CORE, AXIL), 3)
    assert result.reads == [0, 0]
    assert list(result.records["pulse_id"]) == list(range(count))
    for n, record in enumerate(result.records):
        check_record(record, expected[n % 8])
    period = np.diff(result.starts)
    assert set(period) == {words * CORE}
