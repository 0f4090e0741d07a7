"""Every path from one clock to another, read from what the modules declare, and the constraints for exactly these.

A module says in its header `// Crossing: KIND FROM -> TO  (CLOCK -> CLOCK)`: registers by their path below the module
(several in braces), clocks by its ports. Takes the sources and the top's name; gives the crossings with their whole
paths, and an XDC.

Kinds: `gray` (a Gray-coded bus into a synchroniser), `level` (one bit into a synchroniser), `held` (words that stand
still while they are read), `reset` (a level of many cycles into a synchroniser).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from speckleforge.errors import DesignError, Problem

KINDS = ("gray", "level", "held", "reset")
SYNCHRONISER = "sf_sync"
SYNCHRONISER_REGISTERS = ("meta", "settled")

_DECLARED = re.compile(
    r"^// Crossing: (\w+) ([\w.]+|\{[^}]*\}) -> ([\w.]+|\{[^}]*\})  \((\w+) -> (\w+)\)$", re.MULTILINE
)
_INSTANCE = re.compile(r"^  (sf_\w+)\s+(?:#\((?:[^;]*?)\n  \)\s+)?(u_\w+)\s+\((.*?)\n  \);", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"\.(\w+)\s*\(([^()]*)\)")
_VECTOR = r"logic\s+\[[^;]*?\]\s*(?:\w+\s*,\s*)*{name}\b"


@dataclass(frozen=True)
class Register:
    """A register by its path below the top; `vector` if its bits have numbers of their own."""

    path: str
    vector: bool

    @property
    def pattern(self) -> str:
        """The name of its cells, as Vivado gives them."""
        return f"{self.path.replace('.', '/')}_reg{'[*]' if self.vector else ''}"


@dataclass(frozen=True)
class Crossing:
    """A path between two clocks: registers at both ends, clocks by the top's ports."""

    kind: str
    sources: tuple[Register, ...]
    targets: tuple[Register, ...]
    from_clock: str
    to_clock: str


@dataclass(frozen=True)
class _Instance:
    """A module in its place: what its ports are connected to, in the top's names as far as they are clocks."""

    module: str
    path: str
    ports: Mapping[str, str]


def crossings(modules: Mapping[str, str], top: str) -> tuple[Crossing, ...]:
    """All crossings below `top`, in the order of the instances.

    Parameters
    ----------
    modules
        Module name -> its text. Instances of modules that are not among them are left out (the core has one clock).

    Raises
    ------
    DesignError
        If a declaration has an unknown kind, or names a register that its module has not.
    """
    return tuple(item for place in _instances(modules, top) for item in _declared(modules, place))


def synchronisers(modules: Mapping[str, str], top: str) -> tuple[Register, ...]:
    """The registers of all synchronisers."""
    places = [place.path for place in _instances(modules, top) if place.module == SYNCHRONISER]
    return tuple(Register(f"{path}.{name}", True) for path in places for name in SYNCHRONISER_REGISTERS)


def _instances(modules: Mapping[str, str], top: str) -> Iterator[_Instance]:
    """The top and everything below it."""
    waiting = [_Instance(top, "", {})]
    while waiting:
        place = waiting.pop(0)
        yield place
        for module, name, text in _INSTANCE.findall(modules[place.module]):
            if module in modules:
                inner = {port: place.ports.get(net, net) for port, net in _PORT.findall(text)}
                waiting.append(_Instance(module, f"{place.path}.{name}".lstrip("."), inner))


def _declared(modules: Mapping[str, str], place: _Instance) -> Iterator[Crossing]:
    """What the module of an instance declares."""
    text = modules[place.module]
    for kind, source, target, from_clock, to_clock in _DECLARED.findall(text):
        if kind not in KINDS:
            raise DesignError(Problem("unknown kind of crossing", place.module, kind, ", ".join(KINDS)))
        ends = [tuple(_register(modules, place, name) for name in _names(side)) for side in (source, target)]
        clocks = [place.ports.get(clock, clock) for clock in (from_clock, to_clock)]
        yield Crossing(kind, ends[0], ends[1], clocks[0], clocks[1])


def _names(side: str) -> list[str]:
    """The registers of one end."""
    return [name.strip() for name in side.strip("{}").split(",")]


def _register(modules: Mapping[str, str], place: _Instance, name: str) -> Register:
    """The register of this path below an instance."""
    *below, last = name.split(".")
    module = place.module
    for step in below:
        found = [kind for kind, instance, _ in _INSTANCE.findall(modules[module]) if instance == step]
        if not found:
            raise DesignError(Problem("a crossing names an instance that is not there", module, name))
        module = found[0]
    text = modules[module]
    if not re.search(rf"\b{last}\b\s*<=", text) and not re.search(rf"{{[^}};]*\b{last}\b[^}};]*}}\s*<=", text):
        raise DesignError(Problem("a crossing names a register that is not there", module, name))
    vector = re.search(_VECTOR.format(name=last), text) is not None
    return Register(".".join(filter(None, (place.path, name))), vector)


def constraints(modules: Mapping[str, str], top: str, periods_ns: Mapping[str, float], banner: str) -> str:
    """The XDC of a top, to be read with `SCOPED_TO_REF` = its name.

    Parameters
    ----------
    periods_ns
        Period of each clock of the top that is known; a path is bound by the shorter one of its two.
    banner
        Comment lines at the head.
    """
    found = crossings(modules, top)
    lines = [_HEAD.format(banner=banner, top=top)]
    for item in found:
        lines += _constraint(item, periods_ns)
    lines.append("\n# Two registers of a synchroniser stay together.")
    cells = " ".join(register.pattern for register in synchronisers(modules, top))
    lines.append(f"set_property ASYNC_REG TRUE [get_cells {{{cells}}}]")
    return "\n".join(lines) + "\n"


def _constraint(item: Crossing, periods_ns: Mapping[str, float]) -> list[str]:
    """The lines for one crossing."""
    ends = f"-from {_cells(item.sources)} -to {_cells(item.targets)}"
    lines = [f"\n# {item.kind}: {item.from_clock} -> {item.to_clock}"]
    if item.kind == "reset":
        return [*lines, f"set_false_path {ends}"]
    known = [periods_ns[clock] for clock in (item.from_clock, item.to_clock) if clock in periods_ns]
    lines.append(f"set_max_delay -datapath_only {ends} {min(known):.3f}")
    if item.kind == "gray":
        lines.append(f"set_bus_skew {ends} {min(known):.3f}")
    return lines


def _cells(registers: tuple[Register, ...]) -> str:
    """The cells of registers."""
    return f"[get_cells {{{' '.join(register.pattern for register in registers)}}}]"


_HEAD = """\
{banner}
# Paths between clocks of `{top}`, as its modules declare them. Printed; do not edit.
# Read it scoped: set_property SCOPED_TO_REF {top} [get_files {top}.xdc]
# All other paths between the clocks of this block are errors: do not declare its clocks asynchronous as groups, which
# would hide them and override the limits below.\
"""
