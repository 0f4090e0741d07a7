"""Golden copies of what is printed for one board. Renew them: `pytest tests/synth/amd --update-goldens`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speckleforge.synth.amd.mmi import updatemem_plan
from speckleforge.synth.amd.options import Activity, VivadoOptions
from speckleforge.synth.amd.project import project
from speckleforge.synth.amd.ruckus import ruckus_ip_files
from speckleforge.synth.amd.trees import RtlTree
from speckleforge.synth.amd.vivado import core_block, firmware_block, ip_block, vivado_plan
from speckleforge.tools.releases import release
from tests.goldens import check_goldens
from tests.synth.amd.samples import DESIGN, board_top, job, kcu105_uart, kcu1500, rtl, tree
from tests.synth.amd.test_mmi import TWO as MMI
from tests.synth.amd.test_ruckus import PORTS

GOLDENS = Path(__file__).parent / "goldens"
HAND_WRITTEN = ("run.sh", "sf_run.tcl", "sf_hls.tcl", "sf_vivado.tcl", "sf_write_mmi.tcl")


def printed(files: dict[str, str]) -> dict[str, str]:
    """What is printed; scripts that are files of the package are no goldens."""
    return {name: text for name, text in files.items() if name.rpartition("/")[2] not in HAND_WRITTEN}


def test_the_folder_for_another_machine(update_goldens: bool) -> None:
    parts = project(core_block(rtl(), kcu1500(), 200_000), job(), ip_block(tree(), kcu1500(), 200_000))
    check_goldens(GOLDENS / "project", printed(dict(parts.files)), update_goldens)


def test_the_folder_for_a_ruckus_tree(update_goldens: bool) -> None:
    check_goldens(GOLDENS / "ruckus", ruckus_ip_files(tree(), PORTS), update_goldens)


def test_vivado_with_all_options(update_goldens: bool) -> None:
    top = RtlTree("sf_firmware", ("sf_core.sv", "sf_firmware.sv"), DESIGN, "firmware/rtl")
    regions = {"u_conv2d_1": 0, "u_dense_7": 1}
    block = firmware_block(top, kcu1500(), 200_000, 125_000)
    block = replace(block, regions=regions)
    options = VivadoOptions(
        threads=8,
        max_paths=50,
        reference="reference.dcp",
        activity=Activity("activity.saif", "bench/u_top"),
        slr_pblocks=True,
    )
    files = dict(vivado_plan(block, options, release("2023.2")).plan.files)
    check_goldens(GOLDENS / "firmware", printed(files), update_goldens)


def test_vivado_to_a_bitstream(update_goldens: bool) -> None:
    board = kcu105_uart()
    block = core_block(board_top(), board, 200_000)
    options = VivadoOptions(steps=("synth", "implement", "bitstream"))
    files = dict(vivado_plan(block, options, release("2023.2"), board).plan.files)
    plan = updatemem_plan(b"SFW1" + bytes(range(60)), MMI, release("2023.2"))
    files["updatemem.txt"] = " ".join((plan.plan.commands[0].tool, *plan.plan.commands[0].arguments)) + "\n"
    check_goldens(GOLDENS / "bitstream", printed(files), update_goldens)


@pytest.mark.parametrize("name", ["project", "ruckus", "firmware", "bitstream"])
def test_a_changed_golden_is_seen(name: str, tmp_path: Path) -> None:
    """The comparison itself can fail."""
    files = {"a": "1\n", "b/c": "2\n"}
    check_goldens(tmp_path / name, files, True)
    check_goldens(tmp_path / name, files, False)
    (tmp_path / name / "a").write_text("3\n")
    with pytest.raises(AssertionError, match="a is not the golden one"):
        check_goldens(tmp_path / name, files, False)
