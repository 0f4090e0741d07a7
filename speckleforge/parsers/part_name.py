"""Names of AMD/Xilinx parts as tools spell them. Takes a name; gives its fields; knows no list of parts.

`xcku040ffva1156-2`, `xcku040-ffva1156`, `7z020clg400-1`, `xcvc1902-vsva2197-2MP-e-S`: reports of one build differ in
how much they tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Devices by family. Source: part tables of AMD UG475 (7 series), UG865 (Zynq-7000), UG575 (UltraScale and
# UltraScale+), UG1075 (Zynq UltraScale+), DS962, DS963 and DS965 (Alveo), AM013 (Versal). In 7 series `i` and `l`
# behind the size mark low-power parts.
_DEVICE = r"""
    (?P<prefix>x[acq])?
    (?P<device>
        7(?:a|s|k|z|vx|vh|v)[0-9]{1,4}(?:ht|t|s)?[il]?    # 7 series, Zynq-7000
      | (?:ku|vu)[0-9]{3}                                 # UltraScale
      | (?:ku|vu|au|su)[0-9]{1,2}p(?:_civ)?               # UltraScale+
      | zu[0-9]{1,2}(?:eg|ev|cg|dr)(?:_civ)?              # Zynq UltraScale+
      | k2[0-9]                                           # Kria
      | ux?[0-9]{2,3}[a-z]?                               # Alveo
      | v[cehmpn][0-9]{4} | v[0-9]{2} | 2v[a-z][0-9]{4}   # Versal
    )
"""
_PACKAGE = r"(?P<package>[a-z]{3,4}[0-9]{3,4}|cl[0-9]{3}|r[bfs][0-9]{3,4})"
_SPEED = r"(?P<speed>[1-4][LMH]?H?[PV]?)(?:-?(?P<temperature>[CEIQM]))?(?:-(?P<screen>[A-Z]))?"
_NAME = re.compile(rf"{_DEVICE}(?:-?{_PACKAGE})?(?:-{_SPEED})?$", re.VERBOSE | re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One part; None where the name does not say.

    Attributes
    ----------
    device
        With its prefix, in lower case: `xcku040`; `xc` where the name has none.
    package
        In lower case: `ffva1156`.
    speed
        Speed grade as `2`, `2L`, `2MP`.
    temperature
        One of C, E, I, Q, M.
    screen
        Last letter of a Versal name (static screen).
    prefixed
        False where the name had no prefix, as Vivado prints it in some reports: then any prefix may be meant.
    """

    device: str
    package: str | None = None
    speed: str | None = None
    temperature: str | None = None
    screen: str | None = None
    prefixed: bool = True

    def may_be(self, other: Part) -> bool:
        """Whether both can be one part: all fields that both give agree."""
        mine, theirs = self.device[2:], other.device[2:]
        if mine != theirs or (self.prefixed and other.prefixed and self.device != other.device):
            return False
        pairs = zip(self._optional(), other._optional(), strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    def _optional(self) -> tuple[str | None, ...]:
        """The fields that a name may leave out."""
        return self.package, self.speed, self.temperature, self.screen


def parse_part(name: str) -> Part | None:
    """The fields of a part's name; None if it is none that this knows."""
    match = _NAME.match(name.strip())
    if match is None:
        return None
    found = {key: text.upper() if text else None for key, text in match.groupdict().items()}
    return Part(
        device=(match["prefix"] or "xc").lower() + match["device"].lower(),
        package=match["package"].lower() if match["package"] else None,
        speed=found["speed"],
        temperature=found["temperature"],
        screen=found["screen"],
        prefixed=match["prefix"] is not None,
    )
