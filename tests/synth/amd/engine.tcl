# Runs a script of ours in an interpreter in which a tool's commands are stubs, checked against the table and recorded.
#
# argv: table world record script. `table`: a list with, for each command, its name, least and most words, whether they are
# read or written, and its options (name, takes, values, reads, writes). `world`: a script that sets how the stubs answer.
# Every call is appended to `record`: words end with 0x1e, calls with 0x1f.

lassign $argv tablePath worldPath recordPath script
interp create clean  ;# one Python's Tcl has no `exit`; a child's ends the process
interp create tool

set fail {}          ;# commands that fail
array set property {} ;# object,NAME -> value
set cells {}         ;# what get_cells finds
set release 2023.2
set component {}     ;# text of the component.xml that update_ip_catalog -add_ip unpacks
set made {}
set ips {}           ;# what get_ips finds before create_ip
set silent {}        ;# commands that leave no file
array set says {}    ;# command -> what it prints
source -encoding utf-8 $worldPath

proc bye {code} {
    flush stdout
    flush stderr
    clean eval [list exit $code]
}

proc record {words} {
    set sink [open $::recordPath a]
    fconfigure $sink -encoding utf-8 -translation lf
    foreach word $words {
        puts -nonewline $sink "$word\x1e"
    }
    puts -nonewline $sink "\x1f"
    close $sink
}

proc leave {path} {
    set sink [open $path w]
    puts $sink "stub"
    close $sink
}

proc must_exist {name path} {
    if {![file exists $path]} {
        error "$name: there is no $path"
    }
}

# The options and words of a call, or an error.
proc sorted {name words} {
    lassign $::rule($name) least most reads writes options
    set plain {}
    array set given {}
    for {set i 0} {$i < [llength $words]} {incr i} {
        set word [lindex $words $i]
        if {![string match -* $word] || [string is double -strict $word]} {
            lappend plain $word
            continue
        }
        set known 0
        foreach option $options {
            lassign $option option takes values readsIt writesIt
            if {$option ne $word} continue
            set known 1
            if {!$takes} {
                set given($word) 1
                break
            }
            incr i
            if {$i >= [llength $words]} {
                error "$name: $word needs a value"
            }
            set given($word) [lindex $words $i]
            if {[llength $values] && [lsearch -exact $values $given($word)] < 0} {
                error "$name: $word may not be '$given($word)'"
            }
            if {$readsIt} {
                must_exist $name $given($word)
            }
            if {$writesIt && $name ni $::silent} {
                leave $given($word)
            }
        }
        if {!$known} {
            error "$name: no option $word"
        }
    }
    if {[llength $plain] < $least || [llength $plain] > $most} {
        error "$name: [llength $plain] words, $least to $most are right"
    }
    foreach path $plain {
        if {$reads} {
            must_exist $name $path
        }
        if {$writes && $name ni $::silent} {
            leave $path
        }
    }
    return [list $plain [array get given]]
}

proc stub {name args} {
    record [linsert $args 0 $name]
    if {[info exists ::says($name)]} {
        puts $::says($name)
    }
    if {$name in $::fail} {
        error "$name failed on purpose"
    }
    lassign [sorted $name $args] plain given
    if {[llength [info commands act_$name]]} {
        return [act_$name $plain $given]
    }
    return [lindex $plain 0]
}

# What the commands do besides checking their words.
proc act_version {plain given} { return $::release }
proc act_current_project {plain given} { return project }
proc act_current_design {plain given} { return design }
proc act_open_project {plain given} { set ::home [lindex $plain 0]; file mkdir $::home }
proc act_open_solution {plain given} { append ::home /[lindex $plain 0]; file mkdir $::home }
proc act_open_component {plain given} { set ::home [lindex $plain 0]/hls; file mkdir $::home }
proc act_set_top {plain given} { set ::top [lindex $plain 0] }
proc report {below names} {
    if {$below in $::silent} return
    file mkdir $::home/$below
    foreach name $names {
        leave $::home/$below/$name
    }
}
proc act_csim_design {plain given} { report csim/report [list ${::top}_csim.log] }
proc act_csynth_design {plain given} { report syn/report [list ${::top}_csynth.rpt ${::top}_csynth.xml csynth.xml] }
proc act_cosim_design {plain given} { report sim/report [list ${::top}_cosim.rpt] }
proc act_export_design {plain given} {
    array set option $given
    if {![info exists option(-output)]} {
        report impl/ip [list [join [list $option(-vendor) $option(-library) $::top 1 0] _].zip]
    }
}
proc act_update_ip_catalog {plain given} {
    array set option $given
    if {[info exists option(-add_ip)]} {
        set folder $option(-repo_path)/[file rootname [file tail $option(-add_ip)]]
        file mkdir $folder
        set sink [open $folder/component.xml w]
        puts $sink $::component
        close $sink
    }
}
# As ruckus does it: what is unpacked already stays.
proc act_loadZipIpCore {plain given} {
    array set option $given
    foreach name [glob -directory $option(-dir) *.zip] {
        if {![file isdirectory $option(-repo_path)/[file rootname [file tail $name]]]} {
            act_update_ip_catalog {} [list -add_ip $name -repo_path $option(-repo_path)]
        }
    }
}
proc act_get_ips {plain given} { return [expr {"create_ip" in $::made ? [lindex $plain 0] : $::ips}] }
proc act_create_ip {plain given} {
    array set option $given
    if {![llength [glob -nocomplain ip_repo/*/component.xml]]} {
        error "create_ip: no such IP in the catalogue"
    }
    lappend ::made create_ip
    if {![info exists option(-dir)]} return
    file mkdir $option(-dir)/$option(-module_name)
    leave $option(-dir)/$option(-module_name)/$option(-module_name).xci
}
proc act_get_cells {plain given} { return [expr {[llength $plain] ? [lindex $plain 0] : $::cells}] }
proc act_get_property {plain given} {
    lassign $plain name object
    foreach key [list $object,$name $object,[string toupper $name]] {
        if {[info exists ::property($key)]} {
            return $::property($key)
        }
    }
    return ""
}
# A constraint file is Tcl: it runs among the same stubs.
proc act_read_xdc {plain given} { tool eval [list source [lindex $plain 0]] }

set source [open $tablePath r]
fconfigure $source -encoding utf-8
foreach entry [read $source] {
    set rule([lindex $entry 0]) [lrange $entry 1 end]
    interp alias tool [lindex $entry 0] {} stub [lindex $entry 0]
}
close $source

tool hide exec
tool hide exit
interp alias tool exit {} bye
if {[catch {tool eval [list source $script]} message]} {
    puts stderr "engine: $message"
    bye 3
}
bye 0
