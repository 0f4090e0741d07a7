"""The scenario `serial pins`: real frames and a weight image through the board's serial line, as a host sends them.

Takes the board's simulator, patterns and weight sets; gives a record, or raises at the first field that differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.errors import MismatchError, Problem
from speckleforge.verify.pins import PinRun, PinScript, PinSimulator
from speckleforge.verify.rtl import ACTIVATE, ACTIVE, BANK, BEGIN_LOAD, LOAD_GOOD, LOAD_RESULT, encode_frames
from speckleforge.verify.sets import WeightSet

NAME = "serial pins"
FRAMES = (4, 3)  # of each weight set
FIRST_PULSE = 0xC0DBDCDD  # its bytes are all those that the framing must escape
SPECIAL = (0xC0, 0xC1, 0xDA, 0xDB, 0xDC, 0xDD)  # what means something to the framing, or would with its last bit turned


@dataclass(frozen=True)
class Sent:
    """A frame that was sent: its pattern, weight set, pulse id."""

    pattern: int
    weights: WeightSet
    bank: int
    pulse_id: int


def serial_pins(pins: PinSimulator, words: NDArray[Any], sets: Sequence[WeightSet], seed: int) -> dict[str, Any]:
    """Frames on the weights of the boot memory, broken packets between them; then an image over the line, and frames.

    Raises
    ------
    MismatchError
        Naming the frame and field, or the register, with both values.
    StageError
        If a packet never comes.
    """
    bank = int(pins.design.settings.banks == 2)
    plan = _plan(sets, bank)
    script = pins.script(sets[0].image, seed)
    expected = _identity(pins, script)
    first, second = ([_packet(pins, words, frame) for frame in plan if frame.weights is of] for of in sets[:2])
    middle = len(first) // 2
    broken = [_break(first[0]), _break(pins.codec.encode_write(pins.address("prescale"), [1]))]
    script.send(b"".join([*first[:middle], *broken, *first[middle:]])).wait(len(first))
    expected += _load(pins, script, sets[1].image, bank)
    script.send(b"".join(second)).wait(len(second))
    expected += _counters(pins, script, frames=len(plan), broken=len(broken))
    run = pins.run(script)
    _check(pins, run, plan, expected)
    simulated, synthesised = pins.board["simulated_clocks_per_bit"], pins.board["clocks_per_bit"]
    return {
        "name": NAME,
        "frames": len(plan),
        "flagged": {},
        "holds": True,
        "cycles": run.cycles,
        "bytes": {"sent": script.sent, "received": run.received},
        "image_bytes_over_the_line": len(sets[1].image),
        "clocks_per_bit": {"simulated": simulated, "synthesised": synthesised},
    }


def _plan(sets: Sequence[WeightSet], bank: int) -> list[Sent]:
    """The frames in order, patterns spread over all there are."""
    chosen = [
        (int(pattern), weights, index * bank)
        for index, (weights, count) in enumerate(zip(sets, FRAMES, strict=False))
        for pattern in np.linspace(0, weights.patterns - 1, count, dtype=int)
    ]
    return [Sent(*item, (FIRST_PULSE + i) % (1 << 32)) for i, item in enumerate(chosen)]


def _packet(pins: PinSimulator, words: NDArray[Any], frame: Sent) -> bytes:
    """A frame as the host sends it."""
    source = pins.design.source
    encoded = encode_frames(words[frame.pattern][None], source)[0]
    values = [int.from_bytes(word.tobytes(), "little") for word in encoded]
    return bytes(pins.codec.encode_frame(frame.pulse_id, values, source.word_bits))


def _break(packet: bytes) -> bytes:
    """The packet with one bit turned, in the middle, where the framing does not see it."""
    places = [i for i in range(1, len(packet) - 1) if packet[i] not in SPECIAL]
    place = places[len(places) // 2]
    return packet[:place] + bytes([packet[place] ^ 1]) + packet[place + 1 :]


Answers = list[tuple[str, int, int, int]]  # register, address, mask, expected value under the mask


def _read(pins: PinSimulator, script: PinScript, register: str, value: int, mask: int = 0xFFFFFFFF) -> Answers:
    """Read a register of the core, or with `link.` of the link."""
    link = register.removeprefix("link.")
    address = pins.codec.LINK_REGISTERS[link] if link != register else pins.address(register)
    script.ask(pins.codec.encode_read(address))
    return [(register, int(address), mask, value)]


def _identity(pins: PinSimulator, script: PinScript) -> Answers:
    """Who answers, and that the boot memory's image is in."""
    registers = pins.interface["registers"]
    found = _read(pins, script, "link.magic", pins.codec.LINK_MAGIC)
    for name in ("magic", "design_id", "layout_id"):
        found += _read(pins, script, name, registers[name]["value"])
    return found + _read(pins, script, "status", LOAD_GOOD, LOAD_RESULT)


def _load(pins: PinSimulator, script: PinScript, image: bytes, bank: int) -> Answers:
    """Load an image into a bank over the line, and make it active."""
    codec, control, data = pins.codec, pins.address("control"), pins.address("data")
    padded = image + bytes(-len(image) % 4)
    words = [int(word) for word in np.frombuffer(padded, "<u4")]
    parts = [words[i : i + codec.MAX_WRITE_WORDS] for i in range(0, len(words), codec.MAX_WRITE_WORDS)]
    writes = [("control", control, [BEGIN_LOAD | BANK * bank]), *(("data", data, part) for part in parts)]
    found: Answers = []
    for name, address, values in writes:
        script.ask(codec.encode_write(address, values, fixed=True))
        found.append((name, address, 0xFFFFFFFF, len(values)))
    found += _read(pins, script, "status", LOAD_GOOD, LOAD_RESULT)
    if bank:
        script.ask(codec.encode_write(control, [ACTIVATE | BANK * bank]))
        found.append(("control", control, 0xFFFFFFFF, 1))
    return found + _read(pins, script, "status", ACTIVE * bank, ACTIVE)


def _counters(pins: PinSimulator, script: PinScript, *, frames: int, broken: int) -> Answers:
    """What link and core counted."""
    found = []
    counts = {"frames": frames, "results": frames, "broken": broken, "malformed": 0, "dropped": 0}
    for name, value in counts.items():
        found += _read(pins, script, f"link.{name}", value)
    for name in ("frames", "results"):
        found += _read(pins, script, name, frames)
    return found + _read(pins, script, "prescale", 0)


def _check(pins: PinSimulator, run: PinRun, plan: Sequence[Sent], expected: Answers) -> None:
    """Every answer and every field of every record.

    Raises
    ------
    MismatchError
        At the first that differs.
    """
    for frame, (record, sent) in enumerate(zip(run.records, plan, strict=False)):
        got = _fields(pins, record)
        for name, value in _expected(pins, sent, frame):
            _require(got[name] == value, f"frame {frame}, {name}", got[name], value)
    _require(len(run.records) == len(plan), "result records", len(run.records), len(plan))
    _require(len(run.answers) == len(expected), "answers", len(run.answers), len(expected))
    _require(run.strays == 0, "packets that are broken or unknown", run.strays, 0)
    for (address, value), (name, wanted_address, mask, wanted) in zip(run.answers, expected, strict=True):
        _require(address == wanted_address, f"address of the answer for {name}", hex(address), hex(wanted_address))
        _require(value & mask == wanted, f"register {name}", hex(value & mask), hex(wanted))


def _fields(pins: PinSimulator, record: bytes) -> dict[str, int]:
    """A record's fields, and its flags one by one."""
    layout = pins.interface["record"]
    need = -(-int(layout["bits"]) // 8)
    _require(len(record) == need, "bytes of a record", len(record), need)
    values: dict[str, int] = pins.codec.decode_record(record, [tuple(item) for item in layout["fields"]])
    flags, sequence = values["flags"], layout["sequence"]
    values |= {name: flags >> bit & 1 for name, bit in layout["flags"].items()}
    return values | {"sequence": flags >> sequence["low"] & ((1 << sequence["bits"]) - 1)}


def _expected(pins: PinSimulator, sent: Sent, frame: int) -> Iterator[tuple[str, int]]:
    """(field, value) of a frame's record: the integer reference, and no flag but those that the network sets."""
    node = pins.design.instances[-1].boundary
    *scores, class_id, slot, accept, keep = (int(value) for value in sent.weights.expected[node][sent.pattern])
    yield from (("pulse_id", sent.pulse_id), ("image_id", sent.weights.image_id))
    yield from ((f"score_{n}", score) for n, score in enumerate(scores))
    yield from (("class", class_id), ("slot", slot))
    layout = pins.interface["record"]
    sequence, high = frame % (1 << layout["sequence"]["bits"]), {"accept": accept, "network_keep": keep, "keep": keep}
    high["bank"] = sent.bank
    flags = {name: high.get(name, 0) for name in layout["flags"]}
    yield from flags.items()
    yield "sequence", sequence
    whole = sum(flags[name] << bit for name, bit in layout["flags"].items())
    yield "flags", whole | sequence << layout["sequence"]["low"]


def _require(holds: bool, what: str, got: object, allowed: object) -> None:
    if not holds:
        where = f"board, scenario {NAME}"
        raise MismatchError(Problem(f"{what} is wrong", where, str(got), f"{allowed} (reference)"))
