"""Runs one yosys script with the pyosys library. A child process: yosys ends the whole process on an error.

Usage: `python pyosys_runner.py SCRIPT`. It is run as a file, so it imports nothing of the package.
"""

from __future__ import annotations

import sys


def main(script: str) -> None:
    """Run the yosys commands in the file `script`."""
    from pyosys import libyosys

    libyosys.run_pass(f"script {script}", libyosys.Design())


if __name__ == "__main__":
    main(sys.argv[1])
