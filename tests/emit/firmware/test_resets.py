"""Resets of one clock while the others work: nothing that was never a record or an answer leaves the block."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from speckleforge.emit.registers import MAGIC
from speckleforge.fixed.types import unsigned
from speckleforge.ir.types import TensorType
from speckleforge.tools.find import installed
from tests.emit.designs import chain
from tests.emit.firmware.block import Block, Sent, check_record
from tests.networks import topology

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]

LAYERS = (("maxpool2d", {"size": 2, "ceil": True}), ("flatten", {}), ("head", {"prototypes": 2}))
CLOCKS = {
    "as on the board": (4000, 5000, 8000),
    "a slow core": (4000, 20_000, 7000),
    "slow streams": (13_000, 5000, 3000),
    "a slow register clock": (4000, 5000, 32_000),
    "a fast register clock, slow streams": (24_000, 5000, 3000),
}
LENGTHS = (1, 40)  # cycles of reset
OKAY, SLVERR = 0, 2
SCRATCH = 0x1234567
AFTER = 5_000_000  # pulse id of frames behind a reset


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Block:
    network = topology(LAYERS, TensorType(unsigned(8), (1, 3, 11)))
    return Block(chain(network, 2), tmp_path_factory.mktemp("resets"), values=["-GAXIL_TIMEOUT_BITS=12"])


def awake() -> list[str]:
    """Lines that wait until the block has come back from a reset."""
    return ["idle 4000", f"until {{magic}} 0xffffffff {MAGIC}"]


@pytest.mark.parametrize("clock", ["dma", "core", "axil"])
@pytest.mark.parametrize("cycles", LENGTHS)
@pytest.mark.parametrize("clocks", CLOCKS.values(), ids=CLOCKS)
def test_no_record_leaves_between_a_reset_and_the_frames_behind_it(
    block: Block, clocks: Sequence[int], cycles: int, clock: str
) -> None:
    """Six records have left, three wait for somebody who takes them; the reset loses these, and invents none."""
    images, expected = block.images(12, 1)
    sent = [Sent(block.frame(image, 1000 + n), pause=60) for n, image in enumerate(images)]
    for frame in sent[9:]:
        frame.payload = AFTER.to_bytes(4, "little") + frame.payload[4:]
    script = [*block.load(), block.beats("before", sent[:6]), "records 6", "gaps 0 100", "idle 20"]
    script += [block.beats("waiting", sent[6:9]), "sent", "idle 600", f"reset {clock} {cycles}"]
    script += ["idle 40", "gaps 0 0", *awake(), *block.load(), block.beats("after", sent[9:]), "records 9", "idle 1000"]
    result = block.run([*script, "read {edge_records}"], clocks, 9)
    assert list(result.records["pulse_id"]) == [1000 + n for n in range(6)] + [AFTER] * 3
    for record, row in zip(result.records, [*expected[:6], *expected[9:]], strict=True):
        check_record(record, row)
    assert result.reads == [3]


@pytest.mark.parametrize("clock", ["dma", "core", "axil"])
@pytest.mark.parametrize("cycles", LENGTHS)
@pytest.mark.parametrize("clocks", CLOCKS.values(), ids=CLOCKS)
def test_records_that_leave_around_a_reset_are_of_frames_that_were_sent(
    block: Block, clocks: Sequence[int], cycles: int, clock: str
) -> None:
    """Frames go on all the time, records leave as they come: in order, each exact, none after the reset has begun."""
    images, expected = block.images(200, 2)
    sent = [Sent(block.frame(image, 1000 + n), pause=3) for n, image in enumerate(images)]
    script = [*block.load(), block.beats("frames", sent), "records 9", f"reset {clock} {cycles}", "sent", *awake()]
    result = block.run(script, clocks, 10)
    numbers = [int(record["pulse_id"]) - 1000 for record in result.records]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(len(sent)))
    assert numbers[:9] == list(range(9))
    loaded = [n for n, record in enumerate(result.records) if not int(record["flags"]) & 0x3F00]
    assert loaded == list(range(len(loaded)))  # before the reset; behind it there are no weights
    for n in loaded:
        check_record(result.records[n], expected[numbers[n]])


@pytest.mark.parametrize("clock", ["dma", "core", "axil"])
@pytest.mark.parametrize("clocks", CLOCKS.values(), ids=CLOCKS)
def test_an_access_around_a_reset_is_answered_truly_or_with_an_error(
    block: Block, clocks: Sequence[int], clock: str
) -> None:
    """The registers hold another value than the last answer did: an old answer would be seen."""
    for where in ("scratch", "edge_scratch"):
        script = [f"write {{{where}}} {SCRATCH}", "read {magic}", "read {edge_magic}", f"reset {clock} 1"]
        script += [f"read {{{where}}}"] * 20 + awake() + [f"read {{{where}}}"]
        result = block.run(script, clocks, 11)
        answers, reads = result.answers[3:-1], result.reads[2:-1]
        assert set(answers) <= {OKAY, SLVERR}
        assert SLVERR in answers
        told = [value for answer, value in zip(answers, reads, strict=True) if answer == OKAY]
        assert told == sorted(told, reverse=True)  # the old value, then that of a reset
        assert set(told) <= {SCRATCH, 0}
        if clock == "axil":
            assert answers[0] == SLVERR
            assert SCRATCH not in told
        assert (result.answers[-1], result.reads[-1]) == (OKAY, 0)
