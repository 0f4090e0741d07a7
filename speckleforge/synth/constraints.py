"""Pin and clock constraints. Takes a target; gives the text of nextpnr's constraint file (LPF)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lpf_text(target: Mapping[str, Any]) -> str:
    """Constraint file of an ECP5 target: sites, electrical standards and the frequency of each clock pin."""
    lines = [f"{str(line).rstrip(';')};" for line in target.get("constraints") or ()]
    for name, pin in target["pins"].items():
        for port, site in _ports(name, pin):
            lines += [f'LOCATE COMP "{port}" SITE "{site}";', f'IOBUF PORT "{port}" {_electrical(pin)};']
    for clock in target["clocks"].values():
        if clock.get("pin") in target["pins"]:
            lines.append(f'FREQUENCY PORT "{clock["pin"]}" {float(clock["mhz"]):g} MHZ;')
    return "".join(f"{line}\n" for line in lines)


def _ports(name: str, pin: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Port and site of each bit."""
    if "sites" in pin:
        return [(f"{name}[{index}]", site) for index, site in enumerate(pin["sites"])]
    return [(name, pin["site"])]


def _electrical(pin: Mapping[str, Any]) -> str:
    """Options of an IOBUF line."""
    words = [f"PULLMODE={pin['pull']}", f"IO_TYPE={pin['io_type']}"]
    if "drive" in pin:
        words.append(f"DRIVE={pin['drive']}")
    return " ".join(words)
