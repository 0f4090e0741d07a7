"""Control sets, slices with memory, levels of logic: on netlists of yosys, and against plain definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speckleforge.parsers.yosys_log import YosysLog
from speckleforge.parsers.yosys_netlist import Cell, Module, Port, parse_yosys_netlist
from speckleforge.synth import ecp5, xilinx
from speckleforge.synth.cells import Arc, arcs
from speckleforge.synth.flat import flatten
from speckleforge.synth.levels import Graph, longest
from speckleforge.synth.structure import control_set, structure_record
from tests.synth.designs import target

NETLISTS = Path(__file__).parent / "netlists"
FAMILIES = {"xilinx": ("kcu1500", xilinx.CELLS), "ecp5": ("ulx3s-25f", ecp5.CELLS)}


def record(family: str) -> dict[str, Any]:
    modules = parse_yosys_netlist((NETLISTS / f"{family}.json").read_text(encoding="utf-8"))
    board, table = FAMILIES[family]
    kernels = ("u_board.u_first", "u_second")  # a path above them does not matter
    return structure_record(modules, YosysLog((), ()), kernels, target(board), table)


@pytest.mark.parametrize(("family", "levels"), [("xilinx", {"carry": 3, "lut": 1}), ("ecp5", {"carry": 6})])
def test_levels_of_a_twelve_bit_adder(family: str, levels: dict[str, int]) -> None:
    paths = {path["name"]: path for path in record(family)["paths"]}
    assert set(paths) == {"u_first", "u_second", "overhead"}
    for name, end in (("u_first", "sum"), ("u_second", "q")):
        assert paths[name]["kinds"] == levels
        assert paths[name]["levels"] == sum(levels.values())
        assert paths[name]["start"].startswith((f"{name}.x[", f"{name}.y["))
        assert paths[name]["end"].startswith(f"{end}[")


@pytest.mark.parametrize("family", FAMILIES)
def test_control_sets_of_a_small_design(family: str) -> None:
    found = record(family)
    # Clock alone; clock and reset; clock, reset and enable. The second adder's constants leave it the first of these.
    assert found["control_sets"] == {
        "count": 3, "registers": 80, "clocks": 1, "enables": 1, "resets": 1, "asynchronous": 0,
        "median_size": 12, "small": 1,
    }  # fmt: skip
    assert found["latches"] == []
    assert found["loop"] == []


def test_memories_with_one_write_port_share_slices() -> None:
    found = record("xilinx")["lutram"]
    assert (found["luts"], found["write_ports"], found["slices"], found["available"]) == (8, 1, 1, 36720)
    modules = parse_yosys_netlist((NETLISTS / "xilinx.json").read_text(encoding="utf-8"))
    core = modules["sf_core"]
    ram = next(cell for cell in core.cells if cell.kind == "RAM32M16")
    shift = Cell("s", "SRL16E", {"CLK": (2,), "CE": ("1",), "D": (3,), "Q": (9998,), "A0": ("0",)}, {})
    other = Cell("r", ram.kind, {**ram.connections, "WE": (9999,)}, {})
    more = Module("sf_core", core.ports, (*core.cells, ram, other, shift, shift), core.names, True)
    found = structure_record(modules | {"sf_core": more}, YosysLog((), ()), (), target("kcu1500"), xilinx.CELLS)
    assert (found["lutram"]["luts"], found["lutram"]["write_ports"]) == (26, 3)
    assert found["lutram"]["slices"] == 2 + 1 + 1


def test_a_register_tells_its_control_set() -> None:
    pins: dict[str, tuple[int | str, ...]] = {"C": (1,), "CE": (2,), "D": (3,), "Q": (4,)}
    assert control_set(Cell("f", "FDRE", {**pins, "R": (5,)}, {})) == (1, 2, 5, False)
    assert control_set(Cell("f", "FDPE", {**pins, "PRE": (5,)}, {})) == (1, 2, 5, True)
    pins = {"CLK": (1,), "CE": (2,), "LSR": (5,), "DI": (3,), "Q": (4,)}
    assert control_set(Cell("f", "TRELLIS_FF", pins, {"CEMUX": "1 ", "SRMODE": "ASYNC"})) == (1, "1", 5, True)
    assert control_set(Cell("f", "LUT4", {}, {})) is None


def test_a_multiplier_with_registers_ends_a_path() -> None:
    pins: dict[str, tuple[int | str, ...]] = {"A": (1, 2), "B": (3,), "P": (4, 5)}
    open_ = dict.fromkeys(("AREG", "BREG", "MREG", "PREG"), f"{0:032b}")
    assert list(arcs(Cell("d", "DSP48E2", pins, open_))) == [Arc(4, (1, 2, 3)), Arc(5, (1, 2, 3))]
    assert list(arcs(Cell("d", "DSP48E2", pins, open_ | {"MREG": f"{1:032b}"}))) == []
    assert list(arcs(Cell("d", "DSP48E2", pins, {}))) == [], "its registers are on where nothing says otherwise"
    wide: dict[str, tuple[int | str, ...]] = {"A0": (1,), "B17": (2,), "P0": (3,)}
    assert list(arcs(Cell("m", "MULT18X18D", wide, {}))) == [Arc(3, (1, 2))]
    assert list(arcs(Cell("m", "MULT18X18D", wide, {"REG_PIPELINE_CLK": "CLK0"}))) == []


def test_a_port_of_a_memory_is_read_with_its_own_address() -> None:
    pins: dict[str, tuple[int | str, ...]] = {"ADDRA": (1,), "ADDRB": (2,), "DOA": (3,), "DOB": (4,), "DIA": (5,)}
    assert list(arcs(Cell("r", "RAM32M16", pins, {}))) == [Arc(3, (1,)), Arc(4, (2,))]


def luts(inputs: list[list[int]]) -> Module:
    """LUT number i drives net 100 + i and takes the nets of the LUTs in `inputs[i]`; registers drive nets below 100."""
    cells = tuple(
        Cell(f"l{index}", "LUT6", {**{f"I{pin}": (net,) for pin, net in enumerate(nets)}, "O": (100 + index,)}, {})
        for index, nets in enumerate(inputs)
    )
    return Module("top", {"clk": Port("input", (2,))}, cells, {}, True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 50), max_size=6), min_size=1, max_size=40))
def test_levels_are_those_of_the_definition(picks: list[list[int]]) -> None:
    nets = [[100 + pick if pick < index else 3 + pick for pick in row] for index, row in enumerate(picks)]
    graph = Graph.of(flatten({"top": luts(nets)}, "top"))
    depth: list[int] = []
    for row in nets:
        depth.append(1 + max((depth[net - 100] for net in row if net >= 100), default=0))
    order = graph.sort()
    assert longest(graph, order, lambda placed: "all")["all"].levels == max(depth)
    assert graph.loop(order) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=10, max_size=10), st.integers(1, 10))
def test_a_loop_is_found_where_there_is_one(next_of: list[int], count: int) -> None:
    """Each LUT takes the net of one other; from the first on they must run in a circle, unless the chain ends."""
    nets = [[100 + pick] if pick < count else [3] for pick in next_of[:count]]
    graph = Graph.of(flatten({"top": luts(nets)}, "top"))
    looping = False
    for start in range(count):
        at: int | None = start
        for _ in range(count + 1):
            at = nets[at][0] - 100 if at is not None and nets[at][0] >= 100 else None
        looping |= at is not None
    found = graph.loop(graph.sort())
    assert bool(found) == looping
    for name, after in zip(found, (*found[1:], *found[:1]), strict=True):
        assert nets[int(after[1:])] == [100 + int(name[1:])]


def test_a_net_through_a_module_is_one_net() -> None:
    inner = Module("pass", {"i": Port("input", (2,)), "o": Port("output", (2,))}, (), {2: "i"}, False)
    cells = (
        Cell("a", "LUT1", {"I0": (10,), "O": (11,)}, {}),
        Cell("u", "pass", {"i": (11,), "o": (12,)}, {}),
        Cell("b", "LUT1", {"I0": (12,), "O": (13,)}, {}),
        Cell("k", "pass", {"i": ("1",), "o": (14,)}, {}),
        Cell("f", "FDRE", {"C": (9,), "CE": (14,), "R": ("0",), "D": (13,), "Q": (10,)}, {}),
    )
    design = flatten({"top": Module("top", {}, cells, {10: "q"}, True), "pass": inner}, "top")
    graph = Graph.of(design)
    path = longest(graph, graph.sort(), lambda placed: "all")["all"]
    assert (path.levels, path.start, path.end) == (2, "q", "q")
    assert control_set(design.cells[-1].cell) == (design.cells[-1].cell.connections["C"][0], "1", "0", False)
