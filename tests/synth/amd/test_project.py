"""The folder to run elsewhere: `sh run.sh` with fake tools on PATH, every front end, releases and failures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.errors import DesignError, FormatError, StageError
from speckleforge.synth.amd.options import VivadoOptions
from speckleforge.synth.amd.project import Project, project
from speckleforge.synth.amd.vivado import core_block, ip_block
from speckleforge.tools.front_ends import FRONT_ENDS, VITIS_HLS, VITIS_RUN, VIVADO_HLS, VPP, choose, releases_of
from speckleforge.tools.releases import Release, printed_release, release
from tests.synth.amd.samples import DESIGN, OTHER, board_top, job, kcu105_uart, kcu1500, rtl, tree

FAKE = Path(__file__).parent / "fake_tool.sh"
# What a POSIX system has: no Python among it.
UTILITIES = (
    *("sh", "basename", "cat", "cp", "dirname", "grep", "mkdir", "printf", "pwd", "rm", "sed", "tee", "echo", "wc"),
)


def made(what: str = "all") -> Project:
    if what == "board":
        board = kcu105_uart()
        options = VivadoOptions(steps=("synth", "implement", "bitstream"))
        return project(core_block(board_top(), board, 200_000), None, None, options, board)
    block = core_block(rtl(), kcu1500(), 200_000)
    if what == "rtl":
        return project(block, None, None)
    return project(block, job(), ip_block(tree(), kcu1500(), 200_000))


class Machine:
    """A machine with some of the tools, and the folder on it."""

    def __init__(self, folder: Path, programs: tuple[str, ...], what: str = "all") -> None:
        self.folder, self.bin = folder / "project", folder / "bin"
        self.record = folder / "record"
        self.bin.mkdir(parents=True)
        for name in UTILITIES:
            found = shutil.which(name)
            if found:
                (self.bin / name).symlink_to(found)
        self.install(self.bin, programs)
        parts = made(what)
        for name, text in parts.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name in parts.inputs:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("vectors"):
                path.mkdir()
                (path / "input.npy").write_text("data")
            else:
                path.write_text("source")

    def install(self, place: Path, programs: tuple[str, ...]) -> None:
        place.mkdir(parents=True, exist_ok=True)
        for name in programs:
            shutil.copy(FAKE, place / name)
            (place / name).chmod(0o755)

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`sh run.sh`, from another folder."""
        sh = shutil.which("sh")
        assert sh
        env = {"PATH": str(self.bin), "FAKE_RECORD": str(self.record), "FAKE_DESIGN": DESIGN, **more}
        command = [sh, str(self.folder / "run.sh"), *words]
        return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, timeout=120, check=False)

    @property
    def lines(self) -> list[str]:
        """What the fake tools recorded."""
        return self.record.read_text().splitlines() if self.record.exists() else []


VIVADO_LINE = "vivado -mode batch -nojournal -notrace -log vivado.log -source vivado.tcl"
UNIFIED = [
    "vitis-run --mode hls --csim --config hls.cfg --work_dir sf_hls",
    "v++ -c --mode hls --config hls.cfg --work_dir sf_hls",
    "vitis-run --mode hls --cosim --config hls.cfg --work_dir sf_hls",
    "vitis-run --mode hls --package --config hls.cfg --work_dir sf_hls",
    "vitis-run --mode hls --tcl hls_gather.tcl",
]
LINES = {
    "vivado_hls": ["vivado_hls -f hls.tcl"],
    "vitis_hls": ["vitis_hls -f hls.tcl"],
    "vitis-run": ["vitis-run --mode hls --tcl hls.tcl"],
    "v++": UNIFIED,
}


@pytest.mark.parametrize("name", LINES)
def test_every_front_end_runs(name: str, tmp_path: Path) -> None:
    programs = {item.name: item.programs for item in FRONT_ENDS}[name]
    machine = Machine(tmp_path, programs)
    at = {"vivado_hls": "2019.2", "vitis_hls": "2022.2"}.get(name, "2025.2")
    done = machine.run("hls", SPECKLEFORGE_HLS=name, FAKE_RELEASE_HLS=at)
    assert done.returncode == 0, done.stderr
    assert machine.lines == LINES[name]
    assert f"speckleforge: {name} {at}: {machine.bin}/{programs[0]}" in done.stdout
    assert "speckleforge: hls done: results/hls" in done.stdout
    results = machine.folder / "results" / "hls"
    for wanted in (
        "reports/syn/sf_network_csynth.xml",
        "ip/sf_network.zip",
        "manifest.json",
        "run.log",
        f"{programs[0]}.log",
    ):
        assert (results / wanted).is_file(), wanted
    assert "says hello" in (results / "run.log").read_text()
    if name == "v++":
        steps = [line for line in done.stdout.splitlines() if line.startswith("speckleforge: step")]
        assert steps == [f"speckleforge: step {step}" for step in ("csim", "csynth", "cosim", "export")]


@pytest.mark.parametrize("at", ["2018.2", "2023.2", "2023.2.1", "2025.1", "2025.2"])
def test_vivado_runs_in_every_form_of_its_version(at: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado",), "rtl")
    done = machine.run("vivado", FAKE_RELEASE_VIVADO=at)
    assert done.returncode == 0, done.stderr
    assert machine.lines == [VIVADO_LINE]
    assert f"vivado {release(at).base}: " in done.stdout
    assert json.loads((machine.folder / "results" / "vivado" / "manifest.json").read_text())["design_id"] == DESIGN
    assert (machine.folder / "work" / "vivado" / "rtl" / "sf_core.sv").is_file()


def test_everything_is_the_default(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado", "vitis_hls"))
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.lines == [VIVADO_LINE, "vitis_hls -f hls.tcl", VIVADO_LINE]
    for name in ("hls", "vivado", "ip"):
        assert (machine.folder / "results" / name / "manifest.json").is_file()
    assert (machine.folder / "work" / "ip" / "ip" / "sf_network.zip").is_file()


def test_a_folder_without_hls_sources_runs_vivado_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado",), "rtl")
    assert machine.run().returncode == 0
    assert machine.lines == [VIVADO_LINE]
    done = machine.run("hls")
    assert done.returncode == 1
    assert "this folder has no HLS sources" in done.stderr


def test_tools_are_found_through_their_variables(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ())
    machine.install(tmp_path / "Vivado" / "bin", ("vivado",))
    machine.install(tmp_path / "Vitis" / "bin", ("vitis-run", "v++"))
    done = machine.run(XILINX_VIVADO=str(tmp_path / "Vivado"), XILINX_VITIS=str(tmp_path / "Vitis"))
    assert done.returncode == 0, done.stderr
    assert machine.lines == [VIVADO_LINE, "vitis-run --mode hls --tcl hls.tcl", VIVADO_LINE]
    assert f"{tmp_path}/Vitis/bin/vitis-run" in done.stdout


@pytest.mark.parametrize(
    ("programs", "at", "used"),
    [
        (("vitis_hls", "vitis-run", "v++"), "2024.1", "vitis_hls"),
        (("vitis-run", "v++", "vivado_hls"), "2024.1", "vitis-run"),
        (("vitis_hls", "vitis-run"), "2025.1", "vitis-run"),  # a vitis_hls of a release that has none
        (("vivado_hls",), "2018.3", "vivado_hls"),
        (("vitis-run",), "2023.2", "vitis-run"),
    ],
)
def test_the_choice_follows_what_is_there_and_its_release(
    programs: tuple[str, ...], at: str, used: str, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, programs)
    assert machine.run("hls", FAKE_RELEASE_HLS=at).returncode == 0
    assert machine.lines[0].split()[0] == used
    front, found = choose({name: release(at) for name in programs})
    assert (front.name, str(found)) == (used, at)


@pytest.mark.parametrize(
    ("programs", "at", "message"),
    [
        ((), "2023.2", "no tool of a release that this folder has a script for"),
        (("vitis_hls",), "2020.1", "no tool of a release that this folder has a script for"),
        (("v++",), "2024.1", "no tool of a release that this folder has a script for"),
        (("vitis_hls",), "soon", "prints no release that is known here"),
    ],
)
def test_without_a_fitting_tool_it_fails(programs: tuple[str, ...], at: str, message: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path, programs)
    done = machine.run("hls", FAKE_RELEASE_HLS=at)
    assert done.returncode == 1
    assert message in done.stderr
    assert machine.lines == []


def test_a_tool_that_fails_fails_the_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado", "vitis-run", "v++"))
    done = machine.run("all", SPECKLEFORGE_HLS="v++", FAKE_FAIL="--cosim")
    assert done.returncode == 1
    assert machine.lines == [VIVADO_LINE, *UNIFIED[:3]]  # and no Vivado on an IP that is not there
    assert "vitis-run ended with code 7" in done.stdout + done.stderr
    assert "[Fake 1-1] failed on purpose" in (machine.folder / "results" / "hls" / "run.log").read_text()
    assert "hls failed: read results/hls/run.log" in done.stderr


@pytest.mark.parametrize("silent", ["reports/syn/sf_network_csynth.xml", "ip/sf_network.zip"])
def test_a_missing_result_fails_the_run(silent: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vitis_hls",))
    done = machine.run("hls", FAKE_SILENT=silent)
    assert done.returncode == 1
    assert f"{silent} is missing or empty" in done.stdout


def test_results_of_another_design_fail_the_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado",), "rtl")
    done = machine.run("vivado", FAKE_DESIGN=OTHER)
    assert done.returncode == 1
    assert f"manifest.json is not of design {DESIGN}" in done.stdout


def test_results_of_an_earlier_run_do_not_stay(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vitis_hls",))
    assert machine.run("hls").returncode == 0
    done = machine.run("hls", FAKE_SILENT="ip/sf_network.zip")
    assert done.returncode == 1
    assert not (machine.folder / "results" / "hls" / "ip").exists()
    done = machine.run("ip")
    assert done.returncode == 1
    assert "there is no packed IP: run hls first" in done.stderr


def test_a_missing_source_fails_the_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("vivado",), "rtl")
    (machine.folder / "rtl" / "sf_boot.sv").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "rtl/sf_boot.sv is missing" in done.stderr


PATCH = "updatemem -force -meminfo memory.mmi -data weights.mem -bit design.bit -proc sf_boot -out patched.bit"
UPDATEMEM = """#!/bin/sh
echo "updatemem $*" >>"$FAKE_RECORD"
echo "${FAKE_SAYS:-update_mem completed successfully}"
[ -z "${FAKE_FAIL:-}" ] || exit 1
{ cat design.bit | sed 's/^vivado/$(WHAT)/'; } >patched.bit
"""


def board_machine(folder: Path, leaves: str = "WEIGHT") -> Machine:
    """A machine with Vivado and an `updatemem` that leaves a bitstream; the implementation has left its map too."""
    machine = Machine(folder, ("vivado",), "board")
    (machine.bin / "updatemem").write_text(UPDATEMEM.replace("$(WHAT)", leaves))
    (machine.bin / "updatemem").chmod(0o755)
    (machine.folder / "weights.mem").write_text("@00000000\n53\n")
    # What the script of the board leaves besides: its map.
    script = machine.folder / "scripts" / "vivado" / "commands.sh"
    script.write_text(script.read_text() + "echo map >memory.mmi\n")
    return machine


def test_the_bitstream_of_a_board_gets_its_weights(tmp_path: Path) -> None:
    machine = board_machine(tmp_path)
    done = machine.run("all")
    assert done.returncode == 0, done.stderr
    assert machine.lines == [VIVADO_LINE, PATCH]
    results = machine.folder / "results"
    assert (results / "vivado" / "design.bit").read_text() == "vivado\n"
    assert (results / "weights" / "design.bit").read_text() == "WEIGHT\n"
    assert "speckleforge: weights done: results/weights/design.bit" in done.stdout
    # Another training: nothing but the weights is done.
    again = machine.run("weights")
    assert again.returncode == 0, again.stderr
    assert machine.lines == [VIVADO_LINE, PATCH, PATCH]
    page = (machine.folder / "README.md").read_text()
    assert "sh run.sh weights" in page
    assert "sh run.sh weights" not in made("rtl").files["README.md"]


@pytest.mark.parametrize(
    ("says", "more", "leaves", "message"),
    [
        ("CRITICAL WARNING: [Updatemem 57-155] Out of bounds code segment.", {}, "WEIGHT", "weights failed: read"),
        ("update_mem failed", {"FAKE_FAIL": "1"}, "WEIGHT", "updatemem ended with code 1"),
        ("", {}, "A LONGER ONE", "a bitstream of another size"),
    ],
)
def test_weights_that_are_left_out_are_told(
    says: str, more: dict[str, str], leaves: str, message: str, tmp_path: Path
) -> None:
    machine = board_machine(tmp_path, leaves)
    done = machine.run("all", FAKE_SAYS=says, **more)
    assert done.returncode == 1
    assert message in done.stderr + done.stdout
    assert not (machine.folder / "results" / "weights" / "design.bit").exists()


def test_weights_need_the_bitstream_of_their_design(tmp_path: Path) -> None:
    machine = board_machine(tmp_path)
    assert "run vivado first" in machine.run("weights").stderr
    assert machine.run("vivado").returncode == 0
    manifest = machine.folder / "results" / "vivado" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(DESIGN, OTHER))
    assert f"results/vivado is not of design {DESIGN}" in machine.run("weights").stderr
    assert "this folder has no weights for a bitstream" in Machine(tmp_path / "b", (), "rtl").run("weights").stderr


def test_a_board_whose_memory_has_no_map_is_no_failure(tmp_path: Path) -> None:
    machine = board_machine(tmp_path)
    script = machine.folder / "scripts" / "vivado" / "commands.sh"
    script.write_text(script.read_text().replace("echo map >memory.mmi\n", ""))
    assert machine.run("all").returncode == 0
    assert machine.lines == [VIVADO_LINE]


def test_wrong_use_is_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ())
    done = machine.run("synth")
    assert done.returncode == 2
    assert "usage: sh run.sh [hls|vivado|ip|weights|all]" in done.stderr


def test_a_folder_with_blanks_is_refused(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a b", ("vivado",), "rtl")
    done = machine.run()
    assert done.returncode == 1
    assert "a folder with blanks" in done.stderr


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_other_shells_read_it(shell: str, tmp_path: Path) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"needs {shell}")
    machine = Machine(tmp_path, ("vivado",), "rtl")
    (machine.bin / "sh").unlink()
    env = {"PATH": str(machine.bin), "FAKE_RECORD": str(machine.record), "FAKE_DESIGN": DESIGN}
    (machine.bin / "sh").symlink_to(shutil.which("sh") or "")
    words = [found, *(["sh"] if shell == "busybox" else ["--posix"] if shell == "bash" else [])]
    command = [*words, str(machine.folder / "run.sh"), "vivado"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_folder_is_the_same_for_the_same_design() -> None:
    first, second = made(), made()
    assert first == second
    assert not any("/tmp" in text or str(Path.home()) in text for text in first.files.values())
    assert DESIGN in first.files["README.md"]
    assert all(os.sep not in name or name.startswith("scripts/") for name in first.files)


def test_folders_that_make_no_sense_are_refused() -> None:
    block = core_block(rtl(), kcu1500(), 200_000)
    ip = ip_block(tree(), kcu1500(), 200_000)
    for arguments, message in (
        ((None, None, None), "nothing to run"),
        ((block, None, ip), "a packed IP is made of the HLS sources"),
        ((core_block(replace(rtl(), design_id=OTHER), kcu1500(), 200_000), job(), ip), "of two designs"),
    ):
        with pytest.raises(DesignError, match=message):
            project(*arguments)  # type: ignore[arg-type]


def test_options_of_the_systemverilog_do_not_reach_the_ip() -> None:
    options = VivadoOptions(reference="reference.dcp", threads=2)
    files = project(core_block(rtl(), kcu1500(), 200_000), job(), ip_block(tree(), kcu1500(), 200_000), options).files
    assert "read_checkpoint" in files["scripts/vivado/vivado.tcl"]
    assert "read_checkpoint" not in files["scripts/ip/vivado.tcl"]
    assert "general.maxThreads 2" in files["scripts/ip/vivado.tcl"]


PRINTED = {
    "Vivado v2023.2 (64-bit)\nSW Build 4029153 on Fri Oct 13 20:13:54 MDT 2023\n": "2023.2",
    "vivado v2025.1 (64-bit)\nTool Version Limit: 2025.05\nSW Build 6140274\n": "2025.1",
    "Vivado v2023.2.1 (64-bit)\n": "2023.2.1",
    "\n****** Vitis HLS - High-Level Synthesis from C, C++ and OpenCL v2022.2 (64-bit)\n  **** SW Build 1\n": "2022.2",
    "\n****** Vivado(TM) HLS - High-Level Synthesis from C, C++ and SystemC v2018.2 (64-bit)\n": "2018.2",
    "\n****** vitis-run v2024.2 (64-bit)\n  **** SW Build 1\n\n  **** HLS Build v2024.2 5238294\n": "2024.2",
    "Option Map File Used: '/x/2022.2/optMap.xml'\n\n****** v++ v2022.1 (64-bit)\n  **** SW Build 3524075\n": "2022.1",
}


@pytest.mark.parametrize("text", PRINTED)
def test_releases_that_tools_print(text: str) -> None:
    assert str(printed_release(text)) == PRINTED[text]


@pytest.mark.parametrize("text", ["", "vivado: command not found", "Tool Version Limit: 2025.05", "Vivado v.next"])
def test_what_is_no_release_is_told(text: str) -> None:
    with pytest.raises(FormatError, match="the tool prints no version"):
        printed_release(text)


def test_releases_compare_by_their_numbers() -> None:
    assert release("2019.2") < release("2020.1") < release("2020.2") < release("2020.2.1")
    assert release("2020.2.1").base == release("2020.2") == Release(2020, 2)
    with pytest.raises(FormatError):
        release("2023")


def test_a_choice_that_cannot_be_made_says_what_was_found() -> None:
    with pytest.raises(StageError, match=r"got: vivado_hls 2020\.2"):
        choose({"vivado_hls": release("2020.2")})
    with pytest.raises(StageError, match="no HLS front end v"):
        choose({"vitis_hls": release("2022.2")}, "v++")
    assert choose({"v++": release("2024.1"), "vitis-run": release("2024.1")}, "v++")[0] == VPP
    assert releases_of(VIVADO_HLS)[-1] == "2020.1"
    assert releases_of(VITIS_HLS)[0] == "2020.2"
    assert releases_of(VITIS_RUN)[0] == "2023.2"
