"""The block in a firmware tree: streams and registers at clocks of their own around `sf_core`, and all that goes along.

Takes a design and a target with a link of kind `stream`; gives the folder `firmware/`: SystemVerilog, constraints, a
VHDL wrapper for SLAC's `surf`, a PyRogue device, packers for a host. Never looks inside the core.
"""
