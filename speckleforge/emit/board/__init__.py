"""The board side of the generated hardware: serial link, clock, reset, pins.

Takes a target and the core's port widths; gives SystemVerilog sources and the host's codec. Never looks inside the
core.
"""
