"""Commands and options of the HLS tools' Tcl, by release. Takes nothing; gives one table.

Sources: UG1399, Vitis High-Level Synthesis User Guide, "Command Reference", the releases named in `seen`; UG902, Vivado
Design Suite User Guide: High-Level Synthesis, 2019.2 and 2020.1, "High-Level Synthesis Reference Guide". Of UG902 the
pages themselves were not at hand: what is said of `vivado_hls` was read from scripts that ran in it (slaclab/ruckus
`vivado/hls/build.tcl`, hls4ml's `build_prj.tcl` and the log of its run in 2018.2) and is marked so.
"""

from __future__ import annotations

from speckleforge.synth.amd.table import Command, Option, flag

VIVADO_HLS, VITIS_HLS, VITIS_RUN = "vivado_hls", "vitis_hls", "vitis-run"
ALL = (VIVADO_HLS, VITIS_HLS, VITIS_RUN)
RAN = "scripts that ran in vivado_hls 2018.2"
_VITIS = "2020.2"  # first release of vitis_hls

HLS_TABLE: tuple[Command, ...] = (
    Command("open_project", ALL, "UG1399 open_project", f"2025.2; {RAN}", (flag("-reset"),), 1, 1),
    Command(
        "open_solution",
        ALL,
        "UG1399 open_solution",
        f"2025.2; {RAN}",
        (flag("-reset"), Option("-flow_target", values=("vivado", "vitis"), since=_VITIS)),
        1,
        1,
    ),
    Command(
        "open_component",
        (VITIS_RUN,),
        "UG1399 open_component",
        "2025.1, 2025.2",
        (flag("-reset"), Option("-flow_target", values=("vivado", "vitis"))),
        1,
        1,
        since="2025.1",
    ),
    Command("set_top", ALL, "UG1399 set_top", f"2020.2 to 2025.2; {RAN}", least=1, most=1),
    Command("set_part", ALL, "UG1399 set_part", f"2020.2 to 2025.2; {RAN}", least=1, most=1),
    Command(
        "add_files",
        ALL,
        "UG1399 add_files",
        f"2023.2, 2025.2; {RAN}",
        (flag("-tb"), Option("-cflags"), Option("-csimflags")),
        1,
        1,
        reads=True,
    ),
    Command("create_clock", ALL, "UG1399 create_clock", f"2022.2, 2025.2; {RAN}", (Option("-period"), Option("-name"))),
    Command("set_clock_uncertainty", ALL, "UG1399 set_clock_uncertainty", "2020.2, 2025.2", least=1, most=2),
    Command(
        "config_rtl",
        ALL,
        "UG1399 config_rtl",
        "2021.2, 2022.2, 2023.2, 2025.2; vivado_hls: UG902",
        (Option("-reset", values=("none", "control", "state", "all")),),
    ),
    Command(
        "config_compile",
        ALL,
        "UG1399 config_compile",
        "2020.2, 2022.1, 2022.2, 2023.2, 2025.1; vivado_hls: UG902",
        (Option("-name_max_length"), Option("-pipeline_loops", since=_VITIS)),
    ),
    # Up to which size an array is split into registers; without it 1,024 (XFORM 203-103). Unknown before 2018.1.
    Command(
        "config_array_partition",
        (VIVADO_HLS,),
        "fastmachinelearning/hls4ml build_prj.tcl and issue 124",
        RAN,
        (Option("-maximum_size"),),
        since="2018.1",
    ),
    Command(
        "config_interface",
        ALL,
        "UG1399 config_interface",
        "2023.1, 2025.2; vivado_hls: UG902",
        (flag("-clock_enable=false"), flag("-m_axi_addr64=true", since=_VITIS)),
    ),
    Command(
        "csim_design",
        ALL,
        "UG1399 csim_design, config_csim",
        f"2023.1, 2023.2, 2025.1; {RAN}",
        (Option("-argv"), flag("-clean")),
    ),
    Command("csynth_design", ALL, "UG1399 csynth_design", f"2025.2; {RAN}"),
    Command(
        "cosim_design",
        ALL,
        "UG1399 cosim_design, config_cosim",
        f"2023.1, 2025.2; {RAN}",
        (
            Option("-argv"),
            Option("-rtl", values=("verilog", "vhdl")),
            Option("-trace_level", values=("none", "all", "port", "port_hier")),
        ),
    ),
    Command(
        "export_design",
        ALL,
        "UG1399 export_design, config_export",
        f"2020.2, 2021.1, 2023.2, 2025.2; {RAN}",
        (
            Option("-format", values=("ip_catalog",)),
            Option("-rtl", values=("verilog", "vhdl")),
            Option("-vendor"),
            Option("-library"),
            # vivado_hls names the IP by its top; whether every release of it takes another name was not found.
            Option("-ipname", since=_VITIS),
            Option("-version"),
            Option("-description"),
            Option("-display_name"),
            Option("-output", writes=True, since=_VITIS),
        ),
    ),
    Command("version", ALL, "slaclab/ruckus vitis/hls/proc.tcl", "scripts that ran", (flag("-short"),)),
)
