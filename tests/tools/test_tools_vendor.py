"""AMD's tools are found by PATH or by their own variables; their release is read off the path, or asked."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speckleforge.errors import StageError
from speckleforge.tools import catalogue, licences, vendor
from speckleforge.tools.find import MISSING
from speckleforge.tools.installation import PATCH_PATHS
from speckleforge.tools.process import minimal_environment
from speckleforge.tools.releases import printed_release, release


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without any of them, whatever this one has."""
    for name in ("XILINX_VIVADO", "XILINX_HLS", "XILINX_VITIS", *PATCH_PATHS, *licences.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    vendor.vendor_tool.cache_clear()
    yield
    vendor.vendor_tool.cache_clear()


def fake(folder: Path, name: str, prints: str = "") -> Path:
    """A program that prints something."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{prints}'\n")
    (folder / name).chmod(0o755)
    return folder / name


def test_none_is_installed() -> None:
    assert all(catalogue.installed(name) is None for name in catalogue.VENDOR)
    assert catalogue.fingerprint("vivado") == MISSING
    with pytest.raises(StageError, match="put it on PATH"):
        catalogue.find_tool("hls")


def test_the_release_is_read_off_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake(tmp_path / "Xilinx" / "Vivado" / "2023.2" / "bin", "vivado", "never asked")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    tool = catalogue.find_tool("vivado")
    assert (tool.version, tool.command) == ("2023.2", (str(program),))


def test_the_release_is_asked_where_the_path_does_not_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake(tmp_path / "bin", "vivado", "vivado v2025.1 (64-bit)\nTool Version Limit: 2025.05")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    assert catalogue.find_tool("vivado").version == "2025.1"


def test_a_program_that_tells_no_release_is_there_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{fake(tmp_path / 'bin', 'vitis_hls').parent}{os.pathsep}/usr/bin:/bin")
    assert catalogue.find_tool("vitis_hls").version == ""
    assert catalogue.installed("hls") is None


def test_a_variable_of_the_installation_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "Vitis_HLS" / "2022.1"
    fake(home / "bin", "vitis_hls")
    monkeypatch.setenv("XILINX_HLS", str(home))
    tool = catalogue.find_tool("hls")
    assert tool.version == "vitis_hls 2022.1"
    front, at = vendor.front_end_of(tool)
    assert (front.name, str(at)) == ("vitis_hls", "2022.1")


@pytest.mark.parametrize(
    ("programs", "version"),
    [
        ({"vivado_hls": "2019.2"}, "vivado_hls 2019.2"),
        ({"vitis_hls": "2024.1", "vitis-run": "2024.1"}, "vitis_hls 2024.1"),
        ({"vitis-run": "2025.1", "v++": "2025.1"}, "vitis-run 2025.1"),
    ],
)
def test_the_front_end_follows_from_what_is_there(
    programs: dict[str, str], version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(fake(tmp_path / at / name / "bin", name).parent) for name, at in programs.items()]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, "/usr/bin", "/bin"]))
    assert catalogue.find_tool("hls").version == version


def test_families_are_listed(tmp_path: Path) -> None:
    program = fake(tmp_path / "Vivado" / "2023.2" / "bin", "vivado")
    assert vendor.installed_families(program) == ()
    (tmp_path / "Vivado" / "2023.2" / "data" / "parts" / "xilinx" / "kintexu").mkdir(parents=True)
    assert vendor.installed_families(program) == ("kintexu",)


def test_a_program_that_is_not_beside_vivado_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vendor.why_not("updatemem") == "Vivado is not installed here"
    program = fake(tmp_path / "Vivado" / "2023.2" / "bin", "vivado")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    vendor.vendor_tool.cache_clear()
    assert vendor.why_not("vivado") == ""
    assert vendor.why_not("updatemem") == "updatemem is not installed here, though Vivado is"


def test_a_front_end_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake(tmp_path / "Vitis_HLS" / "2022.2" / "bin", "vitis_hls")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    monkeypatch.setenv(vendor.WANTED, "foo")
    assert vendor.why_not("hls") == "SPECKLEFORGE_HLS=foo names no front end (vitis_hls, vitis-run, v++, vivado_hls)"


@pytest.fixture
def vivado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation on PATH with a program's libraries and its scripts."""
    home = tmp_path / "Xilinx" / "Vivado" / "2020.2"
    fake(home / "bin", "vivado", "Vivado v2020.2 (64-bit)")
    for place in ("lib/lnx64.o/librdi_common.so", "bin/unwrapped/lnx64.o/vivado", "common/scripts/automg.tcl"):
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text("as it was")
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}/usr/bin:/bin")
    return home


def fingerprint(name: str = "vivado") -> str:
    """What a key says of a tool that is looked for anew."""
    vendor.vendor_tool.cache_clear()
    return catalogue.fingerprint(name)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("bin/vivado", "#!/bin/sh\necho 'Vivado v2020.2.2 (64-bit)'\n"),
        ("lib/lnx64.o/librdi_common.so", "as it is now"),
        ("lib/lnx64.o/librdi_new.so", ""),
        ("bin/unwrapped/lnx64.o/vivado", "as it is now"),
        ("scripts/Vivado_init.tcl", "set_param general.maxThreads 1"),
        ("common/scripts/automg_patch_20220104.tcl", "the patch of AR 76960"),
        ("patches/AR71898/lib/lnx64.o/librdi_timing.so", "patched"),
    ],
)
def test_what_is_updated_or_patched_in_place_is_another_tool(vivado: Path, place: str, text: str) -> None:
    before = fingerprint()
    assert before == fingerprint()
    (vivado / place).parent.mkdir(parents=True, exist_ok=True)
    (vivado / place).write_text(text)
    after = fingerprint()
    assert after != before
    assert after.startswith("2020.2 (")
    assert catalogue.find_tool("vivado").version == "2020.2"  # which chooses the script


def test_a_library_of_the_same_size_is_another_one(vivado: Path) -> None:
    before = fingerprint()
    library = vivado / "lib" / "lnx64.o" / "librdi_common.so"
    library.write_text("as it is!")
    os.utime(library, (0, 0))
    assert fingerprint() != before


def test_what_a_run_leaves_in_an_installation_changes_nothing(vivado: Path) -> None:
    before = fingerprint()
    (vivado / "data" / "cache").mkdir(parents=True)
    (vivado / "bin" / "vivado.jou").write_text("left by a run")
    assert fingerprint() == before


def test_patches_are_named(vivado: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (vivado / "patches" / "AR71898").mkdir(parents=True)
    assert fingerprint().startswith("2020.2 (AR71898, ")
    (tmp_path / "AR76780").mkdir()
    monkeypatch.setenv("MYVIVADO", str(tmp_path / "AR76780"))
    assert fingerprint().startswith("2020.2 (AR71898, AR76780, ")


def test_a_patch_of_this_user_counts_with_all_that_it_holds(
    vivado: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch, other = tmp_path / "AR1", tmp_path / "AR2"
    (patch / "lib" / "lnx64.o").mkdir(parents=True)
    other.mkdir()
    found = [fingerprint()]
    monkeypatch.setenv("MYVIVADO", str(patch))
    found.append(fingerprint())
    (patch / "lib" / "lnx64.o" / "librdi_power.so").write_text("patched")
    found.append(fingerprint())
    monkeypatch.setenv("XILINX_PATH", f"{patch}{os.pathsep}{other}")
    found.append(fingerprint())
    monkeypatch.setenv("MYVIVADO", str(other))  # XILINX_PATH goes before it
    assert found[-1] == fingerprint()
    assert len(set(found)) == len(found)


def test_a_variable_that_names_the_whole_disk_is_read_in_part(vivado: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XILINX_PATH", "/usr")
    started = time.monotonic()
    assert fingerprint().startswith("2020.2 (usr, ")
    assert time.monotonic() - started < 5


def test_hls_is_another_one_with_another_vivado_that_it_starts(
    tmp_path: Path, vivado: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hls = fake(tmp_path / "Vitis" / "2023.2" / "bin", "vitis-run")
    monkeypatch.setenv("PATH", f"{hls.parent}{os.pathsep}{vivado / 'bin'}{os.pathsep}/usr/bin:/bin")
    before = fingerprint("hls")
    assert before.startswith("vitis-run 2023.2 (")
    (vivado / "lib" / "lnx64.o" / "librdi_common.so").write_text("updated")
    assert fingerprint("hls") != before


@pytest.mark.parametrize(
    ("printed", "text", "update", "patch"),
    [
        ("Vivado v2018.3_AR71898 (64-bit)\nSW Build 2405991", "2018.3_AR71898", 0, "AR71898"),
        ("****** Vivado v2020.2.2_AR76780 (64-bit)", "2020.2.2_AR76780", 2, "AR76780"),
        ("Vivado v2020.2.2 (64-bit)", "2020.2.2", 2, ""),
        ("****** Vitis HLS - High-Level Synthesis v2021.2_AR77037 (64-bit)", "2021.2_AR77037", 0, "AR77037"),
    ],
)
def test_an_update_and_a_patch_are_part_of_a_printed_release(printed: str, text: str, update: int, patch: str) -> None:
    found = printed_release(printed)
    assert (str(found), found.update, found.patch) == (text, update, patch)
    assert release(text) == found
    assert str(found.base) == text[:6]


def test_a_patch_that_a_program_prints_is_in_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake(tmp_path / "bin", "vivado", "Vivado v2018.3_AR71898 (64-bit)")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    assert catalogue.fingerprint("vivado").startswith("2018.3_AR71898 (")
    assert vendor.why_not("vivado") == ""


def test_the_folders_of_all_that_is_here_keep_the_order_of_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(fake(tmp_path / name / "2023.2" / "bin", name).parent) for name in ("v++", "vitis_hls", "vivado")]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders[1:], "/usr/bin", "/bin"]))
    monkeypatch.setenv("XILINX_VITIS", str(Path(folders[0]).parent))
    assert vendor.vendor_folders() == (*folders[1:], folders[0])


@pytest.mark.parametrize("name", PATCH_PATHS)
def test_a_tool_is_told_where_its_patches_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/patches/AR71898")
    assert minimal_environment()[name] == "/patches/AR71898"
