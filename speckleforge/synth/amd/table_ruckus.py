"""Commands that a `ruckus.tcl` has besides Vivado's: the procedures of SLAC's ruckus. Takes nothing; gives a table.

Source: slaclab/ruckus, `vivado/proc/code_loading.tcl`.
"""

from __future__ import annotations

from speckleforge.synth.amd.table import Command, Option

RUCKUS = "ruckus"
_SEEN = "commit 4b0bd4d8"
_DIR, _PATH = Option("-dir", reads=True), Option("-path", reads=True)

RUCKUS_TABLE: tuple[Command, ...] = (
    Command("loadSource", (RUCKUS,), "ruckus loadSource", _SEEN, (_DIR, _PATH)),
    Command("loadConstraints", (RUCKUS,), "ruckus loadConstraints", _SEEN, (_DIR, _PATH)),
    Command("loadZipIpCore", (RUCKUS,), "ruckus loadZipIpCore", _SEEN, (_DIR, _PATH, Option("-repo_path"))),
)
