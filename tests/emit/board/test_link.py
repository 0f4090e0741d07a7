"""The host's codec by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.emit.board.link import (
    RESULT,
    Board,
    Decoder,
    Packet,
    decode_record,
    encode_frame,
    encode_packet,
    encode_write,
)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40))), st.integers(1, 7))
def test_packets_survive_any_cutting(packets: list[tuple[int, bytes]], step: int) -> None:
    line = b"".join(encode_packet(kind, payload) for kind, payload in packets)
    decoder = Decoder()
    found = [p for start in range(0, len(line), step) for p in decoder.feed(line[start : start + step])]
    assert found == [Packet(kind, payload) for kind, payload in packets]
    assert decoder.broken == 0


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_a_packet_after_noise_is_found(noise: bytes, payload: bytes) -> None:
    found = Decoder().feed(noise + encode_packet(0x81, payload))
    assert found[-1] == Packet(0x81, payload)


@given(st.binary(min_size=1, max_size=30), st.data())
def test_a_changed_byte_never_passes(payload: bytes, data: st.DataObject) -> None:
    line = bytearray(encode_packet(1, payload))
    position = data.draw(st.integers(1, len(line) - 2))
    line[position] ^= data.draw(st.integers(1, 255))
    assert Packet(1, payload) not in Decoder().feed(bytes(line))


def test_record_fields_are_cut_from_the_low_end() -> None:
    record = (0x5 | 0xE << 4 | 0x123 << 8).to_bytes(3, "little")
    assert decode_record(record, [("a", 4, False), ("b", 4, True), ("c", 12, False)]) == {"a": 5, "b": -2, "c": 0x123}
    with pytest.raises(ValueError, match="3 bytes, got 2"):
        decode_record(record[:2], [("a", 20, False)])


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_frame(0, [16], 4)
    with pytest.raises(ValueError, match="1 to 64"):
        encode_write(0, [])


class Loop:
    """A board of 16 registers that loses its first answer."""

    def __init__(self) -> None:
        self.decoder, self.out, self.lost, self.registers = Decoder(), bytearray(), False, [0] * 16

    def write(self, data: bytes) -> None:
        for packet in self.decoder.feed(data):
            addr = int.from_bytes(packet.payload[:2], "little")
            words = [int.from_bytes(packet.payload[i : i + 4], "little") for i in range(2, len(packet.payload), 4)]
            self.registers[addr : addr + len(words)] = words
            value, last, kind = (
                (len(words), addr + len(words) - 1, 0x83) if words else (self.registers[addr], addr, 0x82)
            )
            answer = last.to_bytes(2, "little") + value.to_bytes(4, "little")
            if self.lost:
                self.out += encode_packet(RESULT, b"r") + encode_packet(kind, answer)
            self.lost = True

    def read(self, size: int) -> bytes:
        data = bytes(self.out[:size])
        del self.out[:size]
        return data


def test_board_repeats_lost_requests_and_keeps_results() -> None:
    board = Board(Loop())
    board.write(2, [7, 8])
    assert board.read(3) == 8
    assert list(board.results()) == [b"r", b"r"]


def test_board_gives_up() -> None:
    with pytest.raises(TimeoutError, match="0x0001"):
        Board(Loop(), attempts=1).read(1)
