from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from speckleforge.emit.board.wrapper import (
    TOP,
    CoreWidths,
    blink_bits,
    board_sources,
    frame_addr_bits,
    host_sources,
    top_source,
)
from speckleforge.emit.board_bench import BENCH, CLOCK_MODELS
from speckleforge.errors import DesignError
from speckleforge.spec import load_target
from speckleforge.tools.find import find_tool, installed
from speckleforge.tools.process import minimal_environment, run_tool

HERE = Path(__file__).parent
TARGETS = HERE.parents[2] / "targets"
CORE = CoreWidths(in_bits=12, res_bits=76, frame_words=1000)


@pytest.fixture
def target() -> dict[str, Any]:
    return copy.deepcopy(yaml.safe_load((TARGETS / "ulx3s-25f.yaml").read_text(encoding="utf-8")))


def test_top_wires_the_pins_by_role(target: dict[str, Any]) -> None:
    text = top_source(target, CORE, 50.0, "interface 1\ndesign abc")
    assert text.startswith("// interface 1\n// design abc\n")
    for line in (
        "    output wire [7:0] led",
        "      .clk_in (clk_25mhz),",
        "      .uart_rx(ftdi_txd),",
        "      .uart_tx(ftdi_rxd),",
        "      .request(btn_fire1 || !locked),",
        "  assign wifi_gpio0 = 1'b1;",
        "    parameter int CLOCKS_PER_BIT = 50  // of the serial line",
        "      .FRAME_ADDR_BITS(11),",
    ):
        assert line in text


def test_sources_are_in_compile_order(target: dict[str, Any]) -> None:
    names = list(board_sources(target, CORE, 50.0, ""))
    assert names[0] == "sf_uart_rx.sv"
    assert names[-1] == f"{TOP}.sv"
    assert names.index("sf_link.sv") < names.index("sf_board_uart.sv")


@pytest.mark.parametrize(("words", "bits"), [(1, 9), (512, 10), (4225, 13), (8000, 14)])
def test_the_buffer_holds_a_frame_and_a_tail(words: int, bits: int) -> None:
    assert frame_addr_bits(words) == bits
    assert words < 1 << bits


def test_errors_name_the_place(target: dict[str, Any]) -> None:
    target["pins"]["led"]["role"] = "lde"
    with pytest.raises(DesignError, match=r"pins.led.role.*(\n.*)*did you mean 'led'"):
        top_source(target, CORE, 50.0, "")
    del target["pins"]["led"], target["pins"]["ftdi_txd"]
    with pytest.raises(DesignError, match="no pin has the role uart_rx"):
        top_source(target, CORE, 50.0, "")
    target["family"] = "virtex2"
    with pytest.raises(DesignError, match="no board top for this family"):
        board_sources(target, CORE, 50.0, "")


def kcu105() -> dict[str, Any]:
    """A board with a differential clock."""
    return copy.deepcopy(dict(load_target("kcu105-uart").values))


def test_a_differential_clock_enters_at_both_sides() -> None:
    text = top_source(kcu105(), CORE, 200.0, "")
    for line in (
        "    input  wire sysclk_300_p,",
        "    input  wire sysclk_300_n,",
        "    input  wire usb_uart_rx,",
        "    output wire [7:0] led",
        "    parameter int CLOCKS_PER_BIT = 217  // of the serial line",
        "  sf_clock_ultrascale #(",
        "      .PLUS         (1'b0),",
        "      .DIFFERENTIAL (1'b1),",
        "      .PERIOD_PS    (3333),",
        "      .MULTIPLY_8THS(32),",
        "      .OUTPUT_8THS  (48)",
        "      .clk_in  (sysclk_300_p),",
        "      .clk_in_n(sysclk_300_n),",
        "      .request(cpu_reset || !locked),",
        "      .BLINK_BITS     (23)",
    ):
        assert line in text


def test_a_clock_at_one_pin_and_the_other_family() -> None:
    board = kcu105()
    del board["pins"]["sysclk_300_n"]
    board["family"] = "ultrascaleplus"
    text = top_source(board, CORE, 100.0, "")
    for line in ("      .PLUS         (1'b1),", "      .DIFFERENTIAL (1'b0),", "      .clk_in_n(1'b0),"):
        assert line in text
    assert "BLINK_BITS" not in text, "as slow as before: the module's own"


def test_clocks_that_do_not_fit_name_the_place(target: dict[str, Any]) -> None:
    board = kcu105()
    with pytest.raises(DesignError, match="the MMCM cannot make this clock"):
        top_source(board, CORE, 66.667, "")
    board["clocks"]["oscillator"]["pin"] = "other"
    with pytest.raises(DesignError, match="none of the clocks enters at port 'sysclk_300_p'"):
        top_source(board, CORE, 200.0, "")
    target["pins"]["clk_n"] = {**target["pins"]["clk_25mhz"], "role": "clock_n"}
    with pytest.raises(DesignError, match="an ECP5 takes a pair at its first pin"):
        top_source(target, CORE, 50.0, "")


@pytest.mark.parametrize(("clock_mhz", "bits"), [(5, 22), (60, 22), (100, 22), (125, 23), (200, 23), (250, 24)])
def test_lamps_are_lit_long_enough_to_be_seen(clock_mhz: float, bits: int) -> None:
    assert blink_bits(clock_mhz) == bits
    assert (1 << bits) / (clock_mhz * 1e6) >= 0.04


def pll_model() -> str:
    """An empty EHXPLLL with the ports and parameters that `sf_clock_ecp5` uses: the real one is the vendor's."""
    inputs = "CLKI CLKFB PHASESEL1 PHASESEL0 PHASEDIR PHASESTEP PHASELOADREG STDBY PLLWAKESYNC RST"
    inputs += " ENCLKOP ENCLKOS ENCLKOS2 ENCLKOS3"
    outputs = "CLKOP CLKOS CLKOS2 CLKOS3 LOCK INTLOCK REFCLK CLKINTFB"
    words = "PLLRST_ENA INTFB_WAKE STDBY_ENABLE DPHASE_SOURCE FEEDBK_PATH CLKOP_ENABLE CLKOS_ENABLE"
    words += " OUTDIVIDER_MUXA OUTDIVIDER_MUXB OUTDIVIDER_MUXC OUTDIVIDER_MUXD"
    numbers = "CLKI_DIV CLKFB_DIV CLKOP_DIV CLKOP_CPHASE CLKOP_FPHASE CLKOS_DIV CLKOS_CPHASE CLKOS_FPHASE"
    parameters = [f'parameter {name} = ""' for name in words.split()]
    parameters += [f"parameter {name} = 1" for name in numbers.split()]
    ports = [f"input {name}" for name in inputs.split()] + [f"output {name}" for name in outputs.split()]
    quiet = "/* verilator lint_off UNUSED */ /* verilator lint_off UNDRIVEN */"
    return f"{quiet}\nmodule EHXPLLL #({', '.join(parameters)}) ({', '.join(ports)}); endmodule\n"


@pytest.mark.tools
@pytest.mark.skipif(installed("verilator") is None, reason="needs verilator")
def test_all_sources_are_lint_clean(target: dict[str, Any], tmp_path: Path) -> None:
    sources = board_sources(target, CORE, 50.0, "lint")
    for name, text in sources.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "EHXPLLL.v").write_text(pll_model(), encoding="utf-8")
    stub = (HERE / "stub_core.sv").read_text(encoding="utf-8")
    (tmp_path / "sf_core.sv").write_text(stub, encoding="utf-8")
    tool = find_tool("verilator")
    files = ["EHXPLLL.v", "sf_core.sv", *sources]
    command = [*tool.command, "--lint-only", "-Wall", "--top-module", TOP, *files]
    run_tool(command, cwd=tmp_path, log=tmp_path / "lint.log", env=minimal_environment(tool.env))


@pytest.mark.tools
@pytest.mark.skipif(installed("verilator") is None, reason="needs verilator")
@pytest.mark.parametrize("family", ["ultrascale", "ultrascaleplus"])
@pytest.mark.parametrize("pair", [True, False], ids=["pair", "one pin"])
def test_all_sources_with_an_mmcm_are_lint_clean(family: str, pair: bool, tmp_path: Path) -> None:
    board = kcu105() | {"family": family}
    if not pair:
        del board["pins"]["sysclk_300_n"]
    sources = board_sources(board, CORE, 200.0, "lint")
    model = (BENCH / CLOCK_MODELS[family]).read_text(encoding="utf-8")
    stub = (HERE / "stub_core.sv").read_text(encoding="utf-8")
    for name, text in {"models.sv": model, "sf_core.sv": stub, **sources}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    tool = find_tool("verilator")
    command = [*tool.command, "--lint-only", "-Wall", "--top-module", TOP, "models.sv", "sf_core.sv", *sources]
    run_tool(command, cwd=tmp_path, log=tmp_path / "lint.log", env=minimal_environment(tool.env))


def test_the_hosts_codec_runs_by_itself(tmp_path: Path) -> None:
    for name, text in host_sources().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    code = "import sf_link; print(sf_link.Decoder().feed(sf_link.encode_packet(1, b'x')))"
    run_tool(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {code}"], cwd=tmp_path, log=tmp_path / "log"
    )
    assert (tmp_path / "log").read_text(encoding="utf-8") == "[Packet(kind=1, payload=b'x')]\n"
