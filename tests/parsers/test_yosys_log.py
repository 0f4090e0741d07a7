from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.yosys_log import parse_yosys_log

# As yosys 0.70 prints it.
LOG = """1. Executing Verilog-2005 frontend: a.sv
7.2.4. Executing PROC_DLATCH pass (convert process syncs to latches).
Warning: Latch inferred for signal `\\top.\\q' from process `\\top.$proc$a.sv:2$1': $auto$proc_dlatch.cc:559:proc$1115
No latch inferred for signal `\\top.\\r' from process `\\top.$proc$a.sv:3$2'.
Warning: Resizing cell port top.u.a from 4 bits to 3 bits.
Warning: Resizing cell port top.u.a from 4 bits to 3 bits.
"""


def test_latches_and_warnings() -> None:
    log = parse_yosys_log(LOG)
    assert log.latches == ("top.q",)
    assert len(log.warnings) == 2
    assert log.warnings[1] == "Resizing cell port top.u.a from 4 bits to 3 bits."


@pytest.mark.parametrize("text", ["", "hello\n", "Info: Packing\n"])
def test_other_files_are_no_log(text: str) -> None:
    with pytest.raises(FormatError, match="not a yosys log"):
        parse_yosys_log(text)
