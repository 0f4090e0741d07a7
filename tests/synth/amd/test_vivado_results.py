"""Reports of a Vivado run: what becomes of them, and that a cut or foreign one is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from speckleforge.errors import FormatError
from speckleforge.synth.amd.belongs import Expected
from speckleforge.synth.amd.vivado_results import vivado_record
from tests.parsers.test_timing import HOLD, SETUP
from tests.parsers.vivado_text import ruled
from tests.synth.amd import real_form
from tests.synth.amd.real_form import OTHER_PART, PART, SHARED, Figures
from tests.synth.amd.samples import DESIGN, SOURCES, kcu1500

EXPECTED = Expected("rtl", PART, "sf_core", DESIGN, SOURCES, 200_000)
READ = ("utilization_routed", "timing_summary_routed", "power_routed", "drc_routed", "methodology_routed")
STEPS = ("setup", "read", "synth", "opt", "place", "phys_opt", "route", "report")
needs_real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real reports are not at hand ({SHARED})")


def lay(folder: Path, texts: Mapping[str, str], steps: tuple[str, ...] = STEPS, **facts: Any) -> Path:
    """A folder as a run leaves it."""
    (folder / "reports").mkdir(parents=True)
    for name, text in texts.items():
        (folder / "reports" / name).write_text(text.replace("@TOP@", "sf_core"), encoding="utf-8")
    manifest = {**EXPECTED.facts(), "tool": "vivado", "version": "2023.2", "steps": list(steps), **facts}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def record(folder: Path) -> dict[str, Any]:
    return vivado_record(folder, EXPECTED, kcu1500())


def sources() -> dict[str, dict[str, str]]:
    found = {"written": real_form.reports(Figures())}
    return found | ({"real": real_form.real_reports(renamed=True)} if SHARED.is_dir() else {})


def test_a_record_of_a_routed_design(tmp_path: Path) -> None:
    found = record(lay(tmp_path / "w", sources()["written"]))
    about = {"stage": "placed_and_routed", "tool": "Vivado 2023.2"}
    assert found["fmax_mhz"] == {"value": 250.0, **about}
    lut = {"value": 12000, "available": 663360, "share": 0.01809, "share_of_one_slr": 0.036179}
    assert found["resources"]["lut"] == {**lut, **about}
    assert found["resources"]["bram"]["value"] == 10.5
    assert "uram" not in found["resources"]  # the part has none
    assert found["timing"]["worst_path"]["from"] == "u_conv2d_1/sum_reg[3]/C"
    assert found["power"]["total_on_chip_w"] == {"value": 9.4, **about, "estimate": True, "confidence": "Medium"}
    assert found["rules"]["drc"]["by_severity"] == {"Critical Warning": 1, "Advisory": 12}
    assert (found["critical_warnings"], found["critical_warning_count"]) == ([], 0)


@needs_real
def test_a_record_of_real_reports(tmp_path: Path) -> None:
    """The values were read from the files by eye."""
    folder = lay(tmp_path / "w", sources()["real"])
    (folder / "run.log").write_text(real_form.real_logs()["vivado.log"])
    found = record(folder)
    assert {name: used["value"] for name, used in found["resources"].items()} == {
        **{"lut": 4289, "lutram": 105, "ff": 4567, "dsp": 133, "bram": 96},
    }
    assert found["resources"]["lut"]["available"] == 63400
    assert found["fmax_mhz"]["value"] == 105.82  # a slack of 0.550 ns at 100 MHz
    assert found["power"]["total_on_chip_w"]["value"] == 0.486
    assert found["critical_warning_count"] == 1
    assert found["critical_warnings"][0].startswith("CRITICAL WARNING: [Constraints 18-1055] Clock 'sys_clk'")


def test_without_implementation_the_clock_is_not_known(tmp_path: Path) -> None:
    found = record(lay(tmp_path / "w", sources()["written"], ("setup", "read", "synth")))
    assert found["stage"] == found["resources"]["lut"]["stage"] == "synthesised"
    assert found["fmax_mhz"] == {"value": None, "reason": "synthesised only: routing decides the clock"}
    assert "power" not in found


@pytest.mark.parametrize(
    ("figures", "value", "reason"),
    [
        (Figures(fmax_mhz=190.0), 190.0, None),
        (Figures(fmax_mhz=400.0, hold_ns=-0.05), None, "hold is violated, by 0.05 ns"),
    ],
)
def test_a_clock_that_is_not_met(figures: Figures, value: float | None, reason: str | None, tmp_path: Path) -> None:
    found = record(lay(tmp_path / "w", real_form.reports(figures)))
    assert found["timing"]["verdict"] == "not_met"
    assert found["fmax_mhz"]["value"] == (value and pytest.approx(value, abs=0.02))
    assert found["fmax_mhz"].get("reason") == reason


def test_an_unconstrained_clock_confirms_nothing(tmp_path: Path) -> None:
    texts = sources()["written"]
    met, none = "All user specified timing constraints are met.", "There are no user specified timing constraints."
    texts["timing_summary_routed.rpt"] = texts["timing_summary_routed.rpt"].replace(met, none)
    assert record(lay(tmp_path / "w", texts))["fmax_mhz"] == {"value": None, "reason": "no clock was constrained"}


@pytest.mark.parametrize("origin", sources())
@pytest.mark.parametrize("name", READ)
def test_a_cut_report_is_refused_or_has_lost_nothing_that_is_said(origin: str, name: str, tmp_path: Path) -> None:
    texts = sources()[origin]
    whole = record(lay(tmp_path / "whole", texts))
    refusals = []
    for share in range(20):
        text = texts[f"{name}.rpt"]
        cut = lay(tmp_path / str(share), {**texts, f"{name}.rpt": text[: len(text) * share // 20]})
        try:
            assert record(cut) == whole, share
        except FormatError as error:
            refusals.append(str(error))
    assert refusals
    assert all(f"reports/{name}.rpt" in refusal for refusal in refusals)


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (": xcku115-flvb2104", ": xcku115-flva1517", "a report of another part"),
        (": @TOP@\n", ": sf_other\n", "a report of another design"),
    ],
)
def test_a_foreign_report_is_refused(name: str, before: str, after: str, message: str, tmp_path: Path) -> None:
    texts = sources()["written"]
    text = texts[f"{name}.rpt"].replace(before, after)
    assert text != texts[f"{name}.rpt"]
    with pytest.raises(FormatError, match=f"reports/{name}.rpt: {message}"):
        record(lay(tmp_path / "w", {**texts, f"{name}.rpt": text}))


@pytest.mark.parametrize("state", ["Partially Routed", "Fully Placed", "Physopt postPlace", "Optimized"])
@pytest.mark.parametrize("name", ["utilization_routed", "timing_summary_routed"])
def test_a_report_of_a_design_that_is_not_routed_is_refused(name: str, state: str, tmp_path: Path) -> None:
    texts = sources()["written"]
    texts[f"{name}.rpt"] = texts[f"{name}.rpt"].replace(": Fully Routed", f": {state}")
    with pytest.raises(FormatError, match=f"reports/{name}.rpt: a report of an earlier stage\n    got: {state}"):
        record(lay(tmp_path / "w", texts))


@pytest.mark.parametrize(
    ("line", "count"), [("fully routed nets............. :", "79"), ("routing errors.......... :", "312")]
)
def test_nets_that_are_not_routed_confirm_nothing(line: str, count: str, tmp_path: Path) -> None:
    """Vivado times what there is of such a design, and says `met`."""
    texts = sources()["written"]
    text = re.sub(rf"({re.escape(line)} +)\d+", rf"\g<1>{count}", texts["route_status.rpt"])
    assert text != texts["route_status.rpt"]
    with pytest.raises(FormatError, match=r"reports/route_status\.rpt: the design is not routed"):
        record(lay(tmp_path / "w", {**texts, "route_status.rpt": text}))


@pytest.mark.parametrize("name", [*real_form.OTHERS, "route_status"])
def test_every_report_of_the_run_must_be_there(name: str, tmp_path: Path) -> None:
    folder = lay(tmp_path / "w", sources()["written"])
    (folder / "reports" / f"{name}.rpt").unlink()
    with pytest.raises(FormatError, match=f"reports/{name}.rpt: a report is missing"):
        record(folder)


def test_a_violated_path_between_clocks_is_in_no_clocks_fmax(tmp_path: Path) -> None:
    texts, names = sources()["written"], ["From Clock", "To Clock"]
    empty = ruled(names, [*SETUP, *HOLD], [])
    late = ruled(names, [*SETUP, *HOLD], [["clk", "slow", "-0.250", "-0.900", "4", "9", "0.1", "0.0", "0", "9"]])
    assert empty in texts["timing_summary_routed.rpt"]
    texts["timing_summary_routed.rpt"] = texts["timing_summary_routed.rpt"].replace(empty, late, 1)
    fmax = record(lay(tmp_path / "w", texts))["fmax_mhz"]
    assert fmax == {"value": None, "reason": "paths that are not within a clock are violated, by 0.25 ns: clk to slow"}


def test_a_report_of_an_earlier_stage_is_refused(tmp_path: Path) -> None:
    texts = sources()["written"]
    texts["utilization_routed.rpt"] = texts["utilization_synth.rpt"]
    with pytest.raises(FormatError, match="a report of an earlier stage"):
        record(lay(tmp_path / "w", texts))


@needs_real
def test_real_reports_of_another_part_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="a report of another part\n    got: xc7a100tcsg324-1"):
        record(lay(tmp_path / "w", real_form.real_reports(renamed=False)))


def test_a_manifest_of_another_part_is_refused(tmp_path: Path) -> None:
    folder = lay(tmp_path / "w", sources()["written"], part=OTHER_PART)
    with pytest.raises(FormatError, match="results for another part"):
        record(folder)
    assert (
        record(lay(tmp_path / "other", real_form.reports(replace(Figures(), lut=7))))["resources"]["lut"]["value"] == 7
    )
