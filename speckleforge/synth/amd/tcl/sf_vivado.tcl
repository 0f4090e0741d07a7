# Reports of a Vivado run under fixed names in reports/, the check of an HLS IP, the map of the boot memory.

proc sf_report_synth {paths} {
    report_utilization -file reports/utilization_synth.rpt
    report_utilization -hierarchical -file reports/utilization_hierarchical_synth.rpt
    report_timing_summary -delay_type min_max -max_paths $paths -report_unconstrained -file reports/timing_summary_synth.rpt
}

proc sf_report_routed {paths} {
    report_utilization -file reports/utilization_routed.rpt
    report_utilization -hierarchical -file reports/utilization_hierarchical_routed.rpt
    report_timing_summary -delay_type min_max -max_paths $paths -report_unconstrained -file reports/timing_summary_routed.rpt
    report_power -file reports/power_routed.rpt
    report_drc -file reports/drc_routed.rpt
    report_methodology -file reports/methodology_routed.rpt
    report_clock_utilization -file reports/clock_utilization_routed.rpt
    report_control_sets -verbose -file reports/control_sets_routed.rpt
    report_route_status -file reports/route_status.rpt
    report_bus_skew -file reports/bus_skew_routed.rpt
    report_design_analysis -logic_level_distribution -logic_level_dist_paths $paths -file reports/design_analysis_routed.rpt
}

# The IP of another design must not be taken for this one: its component.xml holds the design's id.
proc sf_check_ip {repository design} {
    set found {}
    foreach name [sf_files $repository] {
        if {[file tail $name] eq "component.xml"} {
            lappend found $name
        }
    }
    if {[llength $found] != 1} {
        error "one component.xml was expected in $repository, found: $found"
    }
    set source [open [lindex $found 0] r]
    set text [read $source]
    close $source
    if {[string first $design $text] < 0} {
        error "[lindex $found 0] is not of design $design"
    }
}

# The map of the boot memory. A memory that cannot be patched is no reason to lose an implementation: weights then come
# from a host, and the manifest says why.
proc sf_map {path hex} {
    file delete -force $path
    if {[catch {sf_write_mmi $path $hex} message]} {
        puts "WARNING: speckleforge: no map of the boot memory: $message"
        sf_fact no_memory_map $message
    }
}
