"""Reports that real tools wrote, where they are at hand: each parses to the values that a reader finds in the file.

The values were read from the files by eye, never from a parser. A path is names and positions with dots between them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from speckleforge.parsers.part_name import parse_part
from speckleforge.parsers.report_kinds import Report, decode_report, parse_report

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SPECKLEFORGE_SHARED", REPOSITORY.parent / "shared")) / "vendor_reports"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real reports are not at hand ({SHARED})")

KU115, ARTIX, TPU = "ku115_vivadohls2018.2_hls4ml", "vivado2019.2_edalize", "xc7a100t_vivado2023.2_tpucores"
ZYNQ, HETERO, ZU3EG = "xc7z020_2020.1_hls4ml", "vivadohls2019.1_heterocl", "zu3eg_vivado2021.2_lakeroad"

HLS_2018: dict[str, Any] = {"tool": "Vivado HLS", "version": "2018.2", "stage": "csynthesised", "clock_target_ns": 5.0}
HLS_2018 |= {"part": "xcku115-flva1517-2-e", "clock_uncertainty_ns": 0.62}
KU115_HALF = {"resources.dsp.available_slr": 2760, "resources.dsp.available": 5520, "resources.lut.available": 663360}
HLS_2019: dict[str, Any] = {"kind": "hls_xml", "tool": "Vivado HLS", "version": "2019.1.3", "stage": "csynthesised"}
ROUTED_2023: dict[str, Any] = {"tool": "Vivado", "version": "2023.2", "stage": "placed_and_routed"}

EXPECTED: dict[str, dict[str, Any]] = {
    f"{KU115}/myproject_csynth.rpt": HLS_2018
    | KU115_HALF
    | {
        **{"kind": "hls_report", "top": "myproject", "family": "kintexu", "clock_estimated_ns": 4.168},
        **{"latency_cycles": {"low": 14, "high": 14}, "interval_cycles": {"low": 1, "high": 1}, "pipeline": "function"},
        **{"resources.bram_18k.used": 18, "resources.dsp.used": 792, "resources.ff.used": 43219, "loops": []},
        **{"instances.0.instance": "grp_conv_1d_0_0_0_0_fu_36", "instances.0.resources.dsp": 504},
        **{"instances.2.latency_cycles.high": 6, "instances.3.resources.lut": 612},
        **{"ports.9.name": "data_V", "ports.9.bits": 768, "ports.9.protocol": "ap_vld"},
    },
    f"{KU115}/myproject_csynth.xml": HLS_2018
    | {
        **{"kind": "hls_xml", "clock_estimated_ns": 4.168, "latency_average_cycles": 14, "interval_cycles.high": 1},
        **{"resources.lut.used": 21809, "resources.lut.available": 663360, "ports.8.source": "data_V", "loops": []},
    },
    f"{KU115}/myproject_galapagos_csynth.rpt": HLS_2018
    | KU115_HALF
    | {
        **{"latency_cycles.high": 115, "interval_cycles.high": 115, "clock_estimated_ns": 4.312, "pipeline": "none"},
        **{"loops.0.name": "Loop 1", "loops.0.trip_count.low": 4, "loops.0.latency_cycles.high": 80},
        **{"loops.0.loops.0.name": "Loop 1.1", "loops.0.loops.0.iteration_latency_cycles.low": 3},
        **{"loops.1.name": "Loop 2", "loops.1.pipelined": False, "resources.lut.used": 43343},
    },
    f"{KU115}/csynth.xml": HLS_2018
    | {
        **{"kind": "hls_xml", "top": "myproject_galapagos", "latency_cycles.low": 115, "interval_cycles.high": 116},
        **{"loops.0.loops.0.trip_count.high": 6, "loops.1.latency_cycles.low": 18, "resources.ff.used": 44641},
        **{"ports.6.name": "in_V_data_V_dout", "ports.6.protocol": "ap_fifo", "ports.6.bits": 64},
    },
    f"{KU115}/conv_1d_0_0_0_0_csynth.rpt": HLS_2018
    | KU115_HALF
    | {"clock_estimated_ns": 3.806, "latency_cycles.high": 3, "resources.dsp.used": 504, "resources.ff.used": 26679},
    f"{KU115}/conv_1d_0_0_0_0_csynth.xml": HLS_2018
    | {"clock_estimated_ns": 3.806, "latency_cycles.high": 3, "resources.lut.used": 9051, "resources.bram_18k.used": 0}
    | {"ports.0.source": "conv_1d.0.0.0.0", "ports.2.name": "ap_return_0"},
    f"{KU115}/softmax_csynth.rpt": HLS_2018
    | KU115_HALF
    | {"clock_estimated_ns": 3.958, "latency_cycles.low": 6, "resources.bram_18k.used": 18, "resources.lut.used": 7002},
    f"{KU115}/compute_layer_0_0_0_s_csynth.rpt": HLS_2018
    | KU115_HALF
    | {"latency_cycles.high": 2, "interval_cycles.low": 1, "resources.dsp.used": 288, "resources.ff.used": 14711}
    | {"ports.20.name": "data_11_V_read", "ports.20.bits": 32},
    f"{KU115}/solution1.log": {
        **{"kind": "log", "tool": "Vivado HLS", "version": "2018.2", "warnings": 37, "critical_warnings": []},
        **{"errors.0.id": "HLS 200-70", "errors.0.line": 350, "errors.6.line": 932, "ended_well": False},
        **{"infos": 592, "findings.missing_licence": []},
    },
    f"{KU115}/vivado_hls.log": {
        **{
            "kind": "log",
            "tool": "Vivado HLS",
            "version": "2018.2",
            "warnings": 9,
            "errors": [],
            "critical_warnings": [],
        },
        **{"ended_well": True, "usage.elapsed_s": 61.45, "usage.peak_memory_mb": 765.703},
    },
    f"{ZYNQ}/myproject_csynth.rpt": {
        **{"tool": "Vivado HLS", "version": "2020.1", "part": "xc7z020-clg400-1", "clock_estimated_ns": 4.049},
        **{"latency_cycles.high": 10, "interval_cycles.high": 8, "pipeline": "dataflow", "resources.dsp.used": 73},
        **{"resources.uram": {"used": 0, "available": 0, "available_slr": None}, "instances.0.latency_cycles.low": 7},
        **{"ports.0.name": "fc1_input_V_data_0_V_TDATA", "ports.0.protocol": "axis", "instances.1.resources.lut": 256},
    },
    f"{ZYNQ}/myproject_csynth.xml": {
        **{"tool": "Vivado HLS", "version": "2020.1", "top": "myproject", "clock_target_ns": 5.0, "family": "zynq"},
        **{
            "latency_average_cycles": 10,
            "interval_cycles.low": 8,
            "resources.ff.used": 7969,
            "ports.68.name": "ap_idle",
        },
    },
    f"{ZYNQ}/vivado_synth.rpt": {
        **{"kind": "utilisation", "version": "2020.1", "stage": "synthesised", "header.device": "7z020clg400-1"},
        **{"totals.lut.used": 1526, "totals.lut.available": 53200, "totals.lutram.used": 48, "totals.srl.used": 48},
        **{"totals.ff.used": 2428, "totals.dsp.used": 66, "totals.bram.used": 0, "totals.carry.used": 295},
        **{"totals.io.used": 384, "totals.uram.used": None, "sections.3.title": "IO and GT Specific"},
        **{"sections.3.rows.0.percent": 307.2, "primitives.0.name": "FDRE", "black_boxes": [], "control_sets": None},
        **{"sections.0.rows.0.prohibited": None, "header.speed_file": None},
    },
    f"{HETERO}/canny_report.xml": HLS_2019
    | {
        **{"part": "xc7z020-clg484-1", "latency_cycles": {"low": 170457505, "high": 176256955}},
        **{"latency_average_cycles": 172726855, "clock_estimated_ns": 9.634, "resources.bram_18k.used": 1536},
        **{"loops.0.loops.0.loops.0.loops.0.name": "A_ra1", "loops.4.name": "S_x7"},
        **{"loops.4.latency_cycles": {"low": 1009420, "high": 6808870}, "flow_target": None},
    },
    f"{HETERO}/digitrec_report.xml": HLS_2019
    | {
        **{
            "part": "xcu280-fsvh2892-2L-e",
            "flow_target": "vitis",
            "clock_target_ns": 3.33,
            "latency_cycles.low": 20080,
        },
        **{
            "loops.0.ii_achieved": 1,
            "loops.0.depth_cycles": 4,
            "loops.2.name": "knn_update_y1",
            "resources.ff.used": 7559,
        },
    },
    f"{HETERO}/kmeans_report.xml": HLS_2019
    | {
        **{"latency_cycles.high": 9192682, "interval_cycles.high": 9192683, "resources.dsp.used": 0},
        **{
            "resources.dsp.available": 9024,
            "resources.uram.available": 960,
            "loops.2.name": "main_loop__1",
            "loops.2.loops.0.ii_achieved": 142,
        },
    },
    f"{HETERO}/sobel_report_partial.xml": HLS_2019
    | {
        **{"latency_cycles.low": 27588759, "resources.dsp.used": 46, "resources.lut.used": 19117},
        **{
            "loops.1.pipelined": True,
            "loops.1.depth_cycles": 123,
            "loops.2.loops.0.loops.0.loops.0.latency_cycles.low": 39,
        },
    },
    f"{ARTIX}/artix7_timing_VIOL.rpt": {
        **{"kind": "timing_summary", "version": "2019.2", "verdict": "not_met", "stage": "placed_and_routed"},
        **{"design.wns_ns": -3.463, "design.tns_ns": -4.14, "design.tns_failing_endpoints": 10, "design.whs_ns": 0.097},
        **{"design.tns_total_endpoints": 2371, "design.wpws_ns": 1.37, "clocks.0.period_ns": 5.0, "inter_clock": []},
        **{"clocks.0.fmax_mhz": pytest.approx(1000 / 8.463), "paths.0.source": "dout_shr_reg[306]/C"},
        **{
            "paths.1.slack_ns": -0.147,
            "paths.1.logic_levels": 2,
            "paths.2.data_path_delay_ns": 4.862,
            "checks.loops": 0,
        },
        **{"paths.2.logic_ns": 1.639, "paths.2.clock_skew_ns": -0.316, "header.device": "7a200t-ffv1156"},
    },
    f"{ARTIX}/artix7_utilization_placed.rpt": {
        **{"stage": "placed", "totals.lut.used": 1009, "totals.lutram.used": 55, "totals.ff.used": 920},
        **{"totals.carry.used": 83, "totals.srl.used": 7, "control_sets": 24, "totals.dsp.available": 740},
    },
    f"{ARTIX}/xcku3p_utilization_placed.rpt": {
        **{"stage": "placed", "header.device": "xcku3pffva676-2", "totals.lut.used": 999, "totals.ff.used": 920},
        **{"totals.carry": {"used": 42, "available": 27120}, "totals.uram": {"used": 0, "available": 48}},
        **{"totals.bufg": {"used": 1, "available": 256}, "control_sets": 27, "sections.5.rows.0.percent": 0.39},
    },
    f"{ARTIX}/artyA7_utilization_place.rpt": {
        **{
            "header.device": "7a35ticsg324-1L",
            "totals.lut.used": 8297,
            "totals.bram.used": 29.5,
            "totals.bram18.used": 27,
        },
        **{"totals.bram36.used": 16, "totals.dsp.used": 4, "totals.bufg.used": 6, "totals.io.used": 91},
        **{"totals.pll.used": 1, "control_sets": 345, "sections.0.rows.2.used": 1934},
    },
    f"{ZU3EG}/timing_MET_postroute.txt": {
        **{"verdict": "met", "stage": "placed_and_routed", "design.wns_ns": 7.221, "design.whs_ns": 0.048},
        **{"design.tpws_total_endpoints": 164, "clocks.0.period_ns": 10.0, "paths.0.logic_levels": 6},
        **{"paths.1.slack_ns": 0.048, "paths.1.delay_type": "min", "header.temperature_grade": "E"},
    },
    f"{ZU3EG}/timing_VIOL_place_ext_v.rpt": {
        **{"verdict": "not_met", "stage": "placed", "design.wns_ns": -0.139, "design.tns_failing_endpoints": 19},
        **{
            "checks.no_input_delay": 131,
            "checks.no_output_delay": 44,
            "paths.0.route_ns": 1.5,
            "paths.0.logic_levels": 15,
        },
        **{"paths.0.source": "fsm2/out_reg[3]/C", "header.speed_file": "-1  PRODUCTION 1.29 08-03-2020"},
    },
    f"{ZU3EG}/timing_noconstraints_synth_ext_v.rpt": {
        **{"verdict": "no_constraints", "design.wns_ns": None, "design.tpws_total_endpoints": None, "clocks": []},
        **{"checks.no_clock": 304, "checks.unconstrained_internal_endpoints": 945, "paths": [], "stage": None},
    },
    f"{ZU3EG}/utilization_synth.txt": {
        **{
            "stage": "synthesised",
            "totals.lut.used": 233,
            "totals.ff.used": 162,
            "totals.dsp": {"used": 3, "available": 360},
        },
        **{"totals.carry.used": 13, "totals.bufg.available": 196, "header.speed_file": "-1"},
    },
    f"{ZU3EG}/utilization_postroute.txt": {
        **{"stage": "placed_and_routed", "totals.lut.used": 225, "control_sets": 9, "totals.bram.available": 216},
        **{"primitives.0": {"name": "LUT2", "used": 240, "category": "CLB"}, "totals.io.available": 82},
    },
    f"{TPU}/power.rpt": ROUTED_2023
    | {
        **{"kind": "power", "total_on_chip_w": 0.486, "dynamic_w": 0.383, "static_w": 0.103, "confidence": "Low"},
        **{
            "junction_temperature_c": 27.2,
            "activity": "vectorless",
            "process": "typical",
            "components.0.power_w": 0.025,
        },
        **{"components.3.power_w": None, "components.3.power_below_w": 0.001, "components.10.name": "Block RAM"},
        **{"hierarchy.12.name": "tpu", "hierarchy.12.depth": 2, "hierarchy.12.power_w": 0.205},
        **{"confidences.2.confidence": "Low", "ambient_c": 25.0},
    },
    f"{TPU}/timing.rpt": ROUTED_2023
    | {
        **{"verdict": "met", "design.wns_ns": 0.55, "design.wpws_ns": 3.0, "clocks.0.fmax_mhz": None},
        **{"clocks.1.depth": 1, "clocks.1.fmax_mhz": pytest.approx(1000 / 9.45), "intra_clock.0.slacks.wns_ns": None},
        **{"intra_clock.0.slacks.wpws_ns": 3.0, "intra_clock.1.slacks.tns_total_endpoints": 16262},
        **{"intra_clock.2.slacks.tpws_total_endpoints": 3, "paths.0.route_ns": 8.259, "checks.no_output_delay": 5},
    },
    f"{TPU}/system_wrapper_timing_summary_routed.rpt": ROUTED_2023
    | {
        **{"verdict": "met", "design.ths_total_endpoints": 16262, "clocks.2.name": "clkfbout_system_clk_wiz_0_0_1"},
        **{"paths.0.slack_ns": 0.55, "paths.0.met": True, "header.device": "7a100t-csg324", "other_groups": []},
    },
    f"{TPU}/utilization.rpt": ROUTED_2023
    | {
        **{"totals.lut.used": 4289, "totals.lutram.used": 105, "totals.srl.used": 61, "totals.bram.used": 96},
        **{"totals.dsp.used": 133, "totals.carry.used": 216, "control_sets": 265, "sections.0.rows.0.prohibited": 0},
        **{"netlists.0": {"name": "system_uart_0", "used": 1, "category": None}, "sections.2.rows.2.depth": 2},
    },
    f"{TPU}/utilization_hier.rpt": ROUTED_2023
    | {
        **{"kind": "utilisation_hierarchy", "instances.0.name": "system_wrapper", "instances.0.totals.lut": 4289},
        **{"instances.0.totals.lutram": 105, "instances.0.children.0.name": "(system_wrapper)"},
        **{"instances.0.children.1.children.7.name": "tpu", "instances.0.children.1.children.7.totals.dsp": 129},
        **{
            "instances.0.children.1.children.4.counts.FFs": 832,
            "instances.0.children.1.children.4.module": "system_cpu_0",
        },
        **{"instances.0.children.1.children.7.totals.bram": 32},
    },
    f"{TPU}/system_wrapper_utilization_synth.rpt": {
        **{"stage": "synthesised", "totals.lut.used": 0, "totals.io.used": 11, "black_boxes.0.name": "system_uart_0"},
        **{"black_boxes.8.name": "system_axi_smc_0", "primitives.0": {"name": "IBUF", "used": 6, "category": "IO"}},
    },
    f"{TPU}/ooc_tpu_utilization_synth.rpt": {
        **{"stage": "synthesised", "totals.lut.used": 2153, "totals.dsp.used": 129, "totals.bram36.used": 32},
        **{"totals.srl.used": 56, "totals.carry.used": 73, "totals.io.used": 0},
    },
    f"{TPU}/system_wrapper_drc_routed.rpt": ROUTED_2023
    | {
        **{"kind": "rules", "checks": "drc", "ruledeck": "default", "found": 264, "rules.0.rule": "DPIP-1"},
        **{"rules.0.count": 128, "rules.3.description": "No routable loads", "findings.0.number": 1},
        **{"findings.263.rule": "RTSTAT-10", "rules.1.severity": "Warning"},
    },
    f"{TPU}/system_wrapper_methodology_drc_routed.rpt": ROUTED_2023
    | {
        **{
            "kind": "rules",
            "checks": "methodology",
            "found": 1,
            "rules.0.rule": "XDCC-7",
            "findings.0.severity": "Warning",
        },
        **{"rules.0.description": "Scoped Clock constraint overwritten on the same source", "ruledeck": None},
    },
    f"{TPU}/system_wrapper_clock_utilization_routed.rpt": ROUTED_2023
    | {
        **{"kind": "clock_utilisation", "primitives.0": {"kind": "BUFGCTRL", "used": 2, "available": 32}},
        **{"clocks.0.clock_loads": 4887, "clocks.0.period_ns": 10.0, "clocks.1.site": "BUFGCTRL_X0Y17"},
        **{"regions.2.region": "X0Y1", "regions.2.used.FF": 1566, "regions.2.available.FF": 2000},
        **{"regions.7.available.RAMB36": 15, "clocks.1.clock": "clkfbout_system_clk_wiz_0_0_1"},
    },
    f"{TPU}/system_wrapper_route_status.rpt": {
        **{"kind": "route_status", "logical_nets": 14211, "nets_not_needing_routing": 3447, "routable_nets": 10764},
        **{"fully_routed_nets": 10764, "nets_with_routing_errors": 0, "routed": True, "stage": "placed_and_routed"},
    },
    f"{TPU}/system_wrapper_control_sets_placed.rpt": {
        **{
            "kind": "control_sets",
            "control_sets": 265,
            "unused_registers": 665,
            "histogram.3.count": 82,
            "listed": 265,
        },
        **{
            "flip_flops.2.registers": 1316,
            "flip_flops.2.synchronous": True,
            "header.device": "xc7a100t",
            "stage": None,
        },
    },
    f"{TPU}/system_wrapper_bus_skew_routed.rpt": ROUTED_2023
    | {"kind": "bus_skew", "constraints": [], "header.design": "system_wrapper", "header.build": "4029153"},
    f"{TPU}/impl_runme.log": {
        **{"kind": "log", "tool": "Vivado", "version": "2023.2", "warnings": 358, "errors": [], "ended_well": True},
        **{"critical_warnings.0.id": "Constraints 18-1055", "critical_warnings.0.line": 229},
        **{"usage.peak_memory_mb": 3584.977, "findings.crashed": []},
    },
    f"{TPU}/synth_runme.log": {
        **{"kind": "log", "tool": "Vivado", "version": "2023.2", "warnings": 22, "errors": [], "ended_well": True},
        **{"critical_warnings.0.id": "Constraints 18-1056", "usage.steps.1.step": "synth_design"},
        **{"usage.steps.1.elapsed_s": 17.0, "usage.peak_memory_mb": 2266.418},
    },
}
# (errors, critical warnings, warnings) as the list of the reports gives them.
COUNTS = {
    f"{KU115}/solution1.log": (7, 0, 37),
    f"{KU115}/vivado_hls.log": (0, 0, 9),
    f"{TPU}/impl_runme.log": (0, 1, 358),
    f"{TPU}/synth_runme.log": (0, 1, 22),
}
PORTS = {
    f"{KU115}/csynth.xml": 42,
    f"{ZYNQ}/myproject_csynth.xml": 69,
    f"{HETERO}/canny_report.xml": 23,
    f"{HETERO}/kmeans_report.xml": 155,
}


def parsed(name: str) -> Report:
    return parse_report(decode_report((SHARED / name).read_bytes()), name)


def at(document: Any, path: str) -> Any:
    """The value at a path."""
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


@pytest.mark.parametrize("name", EXPECTED)
def test_values_as_a_reader_finds_them(name: str) -> None:
    document = parsed(name).as_dict()
    assert len(EXPECTED[name]) >= 5
    assert {path: at(document, path) for path in EXPECTED[name]} == EXPECTED[name]


def test_every_report_at_hand_parses() -> None:
    there = {str(path.relative_to(SHARED)) for path in SHARED.glob("*/*")}
    assert set(EXPECTED) <= there
    for name in there - set(EXPECTED):
        assert parsed(name).kind


@pytest.mark.parametrize("name", COUNTS)
def test_messages_of_logs_are_counted(name: str) -> None:
    record = parsed(name).record
    assert (len(record.errors), len(record.critical_warnings), record.warnings) == COUNTS[name]


@pytest.mark.parametrize("name", PORTS)
def test_ports_are_counted(name: str) -> None:
    assert len(parsed(name).record.ports) == PORTS[name]


def test_text_and_xml_of_one_run_agree() -> None:
    for stem in ("myproject_csynth", "conv_1d_0_0_0_0_csynth"):
        text, xml = (parsed(f"{KU115}/{stem}.{end}").record for end in ("rpt", "xml"))
        for field in ("top", "part", "clock_estimated_ns", "latency_cycles", "interval_cycles", "pipeline"):
            assert getattr(text, field) == getattr(xml, field)
        assert {k: (v.used, v.available) for k, v in text.resources.items()} == {
            k: (v.used, v.available) for k, v in xml.resources.items()
        }


def test_reports_of_one_build_name_one_part() -> None:
    parts = [
        report.header.part
        for name in EXPECTED
        if name.startswith(TPU) and hasattr(report := parsed(name).record, "header")
    ]
    target = parse_part("xc7a100tcsg324-1")
    assert target is not None
    assert len(parts) >= 11
    assert all(part is not None and part.may_be(target) for part in parts)
