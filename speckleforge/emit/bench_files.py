"""The test bench of `sf_core`: the hand-written driver, the design's constants for it, and what a reader must know.

Takes a design; gives file names and texts of `bench/`. The bench reads words and images at run time and knows no
expected value.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from speckleforge.emit.banner import banner, slashes
from speckleforge.emit.core_source import head_slots
from speckleforge.emit.record import FAIL_OPEN, FLAGS, SEQUENCE_BITS, SEQUENCE_LOW, record_bits, record_fields
from speckleforge.emit.register_files import registers_h, registers_json
from speckleforge.emit.registers import register_map
from speckleforge.ir.core import buffered
from speckleforge.ir.design import Design
from speckleforge.ir.stream import StreamType

READS = ("bench/bench.cpp", "bench/activity.h")
DRIVERS = Path(__file__).parent / "bench"


def bench_files(design: Design) -> dict[str, str]:
    """Every file of `bench/` by name."""
    return {
        **{name: (DRIVERS / name).read_text(encoding="utf-8") for name in ("bench.cpp", "activity.h")},
        "bench_design.h": _constants(design),
        "sf_registers.h": registers_h(register_map(design), banner(design)),
        "bench.json": json.dumps(interface(design), indent=2, sort_keys=True) + "\n",
    }


def interface(design: Design) -> dict[str, Any]:
    """What a program outside must know of the core: streams, record, registers, image."""
    slots = head_slots(design)
    return {
        "design": design.design_id,
        "input": _input(design),
        "output": design.instances[-1].boundary,
        "buffered": buffered(design.settings.interface),
        "frame_words": design.source.words,
        "word_bits": design.source.word_bits,
        "image_bytes": design.layout.image_bytes,
        "layout_id": design.layout.layout_id,
        "record": {
            "bits": record_bits(slots),
            "fields": [list(field) for field in record_fields(slots)],
            "flags": {name: bit for bit, (name, _) in FLAGS.items()},
            "fail_open": list(FAIL_OPEN),
            "sequence": {"low": SEQUENCE_LOW, "bits": SEQUENCE_BITS},
        },
        "registers": registers_json(register_map(design)),
        "streams": [name for name, _ in _streams(design)],
        "fifos": list(_fifos(design)),
    }


def _input(design: Design) -> dict[str, Any]:
    """The input stream and the node whose integers it carries."""
    stream = design.source
    element = {"bits": stream.element.bits, "signed": stream.element.signed}
    size = {"channels": stream.channels, "rows": stream.height, "columns": stream.width, "lanes": stream.lanes}
    return {"node": design.topology.nodes[0].name, **size, **element}


def _fifos(design: Design) -> dict[str, str]:
    """Where the high-water mark of each FIFO lies: by instance, and `ingress` for the core's own buffer."""
    own = {"ingress": "u_ingress"} if buffered(design.settings.interface) else {}
    return own | {i.name: f"u_{i.name}__DOT__fifo" for i in design.instances if "fifo" in i.kernel.folding()}


def _streams(design: Design) -> list[tuple[str, StreamType]]:
    """Every stream that the bench collects: the input behind the guard, then each instance's output."""
    return [("input", design.source), *((item.name, item.kernel.sink) for item in design.instances)]


def _constants(design: Design) -> str:
    """`bench_design.h`."""
    samples, waits = [], []
    for index, (name, stream) in enumerate(_streams(design)):
        wire = f"root.sf_core__DOT__s_{name}"
        size = -(-stream.word_bits // 8)
        samples.append(
            f"    moved |= take({wire}_valid && {wire}_ready, {wire}_tag, {wire}_first, {wire}_last, "
            f"&{wire}_data, {size}, *sinks[{index}]);"
        )
        waits.append(f'    if ({wire}_valid && !{wire}_ready) text += " {name}";')
    held = buffered(design.settings.interface)
    return _HEADER.format(
        banner=slashes(banner(design)),
        boundaries=len(samples),
        in_bytes=-(-design.source.word_bits // 8),
        res_bytes=record_bits(head_slots(design)) // 8,
        boot_bytes=design.boot_bytes,
        room="top.in_room" if held else "(void)top, true",
        dropped="root.sf_core__DOT__frame_dropped" if held else "(void)root, false",
        samples="\n".join(samples),
        waits="\n".join(waits),
        marks=", ".join(f"root.sf_core__DOT__{path}__DOT__high_water" for path in _fifos(design).values()),
    )


_HEADER = """{banner}#ifndef BENCH_DESIGN_H
#define BENCH_DESIGN_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "Vsf_core.h"
#include "Vsf_core___024root.h"

namespace design {{

constexpr int BOUNDARIES = {boundaries};
constexpr std::size_t IN_BYTES = {in_bytes};
constexpr std::size_t RES_BYTES = {res_bytes};
constexpr std::size_t BOOT_BYTES = {boot_bytes};

inline auto& boot_memory(Vsf_core___024root& root) {{ return root.sf_core__DOT__u_boot__DOT__mem; }}

// A frame that begins now will be taken, and one was dropped.
inline bool room(const Vsf_core& top) {{ return {room}; }}
inline bool dropped(const Vsf_core___024root& root) {{ return {dropped}; }}

template <class Sink>
bool take(bool moves, std::uint8_t tag, bool first, bool last, const void* data, std::size_t bytes, Sink& sink) {{
    if (moves) {{
        const std::uint8_t head[2] = {{tag, static_cast<std::uint8_t>((first ? 1 : 0) | (last ? 2 : 0))}};
        sink.put(head, sizeof head);
        sink.put(data, bytes);
    }}
    return moves;
}}

// Writes every word that moves in this cycle: u8 tag, u8 first and last, the data, little-endian.
template <class Sinks>
bool sample(Vsf_core___024root& root, Sinks& sinks) {{
    bool moved = false;
{samples}
    return moved;
}}

// Most words that each FIFO held at once.
inline std::vector<std::uint32_t> high_water([[maybe_unused]] const Vsf_core___024root& root) {{
    return {{{marks}}};
}}

// The streams that wait.
inline std::string waiting(Vsf_core___024root& root) {{
    std::string text = "streams that wait:";
{waits}
    return text;
}}

}}  // namespace design

#endif
"""
