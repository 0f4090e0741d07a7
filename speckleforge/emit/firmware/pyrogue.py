"""A PyRogue device from the register tables: `_SpeckleForge.py`. Takes the core's and the edges'; gives Python text.

What reads is a variable for each field; what commands is one write-only word, for a field of its own would be written
back together with what its neighbours held. None of them takes part in bulk writes: loading a configuration must not
load weights.
"""

from __future__ import annotations

from collections.abc import Iterable

from speckleforge.emit.registers import LOAD_RESULTS, Access, Bits, Register

DEVICE_FILE = "_SpeckleForge.py"
BYTES = 4
_MODES = {Access.SETTING: "RW", Access.COMMAND: "WO"}  # all others are read only


def pyrogue_device(registers: tuple[Register, ...], banner: str) -> str:
    """The text of the device's module.

    Parameters
    ----------
    registers
        All registers, core and edges, with word addresses.
    banner
        Lines without comment marks.
    """
    by_name = {register.name: register for register in registers}
    return _TEMPLATE.format(
        banner="".join(f"# {line}\n" for line in banner.splitlines()),
        variables="\n".join(_variable(register) for register in registers),
        counters=_names(r for r in registers if r.access is Access.COUNTER),
        expected=_expected(registers),
        image_bytes=by_name["image_bytes"].value,
        banks=by_name["banks"].value,
        **_masks(by_name["control"], "control"),
        **_masks(by_name["edge_control"], "edge_control"),
    )


def camel(name: str) -> str:
    """`image_id_0` -> `ImageId0`, as PyRogue names variables."""
    return "".join(part.capitalize() for part in name.split("_"))


def _variable(register: Register) -> str:
    """The variables of one register: the word, or each of its fields where it is read."""
    if register.access is Access.STATE and register.bits:
        return "\n".join(_add(register, bits) for bits in register.bits)
    return _add(register, None)


def _add(register: Register, bits: Bits | None) -> str:
    """One variable."""
    low, size = (bits.low, bits.high - bits.low + 1) if bits else (0, 32)
    text = bits.text if bits else _described(register)
    fields = {
        "name": repr(camel(register.name) + (camel(bits.name) if bits else "")),
        "description": repr(text),
        "offset": f"0x{register.address * BYTES:05X}",
        "bitSize": str(size),
        "bitOffset": str(low),
        "mode": repr(_MODES.get(register.access, "RO")),
    }
    if register.access is not Access.SETTING:
        fields["bulkOpEn"] = "False"
    if register.access is Access.COUNTER:
        fields["pollInterval"] = "1"
    if bits and bits.name == "load_result":
        fields["enum"] = repr(dict(enumerate(LOAD_RESULTS)))
    lines = [f"            {key}={value}," for key, value in fields.items()]
    return "\n".join(["        self.add(pr.RemoteVariable(", *lines, "        ))"])


def _described(register: Register) -> str:
    """The text of a register, with what the bits of a command mean."""
    bits = [f"{b.low if b.low == b.high else f'{b.high}:{b.low}'} {b.text}" for b in register.bits]
    return "; ".join([register.text, *bits])


def _names(registers: Iterable[Register]) -> str:
    """A tuple of variable names as text."""
    return "(\n" + "".join(f"        {camel(register.name)!r},\n" for register in registers) + "    )"


def _expected(registers: tuple[Register, ...]) -> str:
    """The values of constants."""
    rows = [r for r in registers if r.access is Access.CONSTANT]
    return "{\n" + "".join(f"        {camel(r.name)!r}: 0x{r.value:08X},\n" for r in rows) + "    }"


def _masks(register: Register, prefix: str) -> dict[str, str]:
    """Bits of a command word by name."""
    return {f"{prefix}_{bits.name}": f"1 << {bits.low}" for bits in register.bits}


_TEMPLATE = '''\
# PyRogue device of a speckleforge block. Printed from the register tables; do not edit.
#
{banner}"""Registers of the block, loading of weight images, counters.

A weight image goes into the bank that is not active; frames in flight end with the bank that they began with:

    device.LoadImage("weights.bin")   # into the other bank, checked there: layout and CRC
    device.ActivateBank(1)            # for the next frame
    device.ReadCounters()
"""

import time
from pathlib import Path

import pyrogue as pr


class SpeckleForge(pr.Device):
    """The block behind its AXI4-Lite port.

    Parameters
    ----------
    kwargs
        As for any device: `name`, `offset` (a multiple of 0x8000), `memBase`.
    """

    # Bits of the word that Control takes, and of EdgeControl.
    LOAD = {control_load}
    LOAD_BOOT = {control_load_boot}
    ACTIVATE = {control_activate}
    CLEAR = {control_clear}
    BANK = {control_bank}
    EDGE_CLEAR = {edge_control_clear}

    IMAGE_BYTES = {image_bytes}
    BANKS = {banks}
    GOOD = 1  # StatusLoadResult
    CONSTANTS = {expected}
    COUNTERS = {counters}

    def __init__(self, **kwargs):
        super().__init__(description="speckleforge block", **kwargs)

{variables}

        self.add(pr.LocalCommand(
            name="LoadImage",
            description="Load the weight image in this file into the bank that is not active; it stays inactive",
            value="",
            function=lambda arg: self.load_image(arg),
        ))
        self.add(pr.LocalCommand(
            name="ActivateBank",
            description="Make this bank active for the next frame; it must hold a checked image",
            value=0,
            function=lambda arg: self.activate_bank(arg),
        ))
        self.add(pr.LocalCommand(
            name="ReadCounters",
            description="All counters by name, of the core and of the edges",
            function=self.read_counters,
        ))
        self.add(pr.LocalCommand(
            name="ClearCounters",
            description="Set all counters to 0",
            function=self.clear_counters,
        ))
        self.add(pr.LocalCommand(
            name="CheckIdentity",
            description="Compare the constants with what this file was printed for",
            function=self.check_identity,
        ))

    def load_image(self, path, bank=None, timeout_s=10.0):
        """Load a weight image; the bank that it is in.

        Parameters
        ----------
        path
            File with exactly IMAGE_BYTES bytes.
        bank
            Where to; by default the one that is not active.

        Raises
        ------
        ValueError
            If the file is no image of this block.
        RuntimeError
            If the block refused it, or gave no result in time.
        """
        image = Path(path).read_bytes()
        if len(image) != self.IMAGE_BYTES:
            raise ValueError(f"{{path}}: {{len(image)}} bytes, a weight image of this block has {{self.IMAGE_BYTES}}")
        if bank is None:
            bank = (1 - self.StatusActive.get()) if self.BANKS == 2 else 0
        self.Control.set(self.LOAD | self.BANK * bank, write=True)
        for start in range(0, len(image), 4):
            self.Data.set(int.from_bytes(image[start : start + 4], "little"), write=True)
        result = self._load_result(timeout_s)
        if result != self.GOOD:
            raise RuntimeError(f"{{path}} was not loaded: {{self.StatusLoadResult.enum[result]}}")
        return bank

    def _load_result(self, timeout_s):
        """How the load ended."""
        end = time.monotonic() + timeout_s
        while True:
            result = self.StatusLoadResult.get()
            if result or time.monotonic() > end:
                return result

    def activate_bank(self, bank):
        """Make a bank active for the next frame.

        Raises
        ------
        RuntimeError
            If the bank holds no checked image.
        """
        self.Control.set(self.ACTIVATE | self.BANK * bank, write=True)
        if self.StatusActive.get() != bank:
            raise RuntimeError(f"bank {{bank}} holds no checked image: bank {{1 - bank}} stays active")

    def read_counters(self):
        """Counter -> value."""
        return {{name: getattr(self, name).get() for name in self.COUNTERS}}

    def clear_counters(self):
        """Set all counters to 0."""
        self.Control.set(self.CLEAR, write=True)
        self.EdgeControl.set(self.EDGE_CLEAR, write=True)

    def check_identity(self):
        """Compare the constants with those of the design that this file was printed for.

        Raises
        ------
        RuntimeError
            With the first that differs: another design is in the device, or another offset was given.
        """
        for name, value in self.CONSTANTS.items():
            got = getattr(self, name).get()
            if got != value:
                raise RuntimeError(f"{{name}} is 0x{{got:08x}}, this device was made for 0x{{value:08x}}")
'''
