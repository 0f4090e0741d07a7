"""The stage `vivado_bitstream`, with a program in place of `updatemem` that deals out the bits by itself."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.artifacts.boot_memory import placeholder
from speckleforge.artifacts.context import StageContext
from speckleforge.errors import ForgeError, FormatError, StageError
from speckleforge.graph.stage import bind
from speckleforge.graph.stages import STAGES
from speckleforge.report.stage import build_record
from speckleforge.spec import load_spec, parse_spec
from speckleforge.synth.amd import bitstream_stage, vivado_stage
from speckleforge.synth.amd.mmi import parse_mmi
from speckleforge.tools import catalogue, vendor
from speckleforge.tools.catalogue import find_tool
from speckleforge.tools.find import Tool
from tests.synth.amd import fake_updatemem
from tests.synth.amd.test_mmi import ARRANGEMENTS, Ram

SPECS = Path(__file__).parents[3] / "specs"
PART = "xcku040-ffva1156-2-e"


def map_text(rams: list[Ram], part: str = PART) -> str:
    """The MMI file of an arrangement, as the Tcl writes it: bus blocks by address, lanes from the highest bits."""
    lines = []
    for ram in sorted(rams, key=lambda ram: (ram.begin, -ram.lsb)):
        kind = "RAMB32" if ram.kind == 36 else "RAMB18"
        lines.append(
            f'<BitLane MemType="{kind}" Placement="{ram.site}"><DataWidth MSB="{ram.msb}" LSB="{ram.lsb}"/>'
            f'<AddressRange Begin="{ram.begin}" End="{ram.end}"/></BitLane>'
        )
    space = f'<Processor InstPath="sf_boot"><AddressSpace>{"".join(lines)}</AddressSpace></Processor>'
    return f'<MemInfo>{space}<Config><Option Name="Part" Val="{part}"/></Config></MemInfo>'


@dataclass(frozen=True)
class Place:
    """A folder with what the stage reads; `run` runs it."""

    folder: Path
    rams: list[Ram]

    @property
    def made(self) -> Path:
        return self.folder / "vivado"

    def implement(self, size: int, part: str = PART) -> None:
        """What the stage `vivado` left: a map, and a bitstream with the placeholder in its memory."""
        self.made.mkdir(parents=True)
        text = map_text(self.rams, part)
        data = fake_updatemem.data_of(text, placeholder(size))
        (self.made / "memory.mmi").write_text(text)
        (self.made / "manifest.json").write_text(json.dumps({"steps": ["mmi"]}))
        (self.made / "design.bit").write_bytes(fake_updatemem.bit_file(data, part))

    def run(self, image: bytes, name: str = "one") -> dict[str, Any]:
        """The record; the bitstream is at `bit(name)`."""
        (self.folder / "weights.bin").write_bytes(image)
        out = self.folder / name
        out.mkdir()
        inputs = {"vivado": self.made, "weights": self.folder / "weights.bin"}
        bitstream_stage.run(StageContext({"target": {"part": PART}}, inputs, out, self.folder / "scratch"))
        assert sorted(path.name for path in out.iterdir()) == ["bitstream.json", "design.bit"]
        found: dict[str, Any] = json.loads((out / "bitstream.json").read_text())
        return found

    def bit(self, name: str = "one") -> bytes:
        return (self.folder / name / "design.bit").read_bytes()


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called `updatemem`, and nothing else of the vendor's."""
    folder = tmp_path / "Vivado" / "2023.2" / "bin"
    folder.mkdir(parents=True)
    program = folder / "updatemem"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {fake_updatemem.__file__} "$@"\n')
    program.chmod(0o755)
    found = Tool("updatemem", "2023.2", (str(program),))
    monkeypatch.setattr(catalogue, "vendor_tool", lambda _: found)


def go_wrong(fault: str) -> None:
    """Make the program go wrong: no variable of ours gets to a tool, so the program sets it."""
    program = Path(find_tool("updatemem").command[0])
    program.write_text(f"#!/bin/sh\nFAKE_UPDATEMEM='{fault}' exec {sys.executable} {fake_updatemem.__file__} \"$@\"\n")


def image_of(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize("name", ["one", "bytes", "a memory's end", "nibbles", "half blocks", "uneven lanes"])
def test_every_bit_of_the_image_gets_to_its_place(name: str, tmp_path: Path) -> None:
    rams = ARRANGEMENTS[name]
    size = {"one": 4096, "nibbles": 16384, "uneven lanes": 8000, "half blocks": 5000}.get(name, 20000)
    place, image = Place(tmp_path / "p", rams), image_of(size)
    place.implement(size)
    record = place.run(image)
    memory = parse_mmi((place.made / "memory.mmi").read_text())
    starts, at = {}, len(fake_updatemem.SYNC)
    data = bitstream_stage.parse_xilinx_bitstream(place.bit()).data
    for lane in memory.lanes:
        starts[lane.placement], at = at, at + fake_updatemem.BYTES[lane.memory]
    for address in random.Random(2).sample(range(size), 300):
        for bit in range(8):
            where = memory.place(address, bit)
            width = next(lane.width for lane in memory.lanes if lane.placement == where.placement)
            index = 8 * starts[where.placement] + where.entry * width + where.bit
            assert data[index // 8] >> index % 8 & 1 == image[address] >> bit & 1
    assert record["bytes"] == len(place.bit()) == len((place.made / "design.bit").read_bytes())
    assert record["sha256"] == hashlib.sha256(place.bit()).hexdigest()
    assert (record["tool"], record["part"], record["file"]) == ("updatemem 2023.2", PART, "design.bit")
    assert record["boot_memory"] == {"name": "u_boot/mem", "bytes": size, "blocks": len(rams)}
    assert record["image"] == {"bytes": size, "sha256": hashlib.sha256(image).hexdigest()}
    assert record["changed_bits"] > 3 * size


@pytest.mark.usefixtures("tool")
def test_other_weights_are_another_bitstream_and_the_same_ones_the_same(tmp_path: Path) -> None:
    place = Place(tmp_path / "p", ARRANGEMENTS["bytes"])
    place.implement(20000)
    for name, seed in (("a", 1), ("b", 2), ("c", 1)):
        place.run(image_of(20000, seed), name)
    assert place.bit("a") == place.bit("c") != place.bit("b")


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("critical", r"updatemem complains\n.*57-155"),
        ("error", "57-85"),
        ("short", r"left another bitstream\n    got: 20496 bytes.*\n    allowed: 20504 bytes"),
        ("other part", r"left another bitstream\n    got: .*xcku115"),
        ("half", "updatemem left weights out"),
        ("nothing", r"updatemem left weights out\n    got: 0 bits changed"),
    ],
)
def test_a_tool_that_goes_wrong_is_told(fault: str, message: str, tmp_path: Path) -> None:
    place = Place(tmp_path / "p", ARRANGEMENTS["bytes"])
    place.implement(20000)
    go_wrong(fault)
    with pytest.raises(StageError, match=message):
        place.run(image_of(20000))


def another_part(made: Path) -> None:
    text = (made / "memory.mmi").read_text()
    (made / "memory.mmi").write_text(text.replace(PART, "xcku115-flvb2104-2-e"))


def compressed(made: Path) -> None:
    content = (made / "design.bit").read_bytes()
    (made / "design.bit").write_bytes(content.replace(b"UserID=0XFFFFFFFF", b"COMPRESS=TRUE;U=1"))


def no_bitstream(made: Path) -> None:
    (made / "design.bit").unlink()


def no_map(made: Path) -> None:
    (made / "memory.mmi").unlink()
    (made / "manifest.json").write_text(json.dumps({"steps": ["mmi"], "no_memory_map": "it is too small"}))


def cut(made: Path) -> None:
    (made / "design.bit").write_bytes((made / "design.bit").read_bytes()[:-1])


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (another_part, "a report of another part"),
        (compressed, "leave BITSTREAM.GENERAL.COMPRESS out"),
        (no_bitstream, "has no bitstream that weights could go into\n    got: no design.bit"),
        (cut, "a bitstream is cut"),
    ],
)
def test_an_implementation_that_is_not_this_one_is_told(
    spoil: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    place = Place(tmp_path / "p", ARRANGEMENTS["bytes"])
    place.implement(20000)
    spoil(place.made)
    with pytest.raises(ForgeError, match=message):
        place.run(image_of(20000))


@pytest.mark.usefixtures("tool")
def test_a_memory_that_takes_no_weights_loses_no_bitstream(tmp_path: Path) -> None:
    place = Place(tmp_path / "p", ARRANGEMENTS["bytes"])
    place.implement(20000)
    no_map(place.made)
    found = place.run(image_of(20000))
    assert found["image"] == {"value": None, "reason": "a host loads the weights: it is too small"}
    assert place.bit() == (place.made / "design.bit").read_bytes()


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize("size", [100, 16384, 20481])
def test_a_map_of_another_memory_is_told(size: int, tmp_path: Path) -> None:
    place = Place(tmp_path / "p", ARRANGEMENTS["bytes"])  # 5 block RAMs: more than 16,384, at most 20,480 bytes
    place.implement(20000)
    with pytest.raises(FormatError, match="not of the size of the boot memory"):
        place.run(image_of(size))


def spec_of(text: str = "") -> Any:
    """`specs/kcu105.yaml`, changed."""
    content = (SPECS / "kcu105.yaml").read_text(encoding="utf-8")
    if text == "HOST":
        return parse_spec(content.replace("banks: 2}", "banks: 2, boot: host}", 1).encode(), str(SPECS / "kcu105.yaml"))
    return parse_spec(content.replace("banks: 2}", "banks: 2}" + text, 1).encode(), str(SPECS / "kcu105.yaml"))


Absent = Callable[..., dict[str, str]]


@pytest.fixture
def absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Absent]:
    """A function: why stages of a spec take no part where these programs are installed."""
    for name in ("XILINX_VIVADO", "XILINX_HLS", "XILINX_VITIS"):
        monkeypatch.delenv(name, raising=False)

    def reasons(spec: Any, *here: str) -> dict[str, str]:
        folder = tmp_path / "Xilinx" / "2023.2" / "bin"
        folder.mkdir(parents=True)
        for name in here:
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin:/bin")
        vendor.vendor_tool.cache_clear()
        return dict(bind(STAGES, spec).absent)

    yield reasons
    vendor.vendor_tool.cache_clear()


def test_it_takes_part_where_vivado_makes_the_boards_bitstream(absent: Absent) -> None:
    found = absent(spec_of(), "vivado", "updatemem")
    assert "vivado_bitstream" not in found
    assert found["bitstream"] == "needs place_route"


@pytest.mark.parametrize(
    ("text", "here", "reason"),
    [
        ("", (), "Vivado is not installed here"),
        ("", ("vivado",), "updatemem is not installed here, though Vivado is"),
        ("\n  vivado: {implement: false}", ("vivado", "updatemem"), "hardware.vivado.implement"),
        ("HOST", ("vivado", "updatemem"), "a host loads the weights (hardware.weights.boot)"),
    ],
)
def test_it_is_absent_with_a_reason(text: str, here: tuple[str, ...], reason: str, absent: Absent) -> None:
    assert reason in absent(spec_of(text), *here)["vivado_bitstream"]


def test_it_is_absent_where_another_machine_implemented(absent: Absent) -> None:
    spec = replace(spec_of(), ingested={"vivado": Path("vivado.tar")})
    assert "results of another machine hold no bitstream" in absent(spec, "vivado", "updatemem")["vivado_bitstream"]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_never_two_stages_make_the_bitstream(path: Path, absent: Absent) -> None:
    spec = load_spec(path)
    makers = {"bitstream", "vivado_bitstream"} - set(absent(spec, "vivado", "updatemem", "vitis_hls"))
    assert makers == ({"vivado_bitstream"} if spec.name == "kcu105" else {"bitstream"} if not spec.vendor else set())


@pytest.mark.parametrize(
    ("name", "implement", "steps", "whole"),
    [
        ("kcu105", True, ("synth", "implement", "bitstream"), True),
        ("kcu105", False, ("synth",), True),
        ("kcu1500-w4a4", True, ("synth", "implement"), False),
    ],
)
def test_vivado_is_asked_for_a_bitstream_of_a_board_alone(
    name: str, implement: bool, steps: tuple[str, ...], whole: bool, tmp_path: Path
) -> None:
    params = load_spec(SPECS / f"{name}.yaml").slice("vivado")
    params["vivado"]["implement"] = implement
    (tmp_path / "rtl").mkdir()
    for file in ("sf_boot.sv", "boot.hex"):
        (tmp_path / "rtl" / file).write_text("text")
    index = {"top": "sf_top" if whole else "sf_core", "files": ["sf_boot.sv"]}
    (tmp_path / "rtl" / "files.json").write_text(json.dumps(index))
    (tmp_path / "design.txt").write_text("design")
    inputs = {"rtl": tmp_path / "rtl", "design": tmp_path / "design.txt"}
    block = vivado_stage.block_of(params, inputs)
    assert block.whole == whole
    assert vivado_stage.options_of(params, reference=False, bitstream=block.whole).steps == steps
    assert {"design.bit", "memory.mmi"} <= set(vivado_stage.KEPT)


def test_no_weight_reaches_the_implementation() -> None:
    stages = {stage.name: stage for stage in STAGES}
    upstream, todo = set(), ["vivado"]
    while todo:
        name = todo.pop()
        upstream.add(name)
        todo += stages[name].needs
    assert upstream == {"vivado", "emit", "lower"}
    assert stages["vivado_bitstream"].needs == ("vivado", "weights")


def test_the_report_shows_it_where_the_open_flows_is() -> None:
    params = load_spec(SPECS / "kcu105.yaml").slice("report")
    made = {"sha256": "ab" * 32, "bytes": 16_000_000}
    assert build_record(params, {"vivado_bitstream": made})["bitstream"] == made
    assert "Vivado makes it where it is installed" in build_record(params, {})["bitstream"]["reason"]


def test_updatemem_has_the_release_of_the_vivado_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in {"updatemem": "exit 3", "vivado": "echo 'vivado v2025.1 (64-bit)'"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin:/bin")
    vendor.vendor_tool.cache_clear()
    found = vendor.vendor_tool("updatemem")
    vendor.vendor_tool.cache_clear()
    assert found is not None
    assert (found.version, found.command) == ("2025.1", (str(folder / "updatemem"),))
