"""The host's end of the packet link. Needs nothing but Python: this file is shipped to users as it is.

Every packet is SLIP(kind, payload, CRC-32), all fields lowest byte first; the kinds are those of `sf_link.sv`.
Broken packets are counted and left out; the sender learns of a loss by the missing answer or result.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

FRAME, READ, WRITE, WRITE_FIXED = 0x01, 0x02, 0x03, 0x04
RESULT, READ_DATA, WRITE_DONE = 0x81, 0x82, 0x83

MAX_WRITE_WORDS = 64  # the board holds one write request until it proved intact
LINK_MAGIC = 0x314C4653  # "SFL1"
LINK_REGISTERS = {  # word addresses on the board's side of the link; the core's are below 0x1000
    "magic": 0x1000,
    "widths": 0x1001,  # bits of an input word in the low half, bits of a result record in the high half
    "frame_words": 0x1002,  # capacity of the frame buffer
    "packets": 0x1003,
    "broken": 0x1004,  # CRC, escape or serial framing
    "malformed": 0x1005,  # intact but not understood, or sent before the last answer
    "frames": 0x1006,  # frames that went into the core
    "dropped": 0x1007,  # intact frames without room in the buffer
    "results": 0x1008,
}

_END, _ESC, _ESC_END, _ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
_UNESCAPED = {_ESC_END: _END, _ESC_ESC: _ESC}


@dataclass(frozen=True)
class Packet:
    """One intact packet, without its CRC."""

    kind: int
    payload: bytes


@dataclass(frozen=True)
class Answer:
    """The answer to a request: the register's value, or the number of words written up to `addr`."""

    addr: int
    value: int


class Serial(Protocol):
    """What a serial port must do (pyserial's `Serial` with a timeout does)."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer when the time-out passes."""

    def write(self, data: bytes) -> object:
        """Send all of `data`."""


def encode_packet(kind: int, payload: bytes) -> bytes:
    """The bytes of one packet on the line, with both END marks."""
    body = bytes([kind]) + payload
    body += struct.pack("<I", zlib.crc32(body))
    escaped = body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return b"\xc0" + escaped + b"\xc0"


def encode_frame(pulse_id: int, words: Sequence[int], word_bits: int) -> bytes:
    """A frame packet.

    Parameters
    ----------
    pulse_id
        Unsigned, 32 bits.
    words
        The core's input words in order, each less than `2**word_bits`.
    word_bits
        Bits of one word of the core's input stream; a word takes whole bytes on the line.
    """
    size = (word_bits + 7) // 8
    if any(not 0 <= word < 1 << word_bits for word in words):
        raise ValueError(f"a word of the frame does not fit into {word_bits} unsigned bits")
    payload = b"".join(int(word).to_bytes(size, "little") for word in words)
    return encode_packet(FRAME, struct.pack("<I", pulse_id) + payload)


def encode_read(addr: int) -> bytes:
    """A request for the register at word address `addr`."""
    return encode_packet(READ, struct.pack("<H", addr))


def encode_write(addr: int, words: Sequence[int], *, fixed: bool = False) -> bytes:
    """A write of 1 to 64 words of 32 bits to rising addresses from `addr`, or all to `addr` where `fixed`."""
    if not 1 <= len(words) <= MAX_WRITE_WORDS:
        raise ValueError(f"a write request holds 1 to {MAX_WRITE_WORDS} words, got {len(words)}")
    payload = struct.pack(f"<H{len(words)}I", addr, *words)
    return encode_packet(WRITE_FIXED if fixed else WRITE, payload)


@dataclass
class Decoder:
    """Finds packets in a stream of bytes, whatever noise lies between them.

    Attributes
    ----------
    broken
        Packets (or pieces of noise) that were left out so far.
    """

    broken: int = 0
    _body: bytearray = field(default_factory=bytearray)
    _escaped: bool = False
    _bad: bool = False

    def feed(self, data: bytes) -> list[Packet]:
        """Take more bytes; the packets that they complete."""
        found = [self._byte(value) for value in data]
        return [packet for packet in found if packet is not None]

    def _byte(self, value: int) -> Packet | None:
        """Take one byte; a packet if it ends one."""
        if value == _END:
            return self._end()
        if self._escaped:
            self._bad |= value not in _UNESCAPED
            self._body.append(_UNESCAPED.get(value, value))
            self._escaped = False
        elif value == _ESC:
            self._escaped = True
        else:
            self._body.append(value)
        return None

    def _end(self) -> Packet | None:
        """Judge what was collected and start afresh."""
        body, bad = bytes(self._body), self._bad or self._escaped
        self._body, self._bad, self._escaped = bytearray(), False, False
        if not body and not bad:
            return None
        if bad or len(body) < 5 or zlib.crc32(body[:-4]) != struct.unpack("<I", body[-4:])[0]:
            self.broken += 1
            return None
        return Packet(body[0], body[1:-4])


def decode_answer(packet: Packet) -> Answer | None:
    """The answer in a READ_DATA or WRITE_DONE packet; None for any other packet."""
    if packet.kind not in {READ_DATA, WRITE_DONE} or len(packet.payload) != 6:
        return None
    return Answer(*struct.unpack("<HI", packet.payload))


def decode_record(record: bytes, fields: Sequence[tuple[str, int, bool]]) -> dict[str, int]:
    """Cut a result record into its fields.

    Parameters
    ----------
    record
        Payload of a RESULT packet.
    fields
        Name, bits and signedness of each field, lowest bits first.
    """
    need = (sum(bits for _, bits, _ in fields) + 7) // 8
    if len(record) != need:
        raise ValueError(f"a result record has {need} bytes, got {len(record)}")
    rest, values = int.from_bytes(record, "little"), {}
    for name, bits, signed in fields:
        value, rest = rest & ((1 << bits) - 1), rest >> bits
        values[name] = value - (1 << bits) if signed and value >> (bits - 1) else value
    return values


class Board:
    """A board on a serial line: registers, frames in, results out."""

    def __init__(self, line: Serial, *, attempts: int = 3) -> None:
        self._line, self._attempts, self._decoder = line, attempts, Decoder()
        self._results: list[bytes] = []

    def read(self, addr: int) -> int:
        """The 32-bit register at word address `addr`; asks again where an answer is lost."""
        return self._ask(encode_read(addr), READ_DATA, addr)

    def write(self, addr: int, words: Sequence[int], *, fixed: bool = False) -> None:
        """Write 32-bit words to rising addresses, or all to one where `fixed`.

        A repeat after a lost answer would push a `fixed` block twice, so those are tried once.
        """
        for start in range(0, len(words), MAX_WRITE_WORDS):
            part = words[start : start + MAX_WRITE_WORDS]
            first = addr if fixed else addr + start
            last = addr if fixed else first + len(part) - 1
            request = encode_write(first, part, fixed=fixed)
            self._ask(request, WRITE_DONE, last, attempts=1 if fixed else self._attempts)

    def send(self, pulse_id: int, words: Sequence[int], word_bits: int) -> None:
        """Send one frame; its result comes by `results`."""
        self._line.write(encode_frame(pulse_id, words, word_bits))

    def results(self) -> Iterator[bytes]:
        """Result records as they come, until the line is silent for its time-out."""
        while True:
            data = self._line.read(1)
            self._sort(self._decoder.feed(data))
            while self._results:
                yield self._results.pop(0)
            if not data:
                return

    def _ask(self, request: bytes, kind: int, addr: int, attempts: int | None = None) -> int:
        """Send a request until its answer comes."""
        for _ in range(attempts or self._attempts):
            self._line.write(request)
            while data := self._line.read(1):
                for packet in self._sort(self._decoder.feed(data)):
                    answer = decode_answer(packet)
                    if answer and packet.kind == kind and answer.addr == addr:
                        return answer.value
        raise TimeoutError(f"no answer from the board for address 0x{addr:04x}")

    def _sort(self, packets: list[Packet]) -> list[Packet]:
        """Set results aside; the rest."""
        self._results += [packet.payload for packet in packets if packet.kind == RESULT]
        return [packet for packet in packets if packet.kind != RESULT]
