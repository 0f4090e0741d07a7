"""Commands and options of Vivado's Tcl and of constraint files, by release. Takes nothing; gives one table.

Source: UG835, Vivado Design Suite Tcl Command Reference Guide, the page of each command; `seen` names the releases
whose page was read, or a log in which the command ran. The UG835 of 2018.2 to 2020.1 was not at hand: that these
releases have the same commands and options is taken from the pages of 2020.2 and from scripts that ran in them.
"""

from __future__ import annotations

from speckleforge.synth.amd.table import Command, Option, flag

VIVADO = ("vivado",)
FIRST_VIVADO = "2018.2"
LOG = "log of a run in 2023.2"
_FILE = Option("-file", writes=True)
_DIRECTIVE = Option("-directive")


def _report(name: str, seen: str, *options: Option) -> Command:
    """A report that goes to a file."""
    return Command(name, VIVADO, f"UG835 {name}", seen, (_FILE, *options), since=FIRST_VIVADO)


def _command(name: str, seen: str, *options: Option, least: int = 0, most: int = 0, reads: bool = False) -> Command:
    """A command."""
    return Command(name, VIVADO, f"UG835 {name}", seen, options, least, most, reads, since=FIRST_VIVADO)


VIVADO_TABLE: tuple[Command, ...] = (
    # The session.
    _command("version", "2023.1", flag("-short")),
    _command("set_param", "2023.1", least=2, most=2),
    _command("set_msg_config", "2023.1", Option("-id"), Option("-new_severity")),
    _command("create_project", LOG, flag("-in_memory"), Option("-part"), least=0, most=1),
    _command("current_project", LOG),
    _command("current_design", "2023.1"),
    # Sources.
    _command("read_verilog", "2020.2", flag("-sv"), least=1, most=1, reads=True),
    _command("read_mem", "2020.2", least=1, most=1, reads=True),
    _command("read_xdc", "2020.2", Option("-ref"), flag("-unmanaged"), least=1, most=1, reads=True),
    _command("read_checkpoint", "2021.1, 2022.2", flag("-incremental"), least=1, most=1, reads=True),
    _command("open_checkpoint", "2022.2", least=1, most=1, reads=True),
    _command("read_saif", "2020.2, 2022.1, 2022.2, 2023.1", Option("-strip_path"), least=1, most=1, reads=True),
    # IP.
    _command("update_ip_catalog", "2023.1", flag("-rebuild"), Option("-add_ip", reads=True), Option("-repo_path")),
    _command(
        "create_ip",
        "slaclab trees; UG896 2018.2",
        Option("-name"),
        Option("-vendor"),
        Option("-library"),
        Option("-version"),
        Option("-module_name"),
        Option("-dir"),
    ),
    _command("generate_target", "UG896 2024.2", least=2, most=2),
    _command("get_ips", LOG, least=0, most=1),
    _command("get_files", LOG, flag("-quiet"), least=0, most=1),
    # Synthesis and implementation.
    _command(
        "synth_design",
        "2020.2, 2025.2",
        Option("-top"),
        Option("-part"),
        Option("-mode", values=("default", "out_of_context")),
        Option("-flatten_hierarchy", values=("full", "none", "rebuilt")),
        _DIRECTIVE,
    ),
    _command("opt_design", LOG, _DIRECTIVE),
    _command("place_design", LOG, _DIRECTIVE),
    _command("phys_opt_design", LOG, _DIRECTIVE),
    _command("route_design", LOG, _DIRECTIVE),
    Command(
        "write_checkpoint",
        VIVADO,
        "UG835 write_checkpoint",
        LOG,
        (flag("-force"),),
        1,
        1,
        writes=True,
        since=FIRST_VIVADO,
    ),
    Command(
        "write_bitstream",
        VIVADO,
        "UG835 write_bitstream",
        LOG,
        (flag("-force"),),
        1,
        1,
        writes=True,
        since=FIRST_VIVADO,
    ),
    # Reports.
    _report("report_utilization", LOG, flag("-hierarchical")),
    _report(
        "report_timing_summary",
        LOG,
        Option("-delay_type", values=("max", "min", "min_max")),
        Option("-max_paths"),
        flag("-report_unconstrained"),
    ),
    _report("report_power", LOG),
    _report("report_drc", LOG),
    _report("report_methodology", LOG),
    _report("report_clock_utilization", LOG),
    _report("report_control_sets", f"2021.1; {LOG}", flag("-verbose")),
    _report("report_route_status", LOG),
    _report("report_bus_skew", LOG),
    _report("report_incremental_reuse", f"2022.2; {LOG}"),
    _report(
        "report_design_analysis",
        "2022.2, 2026.1",
        flag("-logic_level_distribution"),
        Option("-logic_level_dist_paths"),
    ),
    # Objects.
    _command("get_cells", LOG, flag("-hierarchical"), flag("-quiet"), Option("-filter"), least=0, most=1),
    _command("get_ports", LOG, flag("-quiet"), least=0, most=1),
    _command("get_pblocks", "2022.2", least=1, most=1),
    _command("get_property", LOG, flag("-quiet"), least=2, most=2),
    _command("set_property", LOG, least=3, most=3),
    # Constraint files.
    _command("create_clock", LOG, Option("-name"), Option("-period"), least=1, most=1),
    _command("set_false_path", LOG, Option("-from"), Option("-to")),
    _command("set_max_delay", LOG, flag("-datapath_only"), Option("-from"), Option("-to"), least=1, most=1),
    _command("set_bus_skew", LOG, Option("-from"), Option("-to"), least=1, most=1),
    _command("create_pblock", "2022.2", least=1, most=1),
    _command("resize_pblock", "2022.2", Option("-add"), least=1, most=1),
    _command("add_cells_to_pblock", "2022.2", least=2, most=2),
    # What ruckus calls, which our folders do not: `ruckus.tcl` is read by a Vivado project.
    _command("add_files", LOG, flag("-norecurse"), Option("-fileset"), least=1, most=1, reads=True),
)
