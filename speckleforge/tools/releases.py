"""Releases of the vendor's tools. Takes what a tool prints for its version; gives a release that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

from speckleforge.errors import FormatError, Problem

_RELEASE = re.compile(r"(20\d\d)\.(\d)(?:\.(\d))?(?:_(\w+))?")
# `Vivado v2023.2 (64-bit)`, `vivado v2025.1 (64-bit)`, `****** vitis-run v2024.1 (64-bit)`, `****** v++ v2022.1`,
# `****** Vitis HLS - High-Level Synthesis from C, C++ and OpenCL v2022.2 (64-bit)`. The lines below them name others
# (`Tool Version Limit: 2025.11`), so the `v` and the head of the line count. With a tactical patch:
# `Vivado v2018.3_AR71898 (64-bit)`. Source: head of a log in the archive of the mailing list usrp-users, 2019.
_PRINTED = re.compile(
    r"^[ *]*(vivado|vitis-run|v\+\+|vitis(?:\(tm\))? hls|vivado(?:\(tm\))? hls)"
    r".*?\bv(20\d\d\.\d(?:\.\d)?(?:_\w+)?)(?![\w.])",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, order=True)
class Release:
    """A release: 2023.2, or 2023.2.1 with an update, or 2018.3_AR71898 with a patch."""

    year: int
    number: int
    update: int = 0
    patch: str = ""

    def __str__(self) -> str:
        update = f".{self.update}" if self.update else ""
        return f"{self.year}.{self.number}{update}{f'_{self.patch}' if self.patch else ''}"

    @property
    def base(self) -> Release:
        """The release without its update and patch, which change no command."""
        return Release(self.year, self.number)


def release(text: str) -> Release:
    """The release that `2023.2`, `2023.2.1` or `2018.3_AR71898` names; raises `FormatError` for anything else."""
    found = _RELEASE.fullmatch(text)
    if not found:
        raise FormatError(Problem("no release of a vendor's tool", got=repr(text), allowed="year.number, as 2023.2"))
    return Release(int(found[1]), int(found[2]), int(found[3] or 0), found[4] or "")


def release_or_none(text: str) -> Release | None:
    """The release that a text names, None where it names none."""
    return release(text) if _RELEASE.fullmatch(text) else None


def printed_release(text: str) -> Release:
    """The release in what `vivado -version`, `vitis_hls -version`, `vitis-run --version` or `v++ --version` print.

    Raises
    ------
    FormatError
        There is none.
    """
    found = _PRINTED.search(text)
    if not found:
        got = repr(text.strip()[:200])
        raise FormatError(
            Problem("the tool prints no version", got=got, allowed="a line such as: Vivado v2023.2 (64-bit)")
        )
    return release(found[2])
