"""Front ends of HLS by release. Takes which programs were found, with what they print; gives the one to use.

| front end | programs | releases |
|---|---|---|
| `vivado_hls` | `vivado_hls -f` | 2016.4 to 2020.1 |
| `vitis_hls` | `vitis_hls -f` | 2020.2 to 2024.2 |
| `vitis-run` | `vitis-run --mode hls --tcl` | 2023.2 on |
| `v++` | `v++ -c --mode hls`, `vitis-run --mode hls` | 2023.2 on |

Source: UG1399 of 2020.2 and 2023.2, "Launching Vitis HLS"; UG1702, "vitis-run Command". `vitis_hls` is still there in
2024.2 and gone from 2025.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speckleforge.errors import Problem, StageError
from speckleforge.tools.releases import Release, release


@dataclass(frozen=True)
class FrontEnd:
    """A way to run HLS: its programs (the first one's release counts), and the releases that have it."""

    name: str
    programs: tuple[str, ...]
    since: str
    until: str

    def has(self, at: Release) -> bool:
        """Whether this release has it."""
        return release(self.since) <= at.base <= release(self.until)


VIVADO_HLS = FrontEnd("vivado_hls", ("vivado_hls",), "2016.4", "2020.1")
VITIS_HLS = FrontEnd("vitis_hls", ("vitis_hls",), "2020.2", "2024.2")
VITIS_RUN = FrontEnd("vitis-run", ("vitis-run",), "2023.2", "2025.2")
VPP = FrontEnd("v++", ("v++", "vitis-run"), "2023.2", "2025.2")

# In order of preference. The Tcl comes first, because it is one script for all releases; `v++` is there for whoever
# must have it. `vitis_hls` before `vitis-run`: where both are, it is the program that `vitis-run --tcl` starts.
FRONT_ENDS = (VITIS_HLS, VITIS_RUN, VPP, VIVADO_HLS)
# Releases with a table. Vivado's begin with VIVADO_SINCE.
RELEASES = (
    *("2016.4", "2017.1", "2017.2", "2017.3", "2017.4", "2018.1", "2018.2", "2018.3", "2019.1", "2019.2", "2020.1"),
    *("2020.2", "2021.1", "2021.2", "2022.1", "2022.2", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2"),
)
VIVADO_SINCE = "2018.2"


def front_end(name: str) -> FrontEnd:
    """The front end of this name; raises `StageError` where there is none."""
    found = next((item for item in FRONT_ENDS if item.name == name), None)
    if found is None:
        raise StageError(Problem("no such front end", got=name, allowed=", ".join(item.name for item in FRONT_ENDS)))
    return found


def releases_of(item: FrontEnd) -> tuple[str, ...]:
    """The releases that have a front end, oldest first."""
    return tuple(text for text in RELEASES if item.has(release(text)))


def choose(found: Mapping[str, Release], wanted: str | None = None) -> tuple[FrontEnd, Release]:
    """The front end to use, and its release.

    Parameters
    ----------
    found
        Programs that are there, with their releases.
    wanted
        Name of a front end; None for the first of `FRONT_ENDS` that all programs are there for.

    Raises
    ------
    StageError
        None fits: says what was found and what each front end needs.
    """
    for item in FRONT_ENDS if wanted is None else (front_end(wanted),):
        if all(name in found for name in item.programs) and item.has(found[item.programs[0]]):
            return item, found[item.programs[0]]
    got = ", ".join(f"{name} {at}" for name, at in sorted(found.items())) or "none"
    allowed = "; ".join(f"{' and '.join(item.programs)} {item.since} to {item.until}" for item in FRONT_ENDS)
    next_step = "install Vivado HLS, Vitis HLS or Vitis, and put its programs on PATH"
    raise StageError(
        Problem(f"no HLS front end{f' {wanted}' if wanted else ''}", got=got, allowed=allowed, next_step=next_step)
    )
