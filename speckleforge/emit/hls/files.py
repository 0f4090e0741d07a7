"""The folder `hls/` of a design. Takes a design; gives file names and texts; the list of files is `files.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from speckleforge.emit.banner import slashes
from speckleforge.emit.hls import registers
from speckleforge.emit.hls.bench_turn import turn_header
from speckleforge.emit.hls.chain import chain
from speckleforge.emit.hls.interface import TOP, beat_bits, input_constants, network_header, slots
from speckleforge.emit.hls.lint import lint
from speckleforge.emit.hls.top import network_source
from speckleforge.ir.design import Design
from speckleforge.layers.hls import sources

READS = ("core/*.h", "bench/*", "csim/*.cpp", "csim/*/*.h", "host/*.py")
HERE = Path(__file__).parent
CSIM, HOST = "csim", "sf_hls_frames.py"
IDENTITY = {"vendor": "speckleforge", "library": "hls", "version": "1.0"}  # of the packed IP
DATA = "data"  # folder beside the sources that the bench reads: weights.bin, vectors/


def hls_files(design: Design) -> dict[str, str]:
    """Every file by name.

    `files.json`: `top`, `sources` and `headers` of the block, `bench` (its first file is to be compiled), `standard` of
    C++, identity. `csim/` replaces the vendor's headers with a plain compiler; a vendor's tool must not see it.

    Raises
    ------
    DesignError
        If the design has what HLS cannot carry.
    """
    text = banner(design)
    marks = slashes(text)
    headers = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "core").glob("*.h"))}
    headers |= sources({stage.kind for stage in chain(design)})
    headers["sf_network.h"] = network_header(design, marks)
    source = {f"{TOP}.cpp": network_source(design, marks)}
    bench = {
        path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "bench").iterdir()) if path.is_file()
    }
    bench["sf_turn.h"] = turn_header(design, marks)
    lint({**headers, **source})
    index = _index(design, list(source), list(headers), list(bench))
    return {
        **source,
        **dict(sorted(headers.items())),
        **bench,
        **_csim(),
        "sf_hls_registers.h": registers.header(design, marks),
        "registers.md": registers.page(design, text),
        HOST: _host(design),
        "files.json": json.dumps(index, indent=2, sort_keys=True) + "\n",
    }


def ports(design: Design) -> dict[str, Any]:
    """The block's ports besides clock and reset, as a wrapper must know them."""
    side = {"keep": True, "strobe": True, "last": True, "user_bits": 1, "id_bits": 1, "dest_bits": 1}
    end = registers.image_offset(design) + 4 * registers.image_words(design)
    return {
        "streams": [
            {"name": "frames", "direction": "in", "data_bits": beat_bits(design.source), **side},
            {"name": "records", "direction": "out", "data_bits": 32, **side},
        ],
        "lites": [{"name": "s_axi_control", "addr_bits": (end - 1).bit_length()}],
        "plain": [{"name": "interrupt", "direction": "out"}],
    }


def banner(design: Design) -> str:
    """The first lines of every generated file."""
    return f"speckleforge HLS interface {registers.INTERFACE}\ndesign {design.design_id}\n"


def _index(design: Design, sources_: list[str], headers: list[str], bench: list[str]) -> dict[str, Any]:
    return {
        "top": TOP,
        "sources": sources_,
        "headers": sorted(headers),
        "bench": sorted(bench, key=lambda name: (not name.endswith(".cpp"), name)),
        "data": DATA,
        "standard": "c++14",  # they keep to C++11, which is all that Vivado HLS knows
        "design_id": design.design_id,
        "topology_id": f"{design.layout.layout_id:08x}",
        **IDENTITY,
        "ports": ports(design),
        "clock_mhz": design.settings.clock_mhz,
        "boundaries": {"input": design.topology.nodes[0].name, **{s.name: s.boundary for s in chain(design)}},
    }


def _host(design: Design) -> str:
    """The packers with this design's constants."""
    beat = beat_bits(design.source) // 8
    constants = {**input_constants(design.source), "BEAT_BYTES": beat, "SLOTS": slots(design)}
    text = (HERE / "host" / HOST).read_text(encoding="utf-8")
    printed = "\n".join(f'    "{name}": {value},' for name, value in constants.items())
    return text.replace("CONSTANTS: dict[str, int] = {}", f"CONSTANTS: dict[str, int] = {{\n{printed}\n}}")


def _csim() -> dict[str, str]:
    """What a plain compiler needs besides."""
    library = HERE.parent / "emulator_sources" / "sf_library.h"
    found = {f"{CSIM}/{library.name}": library.read_text(encoding="utf-8")}
    for path in sorted((HERE / CSIM).rglob("*")):
        if path.suffix in (".h", ".cpp"):
            found[f"{CSIM}/{path.relative_to(HERE / CSIM)}"] = path.read_text(encoding="utf-8")
    return found
