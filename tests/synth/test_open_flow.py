"""The real open tools on a tiny design: synthesis, place and route, patching, packing."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.boot_memory import placeholder
from speckleforge.artifacts.context import StageContext
from speckleforge.errors import FormatError, StageError
from speckleforge.synth import bitstream, place_route, stage
from speckleforge.synth.ecp5 import pack_plan
from speckleforge.synth.ecp5_bram import BootMemory, patch
from speckleforge.synth.execute import execute
from speckleforge.tools.find import installed
from tests.synth.designs import target, write_blink

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(
        not all(map(installed, ("pyosys", "nextpnr-ecp5", "ecppack"))), reason="needs pyosys, nextpnr-ecp5, ecppack"
    ),
]


class Flow:
    """Runs the three stages in folders of their own."""

    def __init__(self, folder: Path, content: bytes, *, writable: bool = False) -> None:
        self.folder = folder
        self.rtl = write_blink(folder / "rtl", content, writable=writable)

    def context(self, name: str, inputs: dict[str, Path], **params: Any) -> StageContext:
        out, scratch = self.folder / name, self.folder / f"{name}.scratch"
        out.mkdir()
        scratch.mkdir()
        return StageContext({"target": target(), "toolchain": "ecp5", "clock_mhz": 25.0} | params, inputs, out, scratch)

    def synth(self) -> Path:
        stage.run(self.context("synth", {"rtl": self.rtl}))
        return self.folder / "synth"

    def place(self, name: str = "place", **params: Any) -> Path:
        netlist = self.folder / "synth" / "netlist.json"
        place_route.run(self.context(name, {"netlist": netlist}, **{"placement": {"seed": 1}} | params))
        return self.folder / name

    def pack(self, image: bytes, name: str = "bit") -> Path:
        place = self.folder / "place"
        (self.folder / f"{name}.bin").write_bytes(image)
        inputs = {"placed": place / "placed.config", "placement": place / "placement.json"}
        bitstream.run(self.context(name, inputs | {"weights": self.folder / f"{name}.bin"}))
        return self.folder / name


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flow:
    flow = Flow(tmp_path_factory.mktemp("flow"), placeholder(4096))
    flow.synth()
    flow.place()
    return flow


def test_synthesis_counts_and_shares(built: Flow) -> None:
    record = read(built.folder / "synth" / "synthesis.json")
    assert record["stage"] == "synthesised"
    assert record["tool"].startswith("yosys ")
    assert record["resources"]["bram"]["value"] == 2
    assert record["resources"]["bram"]["share"] == round(2 / 56, 6)
    assert record["resources"]["ff"]["value"] == 28  # of 32: the rest drives nothing
    assert record["fmax_mhz"] == {"value": None, "reason": "not placed and routed yet"}
    assert record["modules"][0]["name"] == "sf_top"


def test_netlist_holds_no_path_of_this_machine(built: Flow) -> None:
    text = (built.folder / "synth" / "netlist.json").read_text(encoding="utf-8")
    assert '"src"' not in text
    assert str(built.folder) not in text


def test_placement_and_timing(built: Flow) -> None:
    placement, timing = (read(built.folder / "place" / f"{name}.json") for name in ("placement", "timing"))
    assert placement["resources"]["bram"] | {"tool": ""} == {
        "value": 2,
        "available": 56,
        "share": round(2 / 56, 6),
        "stage": "placed_and_routed",
        "tool": "",
    }
    assert placement["boot_memory"]["size"] == 4096
    assert timing["fmax_mhz"]["value"] > 25
    assert timing["holds"] is True
    assert timing["critical_path"]["logic_levels"] > 0


def test_a_second_placement_is_equal(built: Flow, tmp_path: Path) -> None:
    again = Flow(tmp_path, placeholder(4096))
    again.synth()
    again.place()
    for name in ("synth/netlist.json", "place/placed.config", "place/timing.json"):
        assert (again.folder / name).read_bytes() == (built.folder / name).read_bytes()


def test_several_seeds_on_the_large_device(built: Flow) -> None:
    board = target("ulx3s-85f")
    folder = built.place("sweep", target=board, placement={"seed": 4, "seeds": 2, "until": "all"})
    placement, timing = (read(folder / f"{name}.json") for name in ("placement", "timing"))
    found = {trial["seed"]: trial["fmax_mhz"] for trial in timing["placements"]["trials"]}
    assert sorted(found) == [4, 5]
    assert timing["fmax_mhz"]["value"] == found[timing["placements"]["chosen"]] == max(found.values())
    sites = (folder / "place_route.log").read_text(encoding="utf-8")
    for name, site in (*place_route.SITES.items(), ("lutram", "TRELLIS_RAMW")):
        available = int(re.search(rf"{site}:\s+\d+/\s*(\d+)", sites)[1])  # type: ignore[index]
        assert board["resources"][name]["count"] == available * (6 if name == "lutram" else 1)
    assert "LFE5U-85F" in (folder / "placed.config").read_text(encoding="utf-8")[:100]
    assert placement["resources"]["bram"]["available"] == 208


@pytest.mark.parametrize(
    ("size", "writable"),
    [
        (4096, False),
        (5000, True),
        pytest.param(2048, True, marks=pytest.mark.slow),
        pytest.param(7000, False, marks=pytest.mark.slow),
        pytest.param(65536, False, marks=pytest.mark.slow),
        pytest.param(65000, True, marks=pytest.mark.slow),
    ],
)
def test_patched_equals_a_full_rebuild(size: int, writable: bool, tmp_path: Path) -> None:
    image = random.Random(size).randbytes(size)
    patched = Flow(tmp_path / "patched", placeholder(size), writable=writable)
    rebuilt = Flow(tmp_path / "rebuilt", image, writable=writable)
    for flow in (patched, rebuilt):
        flow.synth()
        flow.place()
    bit = patched.pack(image) / "design.bit"
    # The rebuilt design holds the image already: pack it as it is.
    config = (rebuilt.folder / "place" / "placed.config").read_text(encoding="utf-8")
    boot = BootMemory.from_record(read(patched.folder / "place" / "placement.json")["boot_memory"])
    original = (patched.folder / "place" / "placed.config").read_text(encoding="utf-8")
    assert patch(boot, original, image) == config
    assert read(rebuilt.folder / "place" / "placement.json")["boot_memory"] is None
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "patched.config").write_text(config, encoding="utf-8")
    execute(pack_plan(), packed, packed / "log")
    assert bit.read_bytes() == (packed / "design.bit").read_bytes()


def test_bitstream_record_and_short_image(built: Flow) -> None:
    record = read(built.pack(b"\x01\x02\x03") / "bitstream.json")
    assert record["part"] == "LFE5U-25F-6CABGA381"
    assert record["compressed"] is True
    assert record["boot_memory"] == {"name": "u_boot.mem", "bytes": 4096, "blocks": 2}
    assert record["image"]["bytes"] == 3


def test_an_image_that_is_too_long(built: Flow) -> None:
    with pytest.raises(FormatError, match=r"does not fit(.*\n)*.*4097 bytes(.*\n)*.*at most 4096"):
        built.pack(bytes(4097), "long")


def test_a_placed_design_without_placeholder(built: Flow, tmp_path: Path) -> None:
    placement = read(built.folder / "place" / "placement.json") | {"boot_memory": None, "boot_memory_reason": "none"}
    (tmp_path / "placement.json").write_text(json.dumps(placement), encoding="utf-8")
    inputs = {"placement": tmp_path / "placement.json", "weights": tmp_path, "placed": tmp_path}
    with pytest.raises(StageError, match="has no boot memory"):
        bitstream.run(built.context("none", inputs))


def test_a_source_error_names_file_and_line(tmp_path: Path) -> None:
    flow = Flow(tmp_path, placeholder(64))
    (flow.rtl / "sf_top.sv").write_text("module sf_top(;\n", encoding="utf-8")
    with pytest.raises(StageError, match=r"sf_top\.sv:1: ERROR: syntax error"):
        flow.synth()
