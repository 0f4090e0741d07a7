# Steps, errors and the record of a run. Sourced first by every script; Tcl 8.4 is enough.
#
# Every step prints `speckleforge: step <name>`; a step that fails prints its name and ends the tool with code 1. At the
# end `manifest.json` is written and `speckleforge: done` is printed.

# The folder is the one that the tool was started in: no path is written into a script.
set sf_steps {}
set sf_facts {}

# What the manifest says of this run: a name and its value.
proc sf_fact {name value} {
    global sf_facts
    lappend sf_facts $name $value
}

proc sf_fail {name message} {
    global errorInfo
    puts stderr "ERROR: speckleforge: step $name: $message"
    puts stderr $errorInfo
    flush stderr
    exit 1
}

proc sf_step {name body} {
    global sf_steps
    puts "speckleforge: step $name"
    flush stdout
    if {[catch {uplevel #0 $body} message]} {
        sf_fail $name $message
    }
    lappend sf_steps $name
}

# A text of JSON in ASCII, whatever encoding the tool writes files in.
proc sf_json_text {value} {
    set text ""
    foreach char [split $value ""] {
        scan $char %c code
        if {$char eq "\"" || $char eq "\\"} {
            append text "\\$char"
        } elseif {$code < 32 || $code > 126} {
            append text [format "\\u%04x" $code]
        } else {
            append text $char
        }
    }
    return "\"$text\""
}

proc sf_json_list {values} {
    set items {}
    foreach value $values {
        lappend items [sf_json_text $value]
    }
    return "\[[join $items {, }]\]"
}

# A fact without a value is null; one whose name ends in `_khz` is a number.
proc sf_json_fact {name value} {
    if {$value eq ""} {
        return null
    }
    if {[string match *_khz $name] && [string is integer -strict $value]} {
        return $value
    }
    return [sf_json_text $value]
}

# Every file below a folder, sorted, by its path from here.
proc sf_files {folder} {
    set found {}
    foreach name [glob -nocomplain -directory $folder *] {
        if {[file isdirectory $name]} {
            set found [concat $found [sf_files $name]]
        } else {
            lappend found $name
        }
    }
    return [lsort $found]
}

proc sf_version {} {
    if {[catch {version -short} text]} {
        return ""
    }
    return [string trim $text]
}

proc sf_manifest {path} {
    global sf_steps sf_facts
    set lines {}
    foreach {name value} $sf_facts {
        lappend lines "  [sf_json_text $name]: [sf_json_fact $name $value]"
    }
    lappend lines "  \"version\": [sf_json_fact version [sf_version]]"
    lappend lines "  \"steps\": [sf_json_list $sf_steps]"
    lappend lines "  \"reports\": [sf_json_list [sf_files reports]]"
    set sink [open $path w]
    puts $sink "{\n[join $lines ",\n"]\n}"
    close $sink
}

# A result that must be there and not be empty.
proc sf_need {path} {
    if {![file isfile $path] || [file size $path] == 0} {
        error "$path is missing or empty"
    }
}

proc sf_finish {} {
    if {[catch {sf_manifest manifest.json} message]} {
        sf_fail manifest $message
    }
    puts "speckleforge: done"
    flush stdout
    exit 0
}
