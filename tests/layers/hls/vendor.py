"""Where a vendor's ap_int.h lies: a Vitis or Vivado HLS installation, or the copy that the hls4ml package carries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speckleforge.tools.find import package_folder


def vendor_headers() -> Path:
    """The folder; skips the test where there is none (in CI that fails)."""
    places = [Path(os.environ[name]) / "include" for name in ("XILINX_HLS", "XILINX_VITIS") if name in os.environ]
    package = package_folder("hls4ml")
    if package is not None:
        places.append(package / "templates" / "vivado" / "ap_types")
    for place in places:
        if (place / "ap_int.h").is_file():
            return place
    message = "no vendor's ap_int.h: pip install 'speckleforge[dev]', or set XILINX_HLS"
    assert "CI" not in os.environ, message
    pytest.skip(message)
