"""AMD's tools are found by PATH or by their own variables; their release is read off the path, or asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from speckleforge.errors import StageError
from speckleforge.tools import catalogue, vendor
from speckleforge.tools.find import MISSING


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without any of them, whatever this one has."""
    for name in ("XILINX_VIVADO", "XILINX_HLS", "XILINX_VITIS", *vendor.LICENCES):
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
    assert catalogue.fingerprint("hls") == version


def test_licences_and_families_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vendor.licence_places() == {}
    monkeypatch.setenv("LM_LICENSE_FILE", "2100@server")
    (tmp_path / "home" / ".Xilinx").mkdir(parents=True)
    (tmp_path / "home" / ".Xilinx" / "a.lic").touch()
    places = vendor.licence_places()
    assert places["LM_LICENSE_FILE"] == "2100@server"
    assert len(places) == 2
    program = fake(tmp_path / "Vivado" / "2023.2" / "bin", "vivado")
    assert vendor.installed_families(program) == ()
    (tmp_path / "Vivado" / "2023.2" / "data" / "parts" / "xilinx" / "kintexu").mkdir(parents=True)
    assert vendor.installed_families(program) == ("kintexu",)
