"""A place where the sources of a small design are made already, and machines with fake tools."""

from tests.synth.amd.builds import elsewhere, place, run_elsewhere, sources, vitis, vivado  # noqa: F401
