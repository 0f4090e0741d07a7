from __future__ import annotations

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
}


@pytest.mark.parametrize("name", NAMES)
def test_spellings(name: str) -> None:
    part = parse_part(name)
    assert part is not None
    assert (part.device, part.package, part.speed) == NAMES[name]


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
