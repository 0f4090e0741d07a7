"""Keys of an HLS configuration file, and options of the programs that are started. Takes nothing; gives tables.

Sources: UG1399, "HLS Config File Commands" and "Tcl to Config File Command Map" 2023.2 to 2025.2; UG1702, Vitis
Reference Guide, "v++ Mode HLS", "Package Options" and "vitis-run Command" 2024.2, 2025.1; UG1393 "v++ Mode HLS" 2023.2;
UG835 and UG892 for `vivado`; UG1580, UpdateMEM User Guide, "Arguments for updatemem" 2023.1.
"""

from __future__ import annotations

from speckleforge.synth.amd.table import Command, Option, flag

UNIFIED = "2023.2"  # first release with vitis-run and v++ --mode hls for HLS

_KEYS = "UG1399 HLS Config File Commands"
_PACKAGE = "UG1399 and UG1702 Package Options"
_SIMULATION = "UG1399 Tcl to Config File Command Map; UG1702 Co-Simulation Configuration"

# Key -> (in the section [hls], values it may have, source)
CONFIG_KEYS: dict[str, tuple[bool, tuple[str, ...], str]] = {
    "part": (False, (), _KEYS),
    "flow_target": (True, ("vivado", "vitis"), _KEYS),
    "clock": (True, (), "UG1702 HLS General Options"),
    "clock_uncertainty": (True, (), "UG1702 HLS General Options"),
    "syn.top": (True, (), _KEYS),
    "syn.file": (True, (), _KEYS),
    "syn.cflags": (True, (), "UG1702 HLS General Options"),
    "tb.file": (True, (), _KEYS),
    "tb.cflags": (True, (), "UG1399 Tcl to Config File Command Map"),
    "syn.rtl.reset": (True, ("none", "control", "state", "all"), "UG1702 RTL Configuration"),
    "syn.compile.name_max_length": (True, (), "UG1393 Compile Options"),
    "syn.compile.pipeline_loops": (True, (), "UG1702 Output Directories of v++ -c --mode hls"),
    "csim.argv": (True, (), _SIMULATION),
    "csim.clean": (True, ("true", "false"), "UG1702 Output Directories of v++ -c --mode hls"),
    "cosim.argv": (True, (), _SIMULATION),
    "cosim.rtl": (True, ("verilog", "vhdl"), _SIMULATION),
    "cosim.trace_level": (True, ("none", "all", "port", "port_hier"), _SIMULATION),
    "package.output.format": (True, ("ip_catalog", "xo", "syn_dcp", "sysgen", "rtl"), _PACKAGE),
    "package.output.file": (True, (), _PACKAGE),
    "package.output.syn": (True, ("true", "false"), _PACKAGE),
    "package.ip.vendor": (True, (), _PACKAGE),
    "package.ip.library": (True, (), _PACKAGE),
    "package.ip.name": (True, (), _PACKAGE),
    "package.ip.version": (True, (), _PACKAGE),
    "package.ip.description": (True, (), _PACKAGE),
    "package.ip.display_name": (True, (), _PACKAGE),
}

PROGRAMS: tuple[Command, ...] = (
    Command("vivado_hls", ("vivado_hls",), "UG902", "2018.2 to 2020.1", (Option("-f", reads=True),), until="2020.1"),
    Command(
        "vitis_hls",
        ("vitis_hls",),
        "UG1399",
        "2020.2 to 2023.2",
        (Option("-f", reads=True),),
        since="2020.2",
        until="2024.2",
    ),
    Command(
        "vitis-run",
        ("vitis-run",),
        "UG1702 vitis-run Command",
        "2023.2 to 2026.1",
        (
            Option("--mode", values=("hls",)),
            Option("--tcl", reads=True),
            flag("--csim"),
            flag("--cosim"),
            flag("--package"),
            Option("--config", reads=True),
            Option("--work_dir"),
        ),
        since=UNIFIED,
    ),
    Command(
        "v++",
        ("v++",),
        "UG1702 v++ Mode HLS",
        "2023.2 to 2026.1",
        (flag("-c"), Option("--mode", values=("hls",)), Option("--config", reads=True), Option("--work_dir")),
        since=UNIFIED,
    ),
    Command(
        "vivado",
        ("vivado",),
        "UG835 and UG892; logs of runs in 2023.2",
        "2018.2 to 2025.2",
        (
            Option("-mode", values=("batch", "tcl", "gui")),
            Option("-source", reads=True),
            Option("-log", writes=True),
            flag("-nojournal"),
            flag("-notrace"),
        ),
        since="2018.2",
    ),
    Command(
        "updatemem",
        ("updatemem",),
        "UG1580 Arguments for updatemem",
        "2023.1, 2026.1",
        (
            flag("-force"),
            Option("-meminfo", reads=True),
            Option("-data", reads=True),
            Option("-bit", reads=True),
            Option("-proc"),
            Option("-out", writes=True),
        ),
        since="2018.2",
    ),
)
