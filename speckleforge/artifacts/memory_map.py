"""The script that writes the memory map (MMI) of a boot memory in Vivado. Takes nothing; gives its name and text.

The synthesis runs it; emitters ship it with the block for a firmware tree, whose memory is another tree's to implement.
"""

from __future__ import annotations

from pathlib import Path

READS = ("sf_write_mmi.tcl",)
MMI_SCRIPT = "sf_write_mmi.tcl"
MMI_SPACE = "sf_boot"  # address space and processor in the file that it writes


def mmi_script() -> str:
    """The script's text."""
    return (Path(__file__).parent / MMI_SCRIPT).read_text(encoding="utf-8")
