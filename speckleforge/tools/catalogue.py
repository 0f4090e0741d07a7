"""Every tool that a stage may name, the open ones and the vendor's. Takes a name; gives the tool, or how to get it.

Apart from `tools.find`, so that a new release of a vendor's tool is nothing that the open flow's results depend on.
"""

from __future__ import annotations

from speckleforge.errors import Problem, StageError
from speckleforge.tools import find
from speckleforge.tools.find import MISSING, Tool
from speckleforge.tools.vendor import HLS, PACKAGES, vendor_tool

VENDOR = (*PACKAGES, HLS)


def installed(name: str) -> Tool | None:
    """The tool `name`, or None where it is not installed; `StageError` for a name that is no tool's."""
    return vendor_tool(name) if name in VENDOR else find.installed(name)


def find_tool(name: str) -> Tool:
    """The tool `name`; `StageError` where it is not installed, with what installs it."""
    if name not in VENDOR:
        return find.find_tool(name)
    tool = vendor_tool(name)
    if tool is None:
        what = PACKAGES.get(name, "Vitis, Vitis HLS or Vivado HLS")
        raise StageError(Problem(f"the tool '{name}' is not installed", next_step=f"install {what}, put it on PATH"))
    return tool


def fingerprint(name: str) -> str:
    """What an action key says of a tool: its version and, in brackets, its build where it has one; or `missing`."""
    tool = installed(name)
    if tool is None:
        return MISSING
    return f"{tool.version} ({tool.build})" if tool.build else tool.version
