"""The first lines of every generated file: interface version and design digest; never a time, tool version or path."""

from __future__ import annotations

from speckleforge.emit.registers import INTERFACE_VERSION
from speckleforge.ir.design import Design


def banner(design: Design) -> str:
    """Two lines without comment marks."""
    return f"speckleforge interface {INTERFACE_VERSION}\ndesign {design.design_id}\n"


def slashes(text: str) -> str:
    """The lines as `//` comments."""
    return "".join(f"// {line}\n" for line in text.splitlines())
