"""The board side through its serial pins, in Verilator, against the host's codec and a stub core."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from speckleforge.emit.board.link import (
    LINK_MAGIC,
    LINK_REGISTERS,
    RESULT,
    Answer,
    Decoder,
    Packet,
    decode_answer,
    decode_record,
    encode_frame,
    encode_packet,
    encode_read,
    encode_write,
)
from speckleforge.emit.board.wrapper import BOARD_FILES, LINK_FILES, RTL
from speckleforge.tools.find import find_tool, installed
from speckleforge.tools.process import minimal_environment, run_tool

HERE = Path(__file__).parent
PER_BIT = 8
WORD_BITS = 12
FRAME_ADDR_BITS = 5
RECORD = (("pulse", 32, False), ("words", 12, False), ("sum", 32, False))

# The wheel's precompiled-header rule does not link with g++.
NO_PCH = "CFG_CXXFLAGS_PCH_I=-include CFG_GCH_IF_CLANG= VK_PCH_I_FAST= VK_PCH_I_SLOW="

Send = Callable[..., list[Packet]]

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
]


@pytest.fixture(scope="module")
def send(tmp_path_factory: pytest.TempPathFactory) -> Send:
    """Build the simulator once; a function that sends bytes (or bench commands) and gives the packets that return."""
    folder = tmp_path_factory.mktemp("link")
    tool = find_tool("verilator")
    files = [RTL / name for name in (*LINK_FILES, BOARD_FILES[0])]
    options = [f"-GIN_BITS={WORD_BITS}", "-GRES_BITS=76", f"-GCLOCKS_PER_BIT={PER_BIT}", "-GBLINK_BITS=4"]
    command = [*tool.command, "--cc", "--exe", "--build", "--top-module", "sf_board_uart", "-Mdir", "obj", "-Wno-fatal"]
    command += ["-CFLAGS", "-O1", "-MAKEFLAGS", NO_PCH, *options, f"-GFRAME_ADDR_BITS={FRAME_ADDR_BITS}"]
    run_tool(
        [*command, *files, HERE / "stub_core.sv", HERE / "bench.cpp"],
        cwd=folder,
        log=folder / "build.log",
        env=minimal_environment(tool.env),
    )

    def run(values: Sequence[int], wait_bits: int = 400, skew: int = 0) -> list[Packet]:
        (folder / "in").write_bytes(struct.pack(f"<{len(values)}H", *values))
        command = [folder / "obj" / "Vsf_board_uart", str(PER_BIT), "in", "out", str(wait_bits), str(skew)]
        run_tool(command, cwd=folder, log=folder / "run.log")
        decoder = Decoder()
        packets = decoder.feed((folder / "out").read_bytes())
        assert decoder.broken == 0
        return packets

    return run


def frame(pulse: int, words: Sequence[int]) -> bytes:
    return encode_frame(pulse, words, WORD_BITS)


def read_register(name: str) -> bytes:
    return encode_read(LINK_REGISTERS[name])


def records(packets: Sequence[Packet]) -> list[tuple[int, int, int]]:
    found = [decode_record(packet.payload, RECORD) for packet in packets if packet.kind == RESULT]
    return [(record["pulse"], record["words"], record["sum"]) for record in found]


def answers(packets: Sequence[Packet]) -> list[Answer]:
    return [answer for answer in map(decode_answer, packets) if answer]


PAUSE = [0x100 + 120]  # bit times with an idle line: time for an answer


def test_frames_back_to_back_with_every_byte_value(send: Send) -> None:
    frames = [(0xC0DBDCDD, [0xC0, 0xDB, 0xDC, 0xDD, 0xFFF, 0]), (1, list(range(20))), (2, [7]), (0, [0xBDB] * 9)]
    packets = send(b"".join(frame(pulse, words) for pulse, words in frames), 900)
    assert records(packets) == [(pulse, len(words), sum(words)) for pulse, words in frames]


@pytest.mark.parametrize("skew", [-20, -10, 10, 30])
def test_baud_rates_may_differ(send: Send, skew: int) -> None:
    packets = send(frame(0x55AA00FF, [0xFFF, 0, 0x555, 0xAAA] * 5), skew=skew)
    assert records(packets) == [(0x55AA00FF, 20, 5 * (0xFFF + 0x555 + 0xAAA))]


def test_registers_write_and_read(send: Send) -> None:
    stream = [*encode_write(3, [10, 20]), *PAUSE, *encode_read(3), *PAUSE, *encode_read(4), *PAUSE]
    stream += [*encode_write(9, [1, 2, 3], fixed=True), *PAUSE, *encode_read(9), *PAUSE, *encode_read(10)]
    got = answers(send(stream))
    # The stub adds the address to what is written, which shows that each word went to its own address.
    expected = [Answer(4, 2), Answer(3, 13), Answer(4, 24), Answer(9, 3), Answer(9, 12)]
    assert got[:5] == expected
    assert len(got) == 6


def test_longest_write_and_one_too_long(send: Send) -> None:
    words = list(range(100, 164))
    too_long = encode_packet(0x03, struct.pack("<H65I", 0, *words, 1))
    stream = [*encode_write(0, words, fixed=True), *PAUSE, *encode_read(0), *PAUSE, *too_long, *PAUSE]
    stream += [*read_register("malformed")]
    assert answers(send(stream)) == [Answer(0, 64), Answer(0, 163), Answer(LINK_REGISTERS["malformed"], 1)]


def test_link_registers_tell_the_design(send: Send) -> None:
    stream = [b for name in ("magic", "widths", "frame_words") for b in [*read_register(name), *PAUSE]]
    values = [answer.value for answer in answers(send(stream))]
    assert values == [LINK_MAGIC, 76 << 16 | WORD_BITS, 1 << FRAME_ADDR_BITS]


@pytest.mark.parametrize("position", [1, 3, 7, 12, -2])
def test_a_flipped_bit_loses_only_its_packet(send: Send, position: int) -> None:
    broken = bytearray(frame(5, [1, 2, 3]))
    broken[position] ^= 0x04
    stream = [*frame(4, [9]), *broken, *frame(6, [8, 8]), *PAUSE, *read_register("broken")]
    packets = send(stream)
    assert records(packets) == [(4, 1, 9), (6, 2, 16)]
    assert answers(packets)[0].value >= 1


def test_noise_spikes_and_breaks_between_packets(send: Send) -> None:
    noise = random.Random(1)
    stream: list[int] = []
    for pulse in range(6):
        stream += [noise.randrange(256) for _ in range(noise.randrange(1, 30))]
        stream += [0x200 + 2, 0x101, 0x200 + PER_BIT * 13, 0x102]  # a spike, then a break
        stream += list(frame(pulse, [pulse] * 3))
    packets = send(stream, 600)
    assert records(packets) == [(pulse, 3, 3 * pulse) for pulse in range(6)]


def test_truncated_frame_is_undone(send: Send) -> None:
    stream = [*frame(1, [5] * 12)[:-8], *frame(2, [6] * 12), *PAUSE, *read_register("frames")]
    packets = send(stream)
    assert records(packets) == [(2, 12, 72)]
    assert answers(packets) == [Answer(LINK_REGISTERS["frames"], 1)]


def test_half_words_and_empty_frames_are_malformed(send: Send) -> None:
    half = encode_packet(0x01, struct.pack("<I", 1) + b"\x01\x02\x03")
    empty = encode_packet(0x01, struct.pack("<I", 1))
    unknown = encode_packet(0x55, b"hello")
    stream = [*half, *empty, *unknown, *frame(3, [1]), *PAUSE, *read_register("malformed")]
    packets = send(stream)
    assert records(packets) == [(3, 1, 1)]
    assert answers(packets) == [Answer(LINK_REGISTERS["malformed"], 3)]


def test_a_frame_beyond_the_buffer_is_dropped_and_counted(send: Send) -> None:
    stream = [*frame(1, [1] * 40), *frame(2, [2] * 32), *PAUSE, *PAUSE, *read_register("dropped")]
    packets = send(stream)
    assert records(packets) == [(2, 32, 64)]
    assert answers(packets) == [Answer(LINK_REGISTERS["dropped"], 1)]


def test_random_frames(send: Send) -> None:
    rng = random.Random(2)
    frames = [(rng.getrandbits(32), [rng.getrandbits(12) for _ in range(rng.randrange(1, 24))]) for _ in range(20)]
    packets = send(b"".join(frame(pulse, words) for pulse, words in frames), 900)
    assert records(packets) == [(pulse, len(words), sum(words)) for pulse, words in frames]
