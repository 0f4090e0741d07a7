from __future__ import annotations

import json

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.nextpnr_log import parse_nextpnr_log
from speckleforge.parsers.nextpnr_report import ClockTiming, Usage, parse_nextpnr_report


def step(kind: str, delay: float, cell: str) -> dict[str, object]:
    return {
        "type": kind,
        "delay": delay,
        "from": {"cell": cell, "port": "Q"},
        "to": {"cell": cell + "_end", "port": "D"},
    }


REPORT = {
    "fmax": {"clk": {"achieved": 95.5, "constraint": 62.5}, "slow": {"achieved": 20.0, "constraint": 25.0}, "odd": {}},
    "utilization": {"TRELLIS_COMB": {"available": 24288, "used": 120}, "DP16KD": {"available": 56}},
    "critical_paths": [
        {
            "from": "posedge clk",
            "to": "posedge clk",
            "path": [
                step("clk-to-q", 0.5, "a"),
                step("routing", 1.25, "a"),
                step("logic", 0.25, "b"),
                step("setup", 0, "c"),
            ],
        },
        {"from": "<async>", "to": "posedge clk", "path": []},
    ],
}

LOG = """Info: constrained 'clk' to bel 'X0/Y47/PIOC'
Warning: IO 'x' is unconstrained in LPF and will be automatically placed
Info: Device utilisation:
Info: \t          TRELLIS_COMB:     120/  24288     0%
Info: \t                DP16KD:       2/     56     3%
Info: Checksum: 0x11111111
Info: Max frequency for clock 'clk': 70.00 MHz (PASS at 62.50 MHz)
Info: Checksum: 0x7ba62b51
Info: Max frequency for clock 'clk': 60.25 MHz (FAIL at 62.50 MHz)
Info: Program finished normally.
"""


def test_report() -> None:
    report = parse_nextpnr_report(json.dumps(REPORT))
    clocks = {clock.name: clock for clock in report.clocks}
    assert clocks["clk"] == ClockTiming("clk", 95.5, 62.5)
    assert [clocks[name].holds for name in ("clk", "slow", "odd")] == [True, False, None]
    assert report.utilisation == {"TRELLIS_COMB": Usage(120, 24288), "DP16KD": Usage(None, 56)}
    path, empty = report.critical_paths
    assert (path.delay_ns, path.routing_ns, path.levels) == (2.0, 1.25, 1)
    assert (path.from_cell, path.to_cell) == ("a", "c_end")
    assert empty.from_cell is None
    assert report.stage == "placed_and_routed"


@pytest.mark.parametrize("text", ["", "{}", '{"modules": {}}', '{"fmax": {}}'])
def test_other_files_are_no_report(text: str) -> None:
    with pytest.raises(FormatError, match="not a nextpnr report"):
        parse_nextpnr_report(text)


def test_log_keeps_the_last_word() -> None:
    log = parse_nextpnr_log(LOG)
    assert log.clocks == (ClockTiming("clk", 60.25, 62.5),)
    assert log.used == {"TRELLIS_COMB": 120, "DP16KD": 2}
    assert log.warnings == ("IO 'x' is unconstrained in LPF and will be automatically placed",)
    assert log.checksum == "7ba62b51"
    assert log.finished


def test_a_failed_log() -> None:
    log = parse_nextpnr_log("Info: Packing..\nERROR: Unable to place cell 'm', no BELs remaining to implement DP16KD\n")
    assert log.errors == ("Unable to place cell 'm', no BELs remaining to implement DP16KD",)
    assert not log.finished
    assert log.checksum is None


@pytest.mark.parametrize("text", ["", "hello\nworld\n"])
def test_other_files_are_no_log(text: str) -> None:
    with pytest.raises(FormatError, match="not a nextpnr log"):
        parse_nextpnr_log(text)
