"""Printing the hardware. Takes a frozen design; gives source trees: RTL, emulator, bench, software. Never decides."""
