"""The text of `sf_core`: guard, kernels, egress, loader and registers, wired by name.

Instance names are stable: `u_<instance>` for kernels, `s_<instance>` for the stream that leaves one.
"""

from __future__ import annotations

from collections.abc import Mapping

from speckleforge.emit import ingress_template, regions
from speckleforge.emit.banner import banner, slashes
from speckleforge.emit.core_template import CORE_TEMPLATE
from speckleforge.emit.record import record_bits
from speckleforge.emit.registers import COUNTERS
from speckleforge.ir.core import FRAMES_IN_FLIGHT_BITS, buffered, held_frames, ingress_words
from speckleforge.ir.design import Design, Instance
from speckleforge.ir.stream import StreamType
from speckleforge.layers.head.op import RECORD

STREAM = ("valid", "ready", "data", "first", "last", "tag")
INPUT = "s_input"
BOOT_FILE = "boot.hex"


def core_source(design: Design) -> str:
    """SystemVerilog of the design's core."""
    slots = head_slots(design)
    segments = design.layout.segments
    return CORE_TEMPLATE.format(
        banner=slashes(banner(design)).rstrip(),
        chain="\n".join(f"//   {item.name}: {item.kernel.kind}, {item.kernel.sink}" for item in design.instances),
        in_bits=design.source.word_bits,
        res_bits=record_bits(slots),
        words=design.source.words,
        room_port=ingress_template.PORT if buffered(design.settings.interface) else "",
        ingress=_ingress(design),
        slots=slots,
        banks=design.settings.banks,
        boot_bytes=design.boot_bytes,
        payload_bytes=design.layout.payload_bytes,
        boot_file=BOOT_FILE,
        layout_id=f"32'h{design.layout.layout_id:08x}",
        segments=len(segments),
        elements=_table(24, [segment.elements for segment in segments]),
        last_byte=_table(2, [segment.type.bytes - 1 for segment in segments]),
        signed=_table(1, [int(segment.type.signed) for segment in segments]),
        segment_list="\n".join(f"  //   {i}: {s.name} {s.type}, {s.elements}" for i, s in enumerate(segments)),
        counters=len(COUNTERS),
        threshold=next(i for i, segment in enumerate(segments) if segment.parameter == "threshold"),
        saturations="\n\n".join(_saturations(design)),
        depth_bits=FRAMES_IN_FLIGHT_BITS,
        streams="\n".join(_streams(design)),
        ways=regions.ways(design),
        kernels="\n\n".join(_kernels(design)),
        record=f"s_{design.instances[-1].name}",
    )


def head_slots(design: Design) -> int:
    """Prototype slots of the design's head."""
    return design.instances[-1].kernel.sink.channels - len(RECORD)


def _ingress(design: Design) -> str:
    """From the core's input to the guard's."""
    if not buffered(design.settings.interface):
        return ingress_template.DIRECT
    words = ingress_words(design.source, held_frames([item.kernel for item in design.instances]))
    return ingress_template.BUFFERED.format(
        in_bits=design.source.word_bits, words=design.source.words, addr_bits=words.bit_length() - 1
    )


def _saturations(design: Design) -> list[str]:
    """What watches the input, and the embedding as the head takes it."""
    before = f"s_{design.instances[-2].name}" if len(design.instances) > 1 else INPUT
    taps = (("input", INPUT, design.source), ("embedding", before, design.instances[-1].kernel.source))
    return [_saturation(name, wires, stream) for name, wires, stream in taps]


def _saturation(name: str, wires: str, stream: StreamType) -> str:
    """One watcher of a stream."""
    generics = {
        "LANES": stream.lanes,
        "CHANNELS": stream.channels,
        "BITS": stream.element.bits,
        "SIGNED": int(stream.element.signed),
        "WIDTH": stream.width,
        "OFFSET": stream.offset,
    }
    ports = {"clk": "clk", "rst": "rst", "moves": f"{wires}_valid && {wires}_ready"}
    ports |= {wire: f"{wires}_{wire}" for wire in ("data", "first", "last")} | {"saturated": f"saturated_{name}"}
    lines = [_associations(generics, "      "), f"  ) u_saturated_{name} (", _associations(ports, "      ")]
    return "\n".join(["  sf_saturation #(", *lines, "  );"])


def _table(bits: int, values: list[int]) -> str:
    """A packed table as one literal, the first value in the lowest bits."""
    total = sum(value << (bits * i) for i, value in enumerate(values))
    width = bits * len(values)
    return f"{width}'h{total:0{-(-width // 4)}x}"


def _streams(design: Design) -> list[str]:
    """Declarations of all streams."""
    lines = _declare(INPUT, design.source)
    for item in design.instances:
        lines += _declare(f"s_{item.name}", item.kernel.sink)
    return lines


def _declare(name: str, stream: StreamType) -> list[str]:
    """The wires of one stream; a simulation may look at them."""
    public = "/* verilator public_flat_rd */"
    return [
        f"  // {stream}",
        f"  logic {name}_valid {public}, {name}_ready {public}, {name}_first {public}, {name}_last {public};",
        f"  logic [{stream.word_bits - 1}:0] {name}_data {public};",
        f"  logic [7:0] {name}_tag {public};",
    ]


def _kernels(design: Design) -> list[str]:
    """Instances of all kernels."""
    texts, source, segment = [], INPUT, 0
    for item in design.instances:
        count = _parameters(design, item)
        texts.append(_instance(design, item, source, segment, count))
        source, segment = f"s_{item.name}", segment + count
    return texts


def _parameters(design: Design, item: Instance) -> int:
    """Segments of the weight image that an instance takes: those of the node of its name."""
    return sum(segment.node == item.name for segment in design.layout.segments)


def _instance(design: Design, item: Instance, source: str, segment: int, count: int) -> str:
    """One kernel."""
    generics, region = dict(item.kernel.generics()), regions.placed(design).get(item.name)
    end = regions.suffix(getattr(item.kernel, "leaves", region), regions.home_of(design))
    ports = {"clk": "clk", "rst": f"rst{end}"}
    ports |= {f"in_{wire}": f"{source}_{wire}" for wire in STREAM}
    ports |= {f"out_{wire}": f"s_{item.name}_{wire}" for wire in STREAM}
    if count:
        generics["BANKS"] = design.settings.banks
        ports |= {"par_valid": f"par_valid{end}[{segment}+:{count}]"}
        ports |= {f"par_{wire}": f"par_{wire}{end}" for wire in ("first", "data", "bank")}
    stays = "" if hasattr(item.kernel, "leaves") else regions.attribute(region)  # a crossing is on both sides
    return (
        f"  // {item.name} -> {item.boundary}\n{stays}  sf_{item.kernel.kind} #(\n"
        + _associations(generics, "      ")
        + f"\n  ) u_{item.name} (\n"
        + _associations(ports, "      ")
        + "\n  );"
    )


def _associations(values: Mapping[str, object], indent: str) -> str:
    """`.name(value)` lines."""
    width = max(map(len, values))
    return ",\n".join(f"{indent}.{name:<{width}}({value})" for name, value in values.items())
