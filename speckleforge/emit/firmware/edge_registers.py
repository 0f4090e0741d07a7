"""Registers of the edges, at the DMA clock: what they are made for, and what they counted.

Rows of the same table as the core's, behind its 4,096 words; within their own page the decoder is the same.
"""

from __future__ import annotations

from dataclasses import replace

from speckleforge.emit.firmware.frame_format import FrameFormat
from speckleforge.emit.register_files import registers_sv
from speckleforge.emit.registers import (
    ADDRESS_BITS,
    CONSTANT_BASE,
    COUNTER_BASE,
    LIVE_BASE,
    Access,
    Bits,
    Register,
)

EDGE_MAGIC = 0x45464653  # "SFFE", little-endian
EDGE_BASE = 1 << ADDRESS_BITS  # word address of the edges' page
CLEAR_BIT = 0
EDGE_COUNTERS = (  # in the order of the events of `sf_axis_frames`, then `sf_axis_records`
    ("edge_frames", "frames begun on the stream"),
    ("edge_dropped", "of them dropped whole, for want of room"),
    ("edge_wrong_length", "of them with another length than a frame has; dropped ones included"),
    ("edge_broken", "of them with an end-of-frame error; dropped ones included"),
    ("edge_stray", "frames without a start of frame; dropped"),
    ("edge_records", "records sent"),
)


def edge_registers(frames: FrameFormat) -> tuple[Register, ...]:
    """All registers of the edges, by rising word address as a host sees it."""
    values = (
        ("edge_magic", EDGE_MAGIC, "`SFFE`: edges of a firmware tree around a speckleforge core"),
        ("edge_beat_bits", frames.data_bits, "bits of a beat of both streams"),
        ("edge_frame_bytes", frames.frame_bytes, f"bytes of a frame, header of {frames.header_bytes} included"),
        ("edge_record_bytes", frames.record_bits // 8, "bytes of a result record"),
        ("edge_beats_held", 1 << frames.addr_bits, "beats that the FIFO of frames holds"),
    )
    clear = Bits("clear", CLEAR_BIT, CLEAR_BIT, "clear the counters of the edges")
    rows = [Register(n, CONSTANT_BASE + i, Access.CONSTANT, t, value=v) for i, (n, v, t) in enumerate(values)]
    rows.append(Register("edge_control", LIVE_BASE, Access.COMMAND, "commands: write ones", (clear,)))
    rows.append(Register("edge_scratch", LIVE_BASE + 1, Access.SETTING, "holds what is written; for tests of the bus"))
    rows += [Register(n, COUNTER_BASE + i, Access.COUNTER, t) for i, (n, t) in enumerate(EDGE_COUNTERS)]
    return tuple(replace(row, address=EDGE_BASE + row.address) for row in rows)


def edge_registers_sv(frames: FrameFormat, banner: str) -> str:
    """`sf_edge_registers`: the decoder of the edges' page."""
    page = tuple(replace(row, address=row.address - EDGE_BASE) for row in edge_registers(frames))
    return registers_sv(page, banner).replace("module sf_registers", "module sf_edge_registers")
