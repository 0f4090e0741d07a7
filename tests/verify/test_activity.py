"""Switching activity: counted again from a waveform of the same run, named as yosys names the same sources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speckleforge.artifacts.context import StageContext
from speckleforge.emit import stage as emit
from speckleforge.errors import StageError
from speckleforge.ir.core import simulate_core
from speckleforge.ir.design import Design, print_design
from speckleforge.parsers.saif import Saif, check_durations, parse_saif
from speckleforge.tools.find import installed
from speckleforge.verify import activity, verilate
from speckleforge.verify.rtl_checks import frames_of
from tests.emit.designs import small
from tests.verify.rtl_build import board_target, export

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not all(map(installed, ("verilator", "g++", "make"))), reason="needs verilator, g++, make"),
    pytest.mark.xdist_group("rtl"),
]
DESIGN = small(arithmetic="da")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the stage reads, by role."""
    folder = tmp_path_factory.mktemp("activity")
    return {**emitted(DESIGN, folder), **export(DESIGN, folder / "export")}


def emitted(design: Design, folder: Path) -> dict[str, Path]:
    """`rtl/` and `bench/` of a design."""
    (folder / "emit").mkdir()
    (folder / "design.txt").write_text(print_design(design), encoding="utf-8")
    context = StageContext({"target": board_target()}, {"design": folder / "design.txt"}, folder / "emit", folder)
    emit.run(context)
    return {name: folder / "emit" / name for name in ("rtl", "bench")}


def record_activity(inputs: dict[str, Path], folder: Path) -> tuple[dict[str, Any], Path]:
    """Run the stage; its record, and its folder of outputs."""
    for name in ("out", "scratch"):
        (folder / name).mkdir()
    activity.run(StageContext({}, inputs, folder / "out", folder / "scratch"))
    return json.loads((folder / "out" / "activity.json").read_text(encoding="utf-8")), folder / "out"


@pytest.fixture(scope="module")
def recorded(inputs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Saif]:
    record, out = record_activity(inputs, tmp_path_factory.mktemp("run"))
    assert record["bytes"] == (out / "activity.saif").stat().st_size
    return record, parse_saif((out / "activity.saif").read_text(encoding="ascii"))


def test_the_record(recorded: tuple[dict[str, Any], Saif]) -> None:
    record, saif = recorded
    kernels = [item.kernel for item in DESIGN.instances]
    interval = simulate_core(kernels, 12, interface=DESIGN.settings.interface).interval_cycles
    assert (record["stage"], record["implementation"], record["patterns"]) == ("simulated", "rtl", 20)
    assert record["cycles"] == interval * record["patterns"], "frames enter at the core's own rate"
    assert record["duration_ps"] == saif.duration == record["cycles"] * 1_000_000_000 // DESIGN.settings.clock_khz
    assert [kernel["name"] for kernel in record["kernels"]] == [*(item.name for item in DESIGN.instances), "overhead"]
    for key in ("nets", "toggles"):
        assert sum(kernel[key] for kernel in record["kernels"]) == record[key]
        assert all(kernel[key] > 0 for kernel in record["kernels"])
    assert "watt" not in json.dumps(record).lower()
    check_durations(saif)


def test_no_net_changes_more_often_than_once_a_cycle_but_the_clock(recorded: tuple[dict[str, Any], Saif]) -> None:
    record, saif = recorded
    for path, net in saif.walk():
        most = 2 if net.name.rpartition(".")[2] == "clk" else 1
        assert net.toggles is not None
        assert 0 <= net.toggles <= most * record["cycles"], f"{path}/{net.name}"
        assert net.toggles or 0 in (net.low, net.high), "a net that never changes is always low or always high"


def waveform(text: str) -> Iterator[tuple[str, int, int]]:
    """(name of each bit as the simulator has it, changes, time at 1) of a VCD text."""
    scopes: list[str] = []
    names: dict[str, list[tuple[str, int]]] = {}
    values: dict[str, str] = {}
    changes: dict[tuple[str, int], int] = {}
    high: dict[tuple[str, int], int] = {}
    since: dict[str, int] = {}
    now = 0

    def account(code: str) -> None:
        for bit, char in enumerate(reversed(values[code])):
            high[code, bit] = high.get((code, bit), 0) + (now - since[code]) * (char == "1")
        since[code] = now

    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "$scope":
            scopes.append(words[2])
        elif words[0] == "$upscope":
            scopes.pop()
        elif words[0] == "$var":
            names.setdefault(words[3], []).append(("/".join([*scopes, words[4]]), int(words[2])))
        elif line[0] == "#":
            now = int(line[1:])
        elif line[0] in "01b":
            value, code = (words[0][1:], words[1]) if line[0] == "b" else (line[0], line[1:])
            value = value.zfill(names[code][0][1])
            if code in values:
                account(code)
                for bit, (old, new) in enumerate(zip(reversed(values[code]), reversed(value), strict=True)):
                    changes[code, bit] = changes.get((code, bit), 0) + (old != new)
            values[code], since[code] = value, now
    for code, found in names.items():
        account(code)
        for name, width in found:
            for bit in range(width):
                index = f"[{bit}]" if width > 1 else ""
                yield name + index, changes.get((code, bit), 0), high[code, bit]


def is_net(name: str) -> bool:
    """Below the core, and not there for a linter or the simulation alone."""
    return name.count("/") > 1 and not name.rpartition("/")[2].startswith(("unused", "high_water"))


def as_net(name: str) -> str:
    """The path of a net of the waveform as the stage writes it: below the core, blocks with a point."""
    return re.sub(r"(^|/)((?:g_\w+(?:\[\d+\])?/)+)", lambda m: m[1] + m[2].replace("/", "."), name.split("/", 2)[2])


def test_counts_are_those_of_a_waveform_of_the_same_run(
    inputs: dict[str, Path], recorded: tuple[dict[str, Any], Saif], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, saif = recorded
    monkeypatch.setattr(verilate, "TRACE", ("--trace-vcd", *verilate.TRACE[1:]))
    with pytest.raises(Exception, match="not a SAIF file"):
        record_activity(inputs, tmp_path)
    text = (tmp_path / "scratch" / "runs" / "run_1" / "activity.saif").read_text(encoding="ascii")
    below = [(f"{path}/{net.name}".split("/", 2)[2], net) for path, net in saif.walk()]
    expected = {as_net(name): (changed, high) for name, changed, high in waveform(text) if is_net(name)}
    assert {name: (net.toggles, net.high) for name, net in below} == expected
    assert len(below) > 2000


def yosys_nets(rtl: Path, folder: Path) -> dict[str, set[str]]:
    """Path of each instance -> names of the wires in it, as yosys elaborates the core.

    It makes a block `genblk<n>` of an `else if`, which in the language is none (IEEE Std 1800-2017, 27.5).
    """
    files = json.loads((rtl / "files.json").read_text(encoding="utf-8"))
    script = folder / "read.py"
    names = " ".join(str(rtl / name) for name in files["core_files"])
    script.write_text(
        "import pyosys.libyosys as ys\nd = ys.Design()\n"
        f"for line in ({f'read_verilog -sv {names}'!r}, 'hierarchy -top sf_core', 'proc', 'write_json out.json'):\n"
        "    ys.run_pass(line, d)\n",
        encoding="utf-8",
    )
    subprocess.run([sys.executable, str(script)], cwd=folder, check=True, capture_output=True)
    modules = json.loads((folder / "out.json").read_text(encoding="utf-8"))["modules"]
    found: dict[str, set[str]] = {}

    def plain(name: str) -> str:
        return re.sub(r"\bgenblk\d+\.", "", name)

    def walk(module: str, path: str) -> None:
        found[path] = {plain(name) for name, net in modules[module]["netnames"].items() if not net.get("hide_name")}
        for name, cell in modules[module]["cells"].items():
            if cell["type"] in modules:
                walk(cell["type"], f"{path}/{plain(name)}")

    walk(next(name for name in modules if name.lstrip("\\") == "sf_core"), "sf_core")
    return found


@pytest.mark.skipif(not installed("pyosys"), reason="needs pyosys")
def test_instances_and_nets_are_called_as_yosys_calls_them(
    inputs: dict[str, Path], recorded: tuple[dict[str, Any], Saif], tmp_path: Path
) -> None:
    traced: dict[str, set[str]] = {}
    for path, net in recorded[1].walk():
        traced.setdefault(path.partition("/")[2], set()).add(re.sub(r"\[\d+\]$", "", net.name))
    netlist = yosys_nets(inputs["rtl"], tmp_path)
    assert set(traced) <= set(netlist), "an instance that no netlist has"
    unknown = {f"{path}/{name}" for path, names in traced.items() for name in names - netlist[path]}
    assert not unknown
    assert sum(map(len, traced.values())) > 0.9 * sum(map(len, netlist.values()))


def test_a_run_without_the_frames_that_were_asked_for_fails(inputs: dict[str, Path], tmp_path: Path) -> None:
    for name in ("out", "scratch"):
        (tmp_path / name).mkdir()
    sim = activity._simulator(StageContext({}, inputs, tmp_path / "out", tmp_path / "scratch"))
    image = inputs["weights"].read_bytes()
    words = np.load(inputs["vectors"] / f"{sim.design.topology.nodes[0].name}.npy")
    script = sim.script().begin(1, image).add("activity 100000 9 1 5 x.saif")
    with pytest.raises(StageError, match="never came"):
        sim.run(script.frames(frames_of(sim, words, range(4))).add("wait"))
