"""Utilisation reports in the manner of several versions and families."""

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.utilisation_hierarchy import parse_utilisation_hierarchy
from speckleforge.parsers.utilisation_names import Resource, SiteCount, totals_of
from speckleforge.parsers.utilisation_report import Reference, SiteRow, UtilisationReport, parse_utilisation_report
from tests.parsers.vivado_text import box, head, rows, section

OLD = ("Site Type", "Used", "Fixed", "Available", "Util%")
NEW = ("Site Type", "Used", "Fixed", "Prohibited", "Available", "Util%")
TITLE = "Utilization Design Information\n\nTable of Contents\n-----------------\n1. CLB Logic\n2. BLOCKRAM\n\n"

# 2016.4: no speed file, no prohibited sites, no URAM.
KU115 = (
    head("report_utilization -file u.rpt", version="2016.4", build="1756540", Design_State="Fully Placed")
    + TITLE
    + section(
        "1. CLB Logic",
        box(
            OLD,
            rows(
                "CLB LUTs|120000|0|663360|18.09",
                "  LUT as Logic|110000|0|663360|16.58",
                "  LUT as Memory|10000|0|293760|3.40",
                "    LUT as Distributed RAM|4000|0||",
                "    LUT as Shift Register|6000|0||",
                "CLB Registers|90010|0|1326720|6.78",
                "  Register as Flip Flop|90000|0|1326720|6.78",
                "  Register as Latch|10|0|1326720|<0.01",
                "CARRY8|700|0|82920|0.84",
            ),
        ),
    )
    + section(
        "2. BLOCKRAM",
        box(OLD, rows("Block RAM Tile|10.5|0|2160|0.49", "  RAMB36/FIFO*|10|0|2160|0.46", "  RAMB18|1|0|4320|0.02")),
    )
    + section("3. ARITHMETIC", box(OLD, rows("DSPs|64|0|5520|1.16", "  DSP48E2 only|64|||")))
    + section(
        "4. CLOCK",
        box(OLD, rows("GLOBAL CLOCK BUFFERs|4|0|1248|0.32", "  BUFGCE|2|0|576|0.35", "  BUFGCTRL*|1|0|192|0.52")),
    )
)

# 2024.2, three SLRs, after physical optimisation of the routed design.
U55C = (
    head("report_utilization", "xcu55c-fsvh2892-2L-e", Speed_File="-2L", Design_State="Physopt postRoute")
    + TITLE
    + section(
        "1. CLB Logic",
        box(NEW, rows("CLB LUTs|170000|80000|3500|1300144|13.73", "CLB Registers|280000|0|0|2600288|10.95")),
    )
    + section(
        "2. CLB Logic Distribution",
        box(NEW, rows("CLB Registers|1|0|0|1|0.00", "Unique Control Sets|5700||884|325036|1.78")),
    )
    + section("3. BLOCKRAM", box(NEW, rows("Block RAM Tile|328|0|0|2016|16.27", "URAM|17|0|0|960|1.77")))
    + section(
        "6. CLOCK", box(NEW, rows("BUFGCE|4|2|0|288|1.39", "BUFG_GT|20|20|0|576|3.82", "BUFGCTRL*|0|0|0|96|0.00"))
    )
    + section(
        "9. Primitives",
        box(["Ref Name", "Used", "Functional Category"], rows("FDRE|270000|Register", "CARRY8|2500|CLB")),
    )
    + section("10. Black Boxes", box(["Ref Name", "Used"], []))
    + section(
        "14. SLR CLB Logic and Dedicated Block Utilization",
        box(
            ["Site Type", "SLR0", "SLR1", "SLR0 %", "SLR1 %"],
            rows(
                "CLB LUTs|80000|90000|18.89|22.07",
                "CLB Registers|120000|160000|14.02|18.68",
                "Block RAM Tile|72|250.5|10.71|37.87",
                "  RAMB36/FIFO|71|244|10.57|36.31",
                "DSPs|0|70|0.00|<0.01",
            ),
        ),
    )
)

VERSAL = (
    head(
        "report_utilization",
        "xcv80-lsva4737-2MHP-e-S",
        version="2025.1",
        Speed_File="-2MHP",
        Design_State="Synthesized",
    )
    + TITLE
    + section(
        "1. Netlist Logic", box(NEW, rows("Registers|230000|0|0|5148416|4.54", "CLB LUTs*|110000|0|0|2574208|4.52"))
    )
    + section("4. ARITHMETIC", box(NEW, rows("DSP Slices|5|0|0|10848|0.05", "  DSP58|5|0|||")))
    + section("9. Primitives", box(["Ref Name", "Used", "Functional Category"], rows("LOOKAHEAD8|31|CLB")))
)


def used(report: UtilisationReport) -> dict[str, int | float | None]:
    return {name: entry.used for name, entry in report.totals.items() if entry.used is not None}


def test_ultrascale_of_2016() -> None:
    report = parse_utilisation_report(KU115)
    assert (report.tool, report.version, report.stage) == ("Vivado", "2016.4", "placed")
    assert used(report) == {
        **{"lut": 120000, "lut_logic": 110000, "lutram": 10000, "lut_distributed_ram": 4000, "srl": 6000, "ff": 90000},
        **{"latch": 10, "dsp": 64, "bram": 10.5, "bram36": 10, "bram18": 1, "carry": 700, "bufg": 4},
    }
    assert report.totals["uram"].available is None
    assert report.totals["bram"].available == 2160
    assert report.sections[0].rows[7] == SiteRow("Register as Latch", 1, 10, 0, None, 1326720, None, 0.01)
    assert [row.depth for row in report.sections[0].rows[:4]] == [0, 1, 1, 2]
    assert report.primitives is report.black_boxes is report.control_sets is None
    assert report.slrs == {}


def test_regions_of_a_device() -> None:
    report = parse_utilisation_report(U55C)
    assert report.stage == "placed_and_routed"
    assert report.header.part is not None
    assert report.header.part.speed == "2L"
    assert (report.totals["ff"].used, report.totals["uram"].used, report.totals["bufg"].used) == (280000, 17, 24)
    assert report.totals["bufg"].available is None
    assert report.totals["carry"].used == 2500
    assert report.control_sets == 5700
    assert report.sections[0].rows[0].prohibited == 3500
    assert (report.black_boxes, report.netlists) == ((), None)
    assert report.primitives == (Reference("FDRE", 270000, "Register"), Reference("CARRY8", 2500, "CLB"))
    assert report.slrs == {
        "SLR0": {"lut": 80000, "ff": 120000, "dsp": 0, "bram": 72, "bram36": 71},
        "SLR1": {"lut": 90000, "ff": 160000, "dsp": 70, "bram": 250.5, "bram36": 244},
    }


def test_versal_names() -> None:
    report = parse_utilisation_report(VERSAL)
    assert report.stage == "synthesised"
    assert used(report) == {"lut": 110000, "ff": 230000, "dsp": 5, "carry": 31}


@pytest.mark.parametrize(
    ("lines", "bram", "available"),
    [
        (("RAMB36E5|796|0|0|967|82.32", "RAMB18E5*|89|0|0|1934|4.60", "URAM|192|0|0|463|41.47"), 840.5, 967),
        (("RAMB36E5|64|0|0|967|6.62", "RAMB18E5*|2|0|0|1934|0.10"), 65, 967),
        (("Block RAM Tile|70|0|0|967|7.24", "  RAMB36E5|64|0|0|967|6.62", "  RAMB18E5*|2|0|0|1934|0.10"), 70, 967),
        (("RAMB36E5|64|0|0|967|6.62",), None, None),
    ],
)
def test_block_ram_of_versal(lines: tuple[str, ...], bram: float | None, available: int | None) -> None:
    report = parse_utilisation_report(VERSAL + section("3. BLOCKRAM", box(NEW, rows(*lines))))
    assert report.totals["bram"] == Resource(bram, available)


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        *[
            ("Synthesized", "synthesised"),
            ("Optimized", "synthesised"),
            ("Fully Placed", "placed"),
            ("Routed", "placed_and_routed"),
        ],
        *[("Physopt postPlace", "placed"), ("Fully Routed", "placed_and_routed"), ("routed", "placed_and_routed")],
        *[("Partially Routed", "placed"), ("Partially Placed", "synthesised"), ("Elsewhere", None)],
    ],
)
def test_stage_of_a_state(state: str, stage: str | None) -> None:
    assert parse_utilisation_report(KU115.replace("Fully Placed", state)).stage == stage


@pytest.mark.parametrize("text", ["", "hello", head(), head() + "Power Report\n", head() + TITLE, KU115[:700]])
def test_other_and_cut_files_are_no_report(text: str) -> None:
    with pytest.raises(FormatError):
        parse_utilisation_report(text)


def test_a_missing_section_has_no_totals() -> None:
    report = parse_utilisation_report(KU115[: KU115.index("2. BLOCKRAM\n--")])
    assert report.totals["lut"].used == 120000
    assert report.totals["bram"].used is report.totals["dsp"].used is report.totals["dsp"].available is None


COLUMNS = (
    "Instance",
    "Module",
    "Total LUTs",
    "Logic LUTs",
    "LUTRAMs",
    "SRLs",
    "FFs",
    "RAMB36",
    "RAMB18",
    "URAM",
    "DSP Blocks",
)
TREE = rows(
    "top|(top)|100|90|4|6|200|3|1|2|8",
    "  (top)|(top)|1|1|0|0|2|0|0|0|0",
    "  core|sf_core|99|89|4|6|198|3|1|2|8",
    "    dense|sf_dense|60|60|0|0|100|3|1|2|8",
    "  link|sf_link|-|-|-|-|0|0|0|0|0",
)


def hierarchy(columns: tuple[str, ...] = COLUMNS, rows: list[list[str]] = TREE) -> str:
    start = head("report_utilization -hierarchical", Design_State="Routed") + "Utilization Design Information\n\n"
    return start + section("1. Utilization by Hierarchy", box(columns, rows))


def test_tree_of_instances() -> None:
    report = parse_utilisation_hierarchy(hierarchy())
    (top,) = report.instances
    assert [child.name for child in top.children] == ["(top)", "core", "link"]
    assert top.totals == {
        "lut": 100,
        "lut_logic": 90,
        "lutram": 10,
        "srl": 6,
        "ff": 200,
        "dsp": 8,
        "bram": 3.5,
        "uram": 2,
    }
    assert report.find("") is top
    dense = report.find("core/dense")
    assert dense is not None
    assert (dense.module, dense.counts["FFs"], dense.children) == ("sf_dense", 100, ())
    assert report.find("core/nothing") is report.find("nothing/dense") is None
    assert top.children[2].counts["Total LUTs"] is top.children[2].totals["lutram"] is None
    assert report.stage == "placed_and_routed"


def test_columns_of_other_versions() -> None:
    lines = rows("top|(top)|-|12(0.50%)|<1(<0.01%)")
    (top,) = parse_utilisation_hierarchy(
        hierarchy(("Instance", "Module", "PR Attribute", "Total LUTs", "FFs"), lines)
    ).instances
    assert top.counts == {"Total LUTs": 12, "FFs": None}
    assert top.totals["uram"] is top.totals["dsp"] is None


@pytest.mark.parametrize(
    "text", ["", head() + "Utilization Design Information\n", hierarchy()[:-100], hierarchy(rows=[])]
)
def test_other_and_cut_files_are_no_tree(text: str) -> None:
    with pytest.raises(FormatError):
        parse_utilisation_hierarchy(text)


def test_a_tree_without_end_is_refused() -> None:
    rows = [[" " * (2 * at) + "a", "m", *["1"] * 9] for at in range(150)]
    with pytest.raises(FormatError, match="deeper than 100"):
        parse_utilisation_hierarchy(hierarchy(rows=rows))


def test_sites_of_versal_in_a_report_of_chosen_cells() -> None:
    counts = [SiteCount("Registers", 7, 100), SiteCount("RAMB36E5", 2, 9), SiteCount("DSP58", 3, 10)]
    found = totals_of(counts, None)
    assert [found[name] for name in ("ff", "bram36", "dsp")] == [Resource(7, 100), Resource(2, 9), Resource(3, 10)]
    assert found["bram"] == found["lut"] == Resource(None, None)
