"""Folders for a ruckus tree: scripts run in the interpreter, the wrapper in GHDL where that is, the IP is checked."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from speckleforge.artifacts.boot_memory import placeholder
from speckleforge.errors import DesignError, FormatError, StageError
from speckleforge.synth.amd.check import check_script
from speckleforge.synth.amd.component import Component, check_component, parse_component
from speckleforge.synth.amd.hls import HlsJob, hls_script
from speckleforge.synth.amd.ip_ports import IpPorts, LitePort, PlainPort, StreamPort
from speckleforge.synth.amd.ip_wrapper import ip_wrapper
from speckleforge.synth.amd.mmi import parse_mmi
from speckleforge.synth.amd.options import Part
from speckleforge.synth.amd.ruckus import archive_place, ruckus_ip_files
from speckleforge.tools.process import minimal_environment, run_tool
from speckleforge.tools.releases import release
from tests.emit.designs import small
from tests.emit.firmware.block import write_firmware
from tests.synth.amd.hostile import EXAMPLES
from tests.synth.amd.interpreter import Outcome, World, needs_tcl, run_script
from tests.synth.amd.samples import COMPONENT, DESIGN, OTHER, tree
from tests.synth.amd.test_mmi import Ram

PORTS = IpPorts(
    (
        StreamPort("frames", "in", 256, user_bits=2, dest_bits=8),
        StreamPort("records", "out", 64, user_bits=2, dest_bits=8, id_bits=1),
    ),
    (LitePort("s_axi_control", 12),),
    (PlainPort("ap_start", "in", 0, "1"), PlainPort("interrupt", "out"), PlainPort("mode", "in", 4, "0")),
)
MAIN = """\
set ::DIR_PATH [file join [pwd] "{folder}"]
set ::env(IP_REPO) [file join [pwd] ip_repo]
source "$::DIR_PATH/ruckus.tcl"
"""
NAMED = ("-name", "sf_network", "-vendor", "speckleforge", "-library", "hls", "-version", "1.0")
TCL = needs_tcl()
SURF = Path(__file__).parents[2] / "emit" / "firmware" / "surf"
GHDL = shutil.which(os.environ.get("GHDL", "ghdl"))


def with_tcl(test: object) -> object:
    for mark in TCL:
        test = mark(test)
    return test


def read_folder(folder: Path, name: str, world: World) -> Outcome:
    """Read a folder of a work folder as `loadRuckusTcl` does."""
    (folder / "main.tcl").write_text(MAIN.replace("{folder}", name), encoding="ascii")
    return run_script(folder, "main.tcl", "ruckus", "2023.2", world)


def write_ip(folder: Path) -> None:
    for name, text in ruckus_ip_files(tree(), PORTS).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    place = folder / archive_place(tree())
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("zip")
    (folder / "ip_repo").mkdir(exist_ok=True)


@with_tcl
def test_the_ip_is_loaded_and_created(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    write_ip(folder)
    done = read_folder(folder, "sf_network", World(component=COMPONENT.replace("{design}", DESIGN)))
    assert (done.code, done.err) == (0, "")
    here = str(folder / "sf_network")
    assert done.calls == (
        ("loadSource", "-dir", f"{here}/rtl"),
        ("get_ips", "sf_network_0"),
        ("loadZipIpCore", "-dir", f"{here}/ip", "-repo_path", str(folder / "ip_repo")),
        ("create_ip", *NAMED, "-module_name", "sf_network_0"),
    )


@with_tcl
def test_an_unpacked_ip_of_another_design_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    write_ip(folder)
    for design, code in ((OTHER, 3), (DESIGN, 0)):
        old = folder / "ip_repo" / "sf_network"
        old.mkdir(exist_ok=True)
        (old / "component.xml").write_text(COMPONENT.replace("{design}", design))
        done = read_folder(folder, "sf_network", World(component=COMPONENT.replace("{design}", DESIGN)))
        assert done.code == code
        assert ("is of another design than" in done.err) == bool(code)


@with_tcl
def test_a_folder_without_its_archive_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    write_ip(folder)
    (folder / archive_place(tree())).unlink()
    assert read_folder(folder, "sf_network", World()).code == 3


@with_tcl
@pytest.mark.parametrize("place", ["firmware", "a folder with blanks [and] $more"])
def test_the_block_in_systemverilog_is_loaded(place: str, tmp_path: Path) -> None:
    """The folder `firmware/` that `emit` prints."""
    folder = tmp_path / "w"
    write_firmware(small(2), folder / place)
    (folder / "main.tcl").write_text(f'set ::DIR_PATH [file join [pwd] {{{place}}}]\nsource "$::DIR_PATH/ruckus.tcl"\n')
    done = run_script(folder, "main.tcl", "ruckus", "2023.2")
    assert (done.code, done.err) == (0, "")
    here = str(folder / place)
    xdc = f"{here}/xdc/sf_firmware.xdc"
    assert done.calls == (
        ("loadSource", "-dir", f"{here}/rtl"),
        ("loadSource", "-dir", f"{here}/vhdl"),
        ("loadConstraints", "-path", xdc),
        ("get_files", xdc),
        ("set_property", "SCOPED_TO_REF", "sf_firmware", xdc),
        ("add_files", "-fileset", "sources_1", "-norecurse", f"{here}/rtl/boot.hex"),
        ("get_files", f"{here}/rtl/boot.hex"),
        ("set_property", "FILE_TYPE", "Memory Initialization Files", f"{here}/rtl/boot.hex"),
    )


@with_tcl
def test_the_blocks_constraints_are_what_vivado_has(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    text = write_firmware(small(2), folder)["xdc/sf_firmware.xdc"]
    check_script(text, "vivado", release("2018.2"))
    done = run_script(folder, "xdc/sf_firmware.xdc", "vivado", "2018.2")
    assert (done.code, done.err) == (0, "")
    assert len(done.named("set_max_delay")) > 10
    assert done.named("set_property")[-1][:2] == ("ASYNC_REG", "TRUE")


@with_tcl
@pytest.mark.parametrize("placed", [True, False])
def test_the_hook_of_the_page_writes_the_memorys_map(placed: bool, tmp_path: Path) -> None:
    files = write_firmware(small(2), tmp_path / "w" / "firmware")
    hook = files["README.md"].split("```tcl\n")[1].split("```")[0]
    here = "set ::env(TOP_DIR) [pwd]\nset ::env(OUT_DIR) [pwd]\n"
    (tmp_path / "w" / "post_route_run.tcl").write_text(here + hook, encoding="ascii")
    content = placeholder(len(files["rtl/boot.hex"].split()))
    ram = Ram("U_App/U_Network/U_Block/u_core/u_boot/mem_reg", 36, 7, 0, 0, 4095, "X1Y2")
    properties = {**ram.properties(content, "RAM_"), "design,PART": "xcku115-flvb2104-2-e"}
    world = World(cells=(ram.name,) if placed else (), properties=properties)
    done = run_script(tmp_path / "w", "post_route_run.tcl", "vivado", "2023.2", world)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "w" / "memory.mmi").exists() == placed
    assert ("no map of the boot memory" in done.out) != placed
    if placed:
        memory = parse_mmi((tmp_path / "w" / "memory.mmi").read_text())
        assert (memory.size, memory.part) == (4096, "xcku115-flvb2104-2-e")


def test_the_export_puts_the_design_where_the_check_looks() -> None:
    """The description of the script becomes that of component.xml."""
    script = hls_script(HlsJob(tree(), Part("b", "xcku115-flvb2104-2-e"), 200_000), "vitis_hls", release("2022.2"))
    found = re.search(r"-description \{([^}]*)\}", script)
    assert found
    text = COMPONENT.replace("speckleforge sf_network, design {design}, topology 89abcdef", found[1])
    assert check_component(text, "sf_network", DESIGN).description == tree().description


def test_a_component_of_another_design_is_told() -> None:
    text = COMPONENT.replace("{design}", DESIGN)
    assert parse_component(text) == Component("speckleforge", "hls", "sf_network", "1.0", tree().description)
    with pytest.raises(FormatError, match="the IP is of another design"):
        check_component(text, "sf_network", OTHER)
    with pytest.raises(FormatError, match="the IP has another name"):
        check_component(text, "other", DESIGN)
    silent = re.sub(r"<spirit:description>.*</spirit:description>", "", text)
    with pytest.raises(FormatError, match="no description"):
        check_component(silent, "sf_network", DESIGN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a", "is no XML"),
        ("<a/>", "not the component.xml of an IP"),
        (COMPONENT.replace("<spirit:name>sf_network</spirit:name>", ""), "does not name the IP"),
    ],
)
def test_what_is_no_component_is_told(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_component(text)


@pytest.mark.parametrize("name", [value for value in EXAMPLES if value not in ("~root",)])
def test_hostile_port_names_are_refused(name: str) -> None:
    for make in (lambda: StreamPort(name, "in", 8), lambda: LitePort(name, 8), lambda: PlainPort(name, "out")):
        with pytest.raises(DesignError, match="no name for VHDL"):
            make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: StreamPort("a", "inout", 8),
        lambda: StreamPort("a", "in", 12),
        lambda: StreamPort("a", "in", 2048),
        lambda: StreamPort("a", "in", 8, user_bits=9),
        lambda: LitePort("a", 1),
        lambda: PlainPort("a", "in"),
        lambda: PlainPort("a", "out", tie="1"),
        lambda: IpPorts((StreamPort("a", "in", 8), StreamPort("A", "out", 8))),
        lambda: IpPorts((StreamPort("ap_clk", "in", 8),)),
    ],
)
def test_ports_that_are_none_are_refused(make: object) -> None:
    with pytest.raises(DesignError):
        make()  # type: ignore[operator]


def test_the_wrapper_has_every_wire_of_the_ip() -> None:
    text = ip_wrapper(tree(), PORTS)
    component = text[text.index("component sf_network_0") : text.index("end component")]
    declared = set(re.findall(r"^ +(\w+) : (?:in|out) ", component, re.MULTILINE))
    mapped = set(re.findall(r"^ +(\w+) => ", text[text.index("port map") :], re.MULTILINE))
    assert declared == mapped
    for wire in (
        "ap_clk",
        "ap_rst_n",
        "frames_TDATA",
        "records_TUSER",
        "records_TID",
        "s_axi_control_AWADDR",
        "ap_start",
    ):
        assert wire in declared
    assert "frames_TID" not in declared
    assert "frames_TDATA : in std_logic_vector(255 downto 0)" in component
    assert "s_axi_control_ARADDR : in std_logic_vector(11 downto 0)" in component
    assert "records_TLAST : out std_logic_vector(0 downto 0)" in component
    assert DESIGN in text


MORE = {
    "one each": PORTS,
    "two in": IpPorts(
        (StreamPort("a", "in", 64, last=False), StreamPort("b", "in", 64, user_bits=4), *PORTS.streams[1:])
    ),
    "bare": IpPorts((StreamPort("a", "in", 8, False, False, False), StreamPort("b", "out", 8, False, False, False))),
    "two register ports": IpPorts(PORTS.streams, (LitePort("s_axi_a", 6), LitePort("s_axi_b", 32))),
}


@pytest.mark.tools
@pytest.mark.skipif(GHDL is None, reason="needs ghdl (on PATH, or its path in GHDL)")
@pytest.mark.parametrize("label", MORE)
def test_the_wrapper_is_vhdl(label: str, tmp_path: Path) -> None:
    """Analysed and elaborated around a stand-in of the IP; streams of another width are refused."""
    text = ip_wrapper(tree(), MORE[label])
    (tmp_path / "wrapper.vhd").write_text(text, encoding="ascii")
    (tmp_path / "ip.vhd").write_text(stand_in(text), encoding="ascii")
    for name in ("StdRtlPkg.vhd", "AxiLitePkg.vhd", "AxiStreamPkg.vhd"):
        ghdl(tmp_path, "-a", "--std=93", "--work=surf", str(SURF / name))
    for name in ("ip.vhd", "wrapper.vhd"):
        ghdl(tmp_path, "-a", "--std=93", "--warn-error", name)
    ghdl(tmp_path, "-e", "--std=93", "--syn-binding", "sf_network_wrapper")
    with pytest.raises(StageError):  # the generics' own widths are none of these
        ghdl(tmp_path, "--elab-run", "--std=93", "--syn-binding", "sf_network_wrapper", "--stop-time=1ns")
    assert "was made for streams of" in (tmp_path / "ghdl.log").read_text(encoding="utf-8")


def stand_in(text: str) -> str:
    """An entity with the component's ports."""
    component = text[text.index("   component sf_network_0") : text.index("   end component")]
    ports = component.partition("is")[2]
    head = "library ieee;\nuse ieee.std_logic_1164.all;\n"
    return f"{head}entity sf_network_0 is{ports}end sf_network_0;\narchitecture a of sf_network_0 is\nbegin\nend a;\n"


def ghdl(folder: Path, *words: str) -> None:
    """Run GHDL in the folder."""
    assert GHDL
    log = folder / "ghdl.log"
    log.unlink(missing_ok=True)
    kept = {name: os.environ[name] for name in ("GHDL_PREFIX", "LD_LIBRARY_PATH") if name in os.environ}
    run_tool([GHDL, *words], cwd=folder, log=log, env=minimal_environment(kept))
