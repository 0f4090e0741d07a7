"""Families of parts, as Vivado's folders of device data are called."""

from __future__ import annotations

import pytest

from speckleforge.parsers.part_family import family_of
from speckleforge.parsers.part_name import parse_part

FAMILIES = {
    "xc7a100tcsg324-1": "artix7",
    "xc7s50csga324-1": "spartan7",
    "xc7k325tffg900-2": "kintex7",
    "xc7vh580thcg1931-2": "virtex7",
    "7z020clg400-1": "zynq",
    "xcku115-flvb2104-2-e": "kintexu",
    "xcku060_CIV-ffva1156-2-i": "kintexu",
    "xcvu095-ffva2104-2-e": "virtexu",
    "xcku5p-ffvb676-2-e": "kintexuplus",
    "xcau15p-ffvb676-2-e": "kintexuplus",
    "xcsu35p-sbvb625-2-e": "spartanuplus",
    "xcvu9p-flga2104-2L-e": "virtexuplus",
    "xcu250-figd2104-2L-e": "virtexuplus",
    "xcvu37p-fsvh2892-3-e": "virtexuplushbm",
    "xcu50-fsvh2104-2-e": "virtexuplushbm",
    "xcu55n-fsvh2892-2L-e": "virtexuplushbm",
    "xcu280-fsvh2892-2L-e": "virtexuplushbm",
    "xcvu23p-vsva1365-2-e": "virtexuplus58g",
    "xczu9eg-ffvb1156-2-e-es2": "zynquplus",
    "xck26-sfvc784-2LV-c": "zynquplus",
    "xczu28dr-ffvg1517-2-e": "zynquplusrfsoc",
    "xcvc1902-vsva2197-2MP-e-S": "versal",
    "xcv80-lsva4737-2MHP-e-S": "versal",
    "xqrku060-cna1509-1M-m": None,
    "xa7z010clg225-1I": None,
    "xc2ve3858-ssva2112-2LHP-e-S": "versal",
}


@pytest.mark.parametrize("name", FAMILIES)
def test_families(name: str) -> None:
    part = parse_part(name)
    assert part is not None
    assert family_of(part) == FAMILIES[name]
