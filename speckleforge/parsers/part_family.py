"""The family that a part belongs to, as folders of Vivado's device data are called. Takes a part; gives the name.

Source: folders of device files in Xilinx/RapidWright (2023), which are Vivado's architectures; `ARCHITECTURE` and
`FAMILY` of parts in Vivado 2025.2 as Xilinx/finn lists them.
"""

from __future__ import annotations

import re

from speckleforge.parsers.part_name import Part

_FAMILIES = (
    (r"7a", "artix7"),
    (r"7s", "spartan7"),
    (r"7k", "kintex7"),
    (r"7v", "virtex7"),
    (r"7z", "zynq"),
    (r"ku[0-9]{3}", "kintexu"),
    (r"vu[0-9]{3}", "virtexu"),
    (r"ku[0-9]+p|au[0-9]+p", "kintexuplus"),
    (r"su[0-9]+p", "spartanuplus"),
    (r"vu(?:23|27|29)p|u26\b|ux35", "virtexuplus58g"),
    (r"vu(?:31|33|35|37|45|47|57)p|u50\b|u55[cn]|u280", "virtexuplushbm"),
    (r"vu(?:3|5|7|9|11|13|19)p|u200|u250", "virtexuplus"),
    (r"zu[0-9]+dr", "zynquplusrfsoc"),
    (r"zu[0-9]+|k2[0-9]|u25\b|u30", "zynquplus"),
    (r"v[cehmp][0-9]{4}|v80|2v[em][0-9]{4}", "versal"),
)


def family_of(part: Part) -> str | None:
    """Such as `kintexu`; None where no source tells: automotive and military parts may have folders of their own."""
    if not part.device.startswith("xc"):
        return None
    return next((name for pattern, name in _FAMILIES if re.match(pattern, part.bare)), None)
