"""The packed IP of an HLS run: a folder for a ruckus tree, Vivado on it, and no other design's."""

from __future__ import annotations

import zipfile

import pytest

from tests.synth.amd.builds import Place
from tests.synth.amd.fake_tools import FakeTools
from tests.synth.amd.interpreter import needs_tcl
from tests.synth.amd.samples import OTHER

pytestmark = needs_tcl()


def test_it_becomes_a_folder_for_a_ruckus_tree(place: Place, vitis: FakeTools) -> None:
    place.statuses("--to", "csynth")
    folder = place.built / "csynth" / "ruckus" / "sf_network"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"ruckus.tcl", "README.md", "rtl/sf_network_wrapper.vhd", "ip/sf_network.zip"}
    design = place.json("csynth/manifest.json")["design_id"]
    with zipfile.ZipFile(folder / "ip" / "sf_network.zip") as archive:
        assert f"design {design}" in archive.read("component.xml").decode()
    assert design in (folder / "ruckus.tcl").read_text()
    wrapper = (folder / "rtl" / "sf_network_wrapper.vhd").read_text()
    assert "frames" in wrapper
    assert "records" in wrapper


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        ({"description": f"speckleforge sf_network, design {OTHER}"}, "component.xml: the IP is of another design"),
        ({"description": ""}, "component.xml: the IP is of another design\n    got: no description"),
        ({"cut": {"ip/sf_network.zip": 0.5}}, "ip/sf_network.zip: not a packed IP: no component.xml at its root"),
    ],
    ids=("another design", "no description", "cut"),
)
def test_one_of_another_design_is_refused(spoil: dict[str, object], what: str, place: Place, vitis: FakeTools) -> None:
    vitis.spoiled("vitis_hls", **spoil)
    failed = place.forge("build", "--to", "csynth")
    assert failed.code == 1
    assert f"error: csynth: {what}" in failed.err
    assert "next: read /" in failed.err
    assert not (place.built / "csynth").exists()
    vitis.spoiled("vitis_hls")
    assert place.statuses("--to", "csynth")["csynth"] == "run"


def test_vivado_refuses_another_one_by_itself(place: Place, vitis: FakeTools) -> None:
    """What `sf_check_ip` finds in the repository is not what the HLS run packed."""
    place.write(hardware__hls={"implement": True})
    vitis.spoiled("vivado", component="<spirit:component/>")
    failed = place.forge("build", "--to", "vivado_ip")
    assert failed.code == 1
    assert "the tool reports an error (step read)" in failed.err
    assert "component.xml is not of design" in failed.err
    vitis.spoiled("vivado")
    assert place.statuses("--to", "vivado_ip")["vivado_ip"] == "run"
    assert place.json("vivado_ip.json")["top"] == "sf_network_0"
