"""The directives that the HLS sources use, with their options. Takes the text of a pragma; gives what is wrong with it.

HLS tools pass over a directive that they do not know, or over one for a variable that does not exist, with a warning
among thousands: the hardware is then another one. So every pragma is checked against this table.
Source: AMD UG902 (Vivado HLS 2020.1), "High-Level Synthesis Pragmas"; AMD UG1399 (Vitis HLS), "HLS Pragmas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from speckleforge.errors import did_you_mean


@dataclass(frozen=True)
class Pragma:
    """`words` stand alone, `options` take a value."""

    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


PRAGMAS: Mapping[str, Pragma] = {
    "array_partition": Pragma(("complete", "cyclic", "block"), ("variable", "factor", "dim"), ("variable",)),
    "bind_op": Pragma((), ("variable", "op", "impl", "latency"), ("variable", "op", "impl")),  # Vitis HLS
    "dataflow": Pragma(("disable_start_propagation",)),
    "dependence": Pragma(
        ("inter", "intra", "true", "false", "raw", "war", "waw"), ("variable", "distance"), ("variable",)
    ),
    "inline": Pragma(("off", "recursive")),
    "interface": Pragma(
        ("axis", "s_axilite", "m_axi", "ap_none", "ap_vld", "ap_ctrl_chain", "ap_ctrl_hs", "register", "both"),
        ("port", "bundle", "offset", "depth"),
        ("port",),
    ),
    "latency": Pragma((), ("min", "max")),
    "loop_flatten": Pragma(("off",)),
    "loop_tripcount": Pragma((), ("min", "max", "avg"), ("min", "max")),
    "pipeline": Pragma(("rewind", "enable_flush", "off"), ("ii", "style")),
    "reset": Pragma(("off",), ("variable",), ("variable",)),
    "resource": Pragma((), ("variable", "core", "latency"), ("variable", "core")),  # Vivado HLS
    "stable": Pragma((), ("variable",), ("variable",)),
    "stream": Pragma(("off",), ("variable", "depth", "dim"), ("variable",)),
    "unroll": Pragma(("skip_exit_check", "region"), ("factor",)),
}
_WORD = re.compile(r"[^\s=]+(?:\s*=\s*[^\s=]+)?")


def options_of(text: str) -> tuple[str, dict[str, str]]:
    """Name and options of `#pragma HLS name a b=c`, in small letters; a word alone has an empty value."""
    name, *rest = [re.sub(r"\s", "", word) for word in _WORD.findall(text)][2:] or [""]
    pairs = (word.partition("=") for word in rest)
    return name.lower(), {key.lower(): value for key, _, value in pairs}


def wrong(text: str) -> Iterator[tuple[str, str]]:
    """(what is wrong, what to do) of a pragma; nothing where all is well."""
    if not re.match(r"#pragma\s+HLS\s", text, re.IGNORECASE):
        yield "a pragma that is not for HLS", "write #pragma HLS, or leave it out"
        return
    name, options = options_of(text)
    known = PRAGMAS.get(name)
    if known is None:
        yield f"no HLS directive '{name}'", did_you_mean(name, tuple(PRAGMAS)) or "see emit/hls/pragmas.py"
        return
    for option, value in options.items():
        allowed = known.options if value else known.words
        if option not in allowed:
            hint = did_you_mean(option, allowed) or f"allowed: {', '.join(allowed) or 'none'}"
            yield f"directive '{name}' has no option '{option}'", hint
    for option in known.required:
        if option not in options:
            yield f"directive '{name}' needs '{option}='", f"add {option}=..."
