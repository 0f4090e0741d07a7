# Results of an HLS tool under names of our own: reports/csim, reports/syn, reports/cosim, ip/<top>.zip. Tcl 8.4.

# The folder of the solution: `sf_hls/solution1` of a project, `sf_hls/hls` of a component.
proc sf_solution {} {
    foreach folder {sf_hls/hls sf_hls/solution1} {
        if {[file isdirectory $folder]} {
            return $folder
        }
    }
    error "the tool left no folder sf_hls/solution1 or sf_hls/hls"
}

# Copy the reports of one step; none is an error.
proc sf_copy_reports {below step} {
    set folder [file join reports $step]
    file mkdir $folder
    set found [glob -nocomplain -directory [file join [sf_solution] $below] *.rpt *.xml *.log]
    if {[llength $found] == 0} {
        error "no report in [file join [sf_solution] $below]"
    }
    foreach name $found {
        file copy -force $name [file join $folder [file tail $name]]
    }
}

# The packed IP as ip/<top>.zip, wherever this release left it.
proc sf_take_ip {top} {
    set wanted [file join ip $top.zip]
    if {![file isfile $wanted]} {
        set found {}
        foreach pattern [list [file join [sf_solution] impl ip *.zip] [file join [sf_solution] impl *.zip]] {
            if {[llength $found] == 0} {
                set found [glob -nocomplain $pattern]
            }
        }
        if {[llength $found] == 0} {
            foreach name [sf_files sf_hls] {
                if {[string match *.zip $name]} {
                    lappend found $name
                }
            }
        }
        if {[llength $found] != 1} {
            error "one packed IP was expected, found: $found"
        }
        file mkdir ip
        file copy -force [lindex $found 0] $wanted
    }
    sf_need $wanted
}
