"""What a log shows of a failure. Takes its lines and messages; gives the lines that prove each sort.

No line, no finding.

A crash is not called a lack of memory unless the log says so: `Abnormal program termination` may have other causes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# (severity, id, text, whole line) of a message.
Said = tuple[str, str, str, str]

# Source: lowRISC/opentitan issue 18098 and Xilinx/AVED issue 5 (17-345); HLS 200-72 "License checkout unsuccessful":
# quoted by users of Vivado HLS.
_LICENCE_IDS = {"Common 17-345"}
_LICENCE = re.compile(
    r"valid licen[sc]e was not found|licen[sc]e (?:check ?out|checking) (?:failed|unsuccessful)", re.IGNORECASE
)
# A refused feature is a failure only if no other one was granted after it. Source: open-power/snap issue 325 (17-348,
# failed), spcl/gemm_hls issue 7 (VPL 17-301 for one feature, then another one available).
_REFUSED_IDS = {"Common 17-348", "VPL 17-301"}
_GRANTED = re.compile(r"Got license for feature|^Feature available: ")

# Source: Xilinx/finn issue 948 and Digilent/vivado-boards issue 39 (HLS 200-1023), open-sdr/openwifi-hw issue 35
# (Coretcl 2-106 after Device 21-436), benjmarshall/hlsclt issue 7 (HLS 200-101 of set_part); Board 49-71: logs of
# builds for au280, kv260 and zybo-z7-20 without their board files ("The board_part definition was not found for ...").
_PART_IDS = {"HLS 200-1023", "Coretcl 2-106", "Device 21-436", "Board 49-71"}
_PART = re.compile(
    r"\b(?:part|board_part)\b.*(?:not found|could not be found|is not installed|not a valid)"
    r"|'set_part'|no parts matched",
    re.IGNORECASE,
)

# Source: Xilinx/kria-vitis-platforms issue 1 and lowRISC/opentitan pull request 7430 (`Killed "$RDI_PROG"`).
_MEMORY = re.compile(
    r"std::bad_alloc|out of memory|cannot allocate memory|\bKilled\s+\"\$RDI_PROG\"|^\s*Killed\s*$", re.IGNORECASE
)
_DISK = re.compile(r"no space left on device|disk (?:is )?full|disk quota exceeded", re.IGNORECASE)
# Source: esl-epfl/HEEPsilon issue 22, PandABlocks/PandABlocks-FPGA issue 119, ichi4096/vivado-on-silicon-mac issue 1.
_CRASH = re.compile(
    r"Abnormal program termination|An unexpected error has occurred|segfault in |segmentation fault|hs_err_pid[0-9]+"
    r"|^terminate called after throwing|caught signal|received a signal named",
    re.IGNORECASE,
)
# The revision that export_design gives an IP is its date, as 2201112057, which from 2022 on is no number of 32 bits.
# `IMPL 213-28` alone has other causes too. Source: AMD answer record 76960 and its patch's README (HLS of 2014 to
# 2021.2); logs of 2019.1 and 2020.2 ("bad lexical cast") and of 2021.1 ("is an invalid argument").
_REVISION = re.compile(
    r"'(?:2[2-9]|3\d)\d{8}' is an invalid argument\. Please specify an integer"
    r"|set_property core_revision \"?(?:2[2-9]|3\d)\d{8}\b"
)
_CAST = re.compile(r"bad lexical cast: source type value could not be interpreted as target")
# A step that says that it failed, and the trace of a Tcl error. Source: open-power/snap issue 325, pc2/HPCC_FPGA issue
# 14 (vpl).
_FAILED = re.compile(
    r"^[a-z]\w+ failed\s*$|^\s+invoked from within\s*$|^\s+while executing\s*$|Run Status: \w+ ERROR"
    r"|^\[[0-9:]+\] Run \w+: Step \w+: Failed|^command '\w+' returned error code|\[Vivado 12-8222\] Failed run"
)
# The end as each tool says it; logs of HLS hold those of the Vivado that it starts. Source: logs of Vivado 2018.2 to
# 2023.2, Vivado HLS 2018.2, Vitis HLS 2022.1; v++: Xilinx/Vitis_Embedded_Platform_Source issue 24.
_EXIT = re.compile(r"\] Exiting (?P<tool>\S.*?) at \w{3} \w{3} +[0-9]+ ")
_TOTAL = re.compile(r"^INFO: \[HLS 200-112\] Total |\] Total elapsed time: [0-9]+h [0-9]+m [0-9]+s")
_LINES_BEHIND_THE_END = 5
_ECHOED = re.compile(r"^\s*(?:#|puts\b|>)")
_MOST = 20


@dataclass(frozen=True)
class Findings:
    """Lines that show each sort of failure, first ones first (at most 20 each); empty where nothing does.

    Attributes
    ----------
    core_revision
        An HLS tool of 2021.2 or before can pack no IP since 2022; the patch of AMD's answer record 76960 helps.
    failed_steps
        Steps that say that they failed, and traces of Tcl errors.
    ended
        The tool said that it ends. That alone proves no success: it says so after an error too.
    """

    missing_licence: tuple[str, ...]
    missing_part: tuple[str, ...]
    out_of_memory: tuple[str, ...]
    disk_full: tuple[str, ...]
    crashed: tuple[str, ...]
    core_revision: tuple[str, ...]
    failed_steps: tuple[str, ...]
    ended: bool

    def any(self) -> bool:
        """Whether something went wrong."""
        kinds = (self.missing_licence, self.missing_part, self.out_of_memory, self.disk_full, self.crashed)
        return any(kinds) or bool(self.core_revision or self.failed_steps)


def findings_of(lines: Sequence[str], messages: Sequence[Said], tool: str | None) -> Findings:
    """What these lines and messages of a log of `tool` show."""
    told = [line for line in lines if not _ECHOED.match(line) or "An unexpected error" in line]
    return Findings(
        missing_licence=_licences(lines, messages),
        missing_part=_said(
            messages, lambda severity, id, text: id in _PART_IDS or (severity == "ERROR" and bool(_PART.search(text)))
        ),
        out_of_memory=_lines(told, _MEMORY),
        disk_full=_lines(told, _DISK),
        crashed=_lines(told, _CRASH),
        core_revision=_revisions(told),
        failed_steps=_lines(told, _FAILED),
        ended=_ended(told, tool),
    )


def _ended(lines: Sequence[str], tool: str | None) -> bool:
    """Whether the last lines say that the tool itself ends."""
    for line in [line for line in lines if line.strip()][-_LINES_BEHIND_THE_END:]:
        exits = _EXIT.search(line)
        if exits and (tool is None or exits["tool"].replace("_", " ").casefold() == tool.casefold()):
            return True
        if _TOTAL.search(line):
            return True
    return False


def _said(messages: Sequence[Said], proves: Callable[[str, str, str], bool]) -> tuple[str, ...]:
    """Messages that prove something."""
    return tuple(dict.fromkeys(whole for severity, id, text, whole in messages if proves(severity, id, text)))[:_MOST]


def _licences(lines: Sequence[str], messages: Sequence[Said]) -> tuple[str, ...]:
    """Refused licences: for good, or without another one granted later."""
    refused = _said(
        messages, lambda severity, id, text: id in _LICENCE_IDS or (severity == "ERROR" and bool(_LICENCE.search(text)))
    )
    if refused:
        return refused
    last = max((at for at, line in enumerate(lines) if any(f"[{id}]" in line for id in _REFUSED_IDS)), default=None)
    if last is None or any(_GRANTED.search(line) for line in lines[last:]):
        return ()
    return _said(messages, lambda severity, id, text: id in _REFUSED_IDS)


def _revisions(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines on a revision that is too large; what is said of a number counts only beside the number itself."""
    found = _lines(lines, _REVISION)
    return tuple(dict.fromkeys([*_lines(lines, _CAST), *found]))[:_MOST] if found else ()


def _lines(lines: Sequence[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Lines in which the pattern is found, each once."""
    return tuple(dict.fromkeys(line.strip()[:300] for line in lines if pattern.search(line)))[:_MOST]
