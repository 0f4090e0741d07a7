"""What nextpnr-ecp5 needs of a netlist. Takes the text that yosys wrote; gives it with carries ended where they are."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

UNUSED = ["x"]  # nextpnr makes no net of it; a port that is left out ends it (0.11)


def end_carries(text: str) -> str:
    """The netlist without nets that a carry drives and nothing takes.

    For each of them nextpnr would lead the carry out of its chain, through a block of its own (2 of TRELLIS_COMB).
    """
    netlist: dict[str, Any] = json.loads(text)
    for module in netlist["modules"].values():
        carries = [cell for cell in module.get("cells", {}).values() if cell["type"] == "CCU2C"]
        if carries:
            used = _uses(module)
            for cell in carries:
                if [used[bit] for bit in cell["connections"].get("COUT", ())] == [1]:
                    cell["connections"]["COUT"] = UNUSED
    return json.dumps(netlist, separators=(",", ":"))


def _uses(module: dict[str, Any]) -> Counter[int | str]:
    """How often each net is at a cell or a port."""
    uses = Counter(bit for cell in module["cells"].values() for bits in cell["connections"].values() for bit in bits)
    uses.update(bit for port in module["ports"].values() for bit in port["bits"])
    return uses
