"""Names of AMD/Xilinx parts as tools spell them. Takes a name; gives its fields; knows no list of parts.

`xcku040ffva1156-2`, `xcku040-ffva1156`, `7z020clg400-1`, `xcvc1902-vsva2197-2MP-e-S`: reports of one build differ in
how much they tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Devices by family. Source: part tables of AMD UG475 (7 series), UG865 (Zynq-7000), UG575 (UltraScale and
# UltraScale+), UG1075 (Zynq UltraScale+), DS962, DS963 and DS965 (Alveo), AM013 (Versal); devices and parts as Vivado
# 2021 to 2025.2 lists them (device files of Xilinx/RapidWright; Xilinx/finn, architectures). In 7 series `i` and `l`
# behind the size mark low-power parts; `xa` is automotive, `xq` military, `xqr` for space; `_CIV` a variant by export
# rules. An engineering sample is told behind the device or at the end (`-es1`): Xilinx boards VHK158 and VRK160.
_DEVICE = r"""
    (?P<prefix>xqr|x[acq])?
    (?P<device>
        7(?:a|s|k|z|vx|vh|v)[0-9]{1,4}(?:ht|t|s)?[il]?(?:_civ)?  # 7 series, Zynq-7000
      | (?:ku|vu)[0-9]{3}(?:_civ)?                               # UltraScale
      | (?:ku|vu|au|su)[0-9]{1,3}p(?:_civ)?                      # UltraScale+
      | zu[0-9]{1,2}(?:eg|ev|cg|dr)(?:_civ)?                     # Zynq UltraScale+
      | k2[0-9]                                                  # Kria
      | ux?[0-9]{2,3}[a-z]?                                      # Alveo
      | v[cehmnpr][0-9]{4} | v[0-9]{2} | 2v[a-z][0-9]{4}         # Versal
    )
"""
_PACKAGE = r"(?P<package>[a-z]{3,4}[0-9]{3,4}|cl[0-9]{3}|r[bfs][0-9]{3,4})"
_SPEED = r"(?P<speed>[1-4](?:[LMH](?:HP|H|P|V|M|J)?|G)?)(?:-?(?P<temperature>[BCEIQM]))?(?:-(?P<screen>[A-Z]))?"
_SAMPLE = r"es[0-9]"
_NAME = re.compile(
    rf"{_DEVICE}(?:-(?P<early>{_SAMPLE}))?(?:-?{_PACKAGE})?(?:-{_SPEED})?(?:-(?P<late>{_SAMPLE}))?$",
    re.VERBOSE | re.IGNORECASE,
)
_PREFIX = re.compile(r"xqr|x[acq]")


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
        One of B, C, E, I, Q, M.
    screen
        Last letter of a Versal name (static screen).
    sample
        `ES1` or `ES2` of an engineering sample.
    prefixed
        False where the name had no prefix, as Vivado prints it in some reports: then any prefix may be meant.
    """

    device: str
    package: str | None = None
    speed: str | None = None
    temperature: str | None = None
    screen: str | None = None
    prefixed: bool = True
    sample: str | None = None

    @property
    def bare(self) -> str:
        """The device without its prefix: `ku040`."""
        return _PREFIX.sub("", self.device, count=1)

    def may_be(self, other: Part) -> bool:
        """Whether both can be one part: all fields that both give agree."""
        if self.bare != other.bare or (self.prefixed and other.prefixed and self.device != other.device):
            return False
        pairs = zip(self._optional(), other._optional(), strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    def _optional(self) -> tuple[str | None, ...]:
        """The fields that a name may leave out."""
        return self.package, self.speed, self.temperature, self.screen, self.sample


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
        sample=found["early"] or found["late"],
    )
