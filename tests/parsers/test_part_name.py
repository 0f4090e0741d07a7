from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.parsers.part_name import Part, parse_part

NAMES = {
    "xcku040ffva1156-2": ("xcku040", "ffva1156", "2"),
    "xcku040-ffva1156": ("xcku040", "ffva1156", None),
    "7z020clg400-1": ("xc7z020", "clg400", "1"),
    "7a100t-csg324": ("xc7a100t", "csg324", None),
    "7a200tffv1156-2": ("xc7a200t", "ffv1156", "2"),
    "7a200tsbg484-1": ("xc7a200t", "sbg484", "1"),
    "7a35ticsg324-1L": ("xc7a35ti", "csg324", "1L"),
    "xc7z007sclg225-1": ("xc7z007s", "clg225", "1"),
    "7z030sbg485-1": ("xc7z030", "sbg485", "1"),
    "7vx485tffg1761-2": ("xc7vx485t", "ffg1761", "2"),
    "xc7s50csga324-1": ("xc7s50", "csga324", "1"),
    "xcku115-flvb2104-2-e": ("xcku115", "flvb2104", "2"),
    "xczu3eg-sbva484-1-e": ("xczu3eg", "sbva484", "1"),
    "xczu9eg-ffvc900-2i": ("xczu9eg", "ffvc900", "2"),
    "xcku3pffva676-2": ("xcku3p", "ffva676", "2"),
    "xcvu9p-flga2104-2L-e": ("xcvu9p", "flga2104", "2L"),
    "xcvc1902-vsva2197-2MP-e-S": ("xcvc1902", "vsva2197", "2MP"),
    "xcvc1902": ("xcvc1902", None, None),
    "xcu250-figd2104-2L-e": ("xcu250", "figd2104", "2L"),
    "xcu55c-fsvh2892-2L-e": ("xcu55c", "fsvh2892", "2L"),
    "xck26-sfvc784-2LV-c": ("xck26", "sfvc784", "2LV"),
    "xcv80-lsva4737-2MHP-e-S": ("xcv80", "lsva4737", "2MHP"),
    "XC7Z020-CLG400-1": ("xc7z020", "clg400", "1"),
    "xc7k70tlfbg484-2L": ("xc7k70tl", "fbg484", "2L"),
    "xq7z020cl400-1I": ("xq7z020", "cl400", "1"),
    "xa7z010clg225-1I": ("xa7z010", "clg225", "1"),
    "xc7vh580thcg1931-2": ("xc7vh580t", "hcg1931", "2"),
    "7vh580thcg1155-2G": ("xc7vh580t", "hcg1155", "2G"),
    "xc7v2000tfhg1761-2G": ("xc7v2000t", "fhg1761", "2G"),
    "xc7vx690t_CIVffg1761-2": ("xc7vx690t_civ", "ffg1761", "2"),
    "xcku040-ffva1156-1LV-i": ("xcku040", "ffva1156", "1LV"),
    "xcku060_CIV-ffva1156-2-i": ("xcku060_civ", "ffva1156", "2"),
    "xqrku060-cna1509-1M-m": ("xqrku060", "cna1509", "1M"),
    "xqrku060": ("xqrku060", None, None),
    "xqku040-rfa1156-1M-m": ("xqku040", "rfa1156", "1M"),
    "xcvu440-flga2892-1-c": ("xcvu440", "flga2892", "1"),
    "xcku5p_CIV-sfvb784-2LV-e": ("xcku5p_civ", "sfvb784", "2LV"),
    "xcau15p-ffvb676-2-e": ("xcau15p", "ffvb676", "2"),
    "xaau10p-ffvb676-1-i": ("xaau10p", "ffvb676", "1"),
    "xcsu35p-sbvb625-2-e": ("xcsu35p", "sbvb625", "2"),
    "xcsu200p-sbvb625-1LV-i": ("xcsu200p", "sbvb625", "1LV"),
    "xcvu37p-fsvh2892-3-e": ("xcvu37p", "fsvh2892", "3"),
    "xcvu23p-vsva1365-2-e": ("xcvu23p", "vsva1365", "2"),
    "xczu28dr-ffvg1517-2-e": ("xczu28dr", "ffvg1517", "2"),
    "xczu48dr-fsvg1517-2-i": ("xczu48dr", "fsvg1517", "2"),
    "xczu1cg-sbva484-1-e": ("xczu1cg", "sbva484", "1"),
    "xazu3eg-sbva484-1-i": ("xazu3eg", "sbva484", "1"),
    "xqzu5ev-ffrb900-1-i": ("xqzu5ev", "ffrb900", "1"),
    "xqzu28dr-ffrg1517-1M-m": ("xqzu28dr", "ffrg1517", "1M"),
    "xck24-ubva530-2LV-c": ("xck24", "ubva530", "2LV"),
    "xcu50-fsvh2104-2-e": ("xcu50", "fsvh2104", "2"),
    "xcu280-fsvh2892-2L-e": ("xcu280", "fsvh2892", "2L"),
    "xcux35-vsva1365-3-e": ("xcux35", "vsva1365", "3"),
    "xcvp1202-vsva2785-2MP-e-S": ("xcvp1202", "vsva2785", "2MP"),
    "xqvp1202-vsra2785-1LHP-i-S": ("xqvp1202", "vsra2785", "1LHP"),
    "xcve2302-sfva784-1LP-e-S": ("xcve2302", "sfva784", "1LP"),
    "xave1752-nsvg1369-1LJ-i-L": ("xave1752", "nsvg1369", "1LJ"),
    "xqrve2302-ssra784-1MM-b-S": ("xqrve2302", "ssra784", "1MM"),
    "xcvm1802-vsva2197-2MP-e-S": ("xcvm1802", "vsva2197", "2MP"),
    "xcvh1582-vsva3697-2MP-e-S": ("xcvh1582", "vsva3697", "2MP"),
    "xqrvc1902-vsra2197-1MM-b-S": ("xqrvc1902", "vsra2197", "1MM"),
    "xc2ve3858-ssva2112-2LHP-e-S": ("xc2ve3858", "ssva2112", "2LHP"),
    "xcvr1602": ("xcvr1602", None, None),
}
SAMPLES = {
    "xczu9eg-ffvb1156-2-e-es2": ("xczu9eg", "ffvb1156", "2", "E", None, "ES2"),
    "xcku115-flva1517-2-e-es1": ("xcku115", "flva1517", "2", "E", None, "ES1"),
    "xcvc1902-vsva2197-2MP-e-S-es1": ("xcvc1902", "vsva2197", "2MP", "E", "S", "ES1"),
    "xcvr1602-vsva2488-2MP-e-S-es1": ("xcvr1602", "vsva2488", "2MP", "E", "S", "ES1"),
    "xcu280-es1-fsvh2892-2L-e": ("xcu280", "fsvh2892", "2L", "E", None, "ES1"),
    "xczu9eg-ffvb1156-es1": ("xczu9eg", "ffvb1156", None, None, None, "ES1"),
}


@pytest.mark.parametrize("name", NAMES)
def test_spellings(name: str) -> None:
    part = parse_part(name)
    assert part is not None
    assert (part.device, part.package, part.speed) == NAMES[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_engineering_samples(name: str) -> None:
    part = parse_part(name)
    assert part is not None
    assert (part.device, part.package, part.speed, part.temperature, part.screen, part.sample) == SAMPLES[name]


@pytest.mark.parametrize(
    "board", sorted((Path(__file__).parents[2] / "targets").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_parts_of_our_boards_are_read(board: Path) -> None:
    for name in re.findall(r"^part: (x\S+)", board.read_text(), re.MULTILINE):  # one that rests on another has none
        part = parse_part(name)
        assert part is not None
        assert part.speed is not None


@pytest.mark.parametrize(
    "name", ["", "xilinx_u280_xdma_201920_3", "LFE5U-85F", "7", "xc", "xcku040-ffva1156-2-e-S-1", "top"]
)
def test_other_names_are_none(name: str) -> None:
    assert parse_part(name) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("xcku040ffva1156-2", "xcku040-ffva1156", True),
        ("xcku040ffva1156-2", "xcku040-ffva1156-2-e", True),
        ("xcku040ffva1156-2", "xcku040-ffva1156-1-c", False),
        ("7z020clg400-1", "xc7z020-clg484-1", False),
        ("7z020clg400-1", "xa7z020-clg400-1", True),
        ("xc7z020clg400-1", "xa7z020-clg400-1", False),
        ("xcvc1902", "xcvc1902-vsva2197-2MP-e-S", True),
        ("xcvu9p-flga2104-2L-e", "xcvu9p-flga2104-2-e", False),
        ("7a35ticsg324-1L", "7a35tcsg324-1", False),
        ("xczu9eg-ffvb1156-2-e-es2", "xczu9eg-ffvb1156", True),
        ("xczu9eg-ffvb1156-2-e-es2", "xczu9eg-ffvb1156-2-e-es1", False),
        ("xqrku060-cna1509", "ku060-cna1509", True),
        ("xqrku060-cna1509", "xqku060-cna1509", False),
        ("xcku060_CIV-ffva1156", "xcku060-ffva1156", False),
        ("7vh580thcg1155-2G", "xc7vh580t-hcg1155", True),
    ],
)
def test_what_two_names_can_share(one: str, other: str, same: bool) -> None:
    left, right = parse_part(one), parse_part(other)
    assert left is not None
    assert right is not None
    assert left.may_be(right) is right.may_be(left) is same
    assert left.may_be(left)


@given(st.text(max_size=40))
def test_any_text_is_a_part_or_none(text: str) -> None:
    assert isinstance(parse_part(text), (Part, type(None)))
