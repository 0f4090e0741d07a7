# The MMI file of the boot memory, for updatemem: source this in an implemented design, then
#
#     sf_write_mmi memory.mmi boot.hex
#
# Where the design holds several such blocks, a third word says below which instance, as a pattern: U_App/U_Network/
# `boot.hex` is the file that the design was made with. Every bit of it must be found where the cells' properties say, so
# that the map is proved for this very design before any bitstream is patched with it. Tcl 8.4; needs no other script.
#
# A block RAM holds `width` bits (a lane) of each byte from `begin` to `end`. Lanes of the same addresses that make up a
# byte are a bus block; in the file they stand from the highest bits to the lowest, and bus blocks by address, because
# updatemem deals out a MEM file's bits in the order of the file (UG1580; lowRISC/opentitan gen_vivado_mem_image.py).

# A property that releases name in two ways; empty where there is none.
proc sf_ram_property {cell name} {
    foreach prefix {RAM_ bram_} {
        set value [get_property -quiet $prefix$name $cell]
        if {$value ne ""} {
            return $value
        }
    }
    return ""
}

# One lane as {begin lsb msb end type placement cell}.
proc sf_ram_lane {cell} {
    set lane {}
    foreach name {ADDR_BEGIN SLICE_BEGIN SLICE_END ADDR_END} {
        set value [sf_ram_property $cell $name]
        if {![string is integer -strict $value]} {
            error "$cell has no property RAM_$name"
        }
        lappend lane $value
    }
    if {[sf_ram_property $cell EXT_SLICE_BEGIN] ne ""} {
        error "$cell holds two slices of a word: no MMI file can say that"
    }
    set offset [sf_ram_property $cell OFFSET]
    if {$offset ne "" && $offset != 0} {
        error "$cell holds the memory from address $offset on: it is too small to be patched, load it from a host"
    }
    set loc [get_property LOC $cell]
    if {![regexp {^RAMB(36|18)_(X[0-9]+Y[0-9]+)$} $loc all kind place]} {
        error "$cell is not placed in a block RAM: '$loc'"
    }
    set width [expr {[lindex $lane 2] - [lindex $lane 1] + 1}]
    set bits [expr {$kind == 36 ? 32768 : 16384}]
    if {[lsearch -exact {1 2 4 8} $width] < 0 || ([lindex $lane 3] - [lindex $lane 0] + 1) * $width > $bits} {
        error "$cell: bits [lindex $lane 2]:[lindex $lane 1] of addresses [lindex $lane 0] to [lindex $lane 3] do not fit"
    }
    # Data bits alone, without parity: MemType RAMB32 for a RAMB36 (UG1580 2023.1, MMI File Syntax).
    lappend lane [expr {$kind == 36 ? "RAMB32" : "RAMB18"}] $place $cell
    return $lane
}

# Lanes by address, then from the highest bits to the lowest.
proc sf_lane_order {a b} {
    if {[lindex $a 0] != [lindex $b 0]} {
        return [expr {[lindex $a 0] < [lindex $b 0] ? -1 : 1}]
    }
    return [expr {[lindex $a 1] > [lindex $b 1] ? -1 : 1}]
}

# Bus blocks: lists of lanes. Every byte from 0 to `size` - 1 must be there once.
proc sf_bus_blocks {lanes size} {
    set blocks {}
    set block {}
    set next 0
    set left 8
    set last 0
    foreach lane [lsort -command sf_lane_order $lanes] {
        set begin [lindex $lane 0]
        if {$left == 8} {
            set last [lindex $lane 3]
        }
        if {$begin != $next || [lindex $lane 3] != $last || [lindex $lane 2] != $left - 1} {
            error "bits [expr {$left - 1}] downwards of address $next are missing or there twice, at [lindex $lane 6]"
        }
        lappend block $lane
        set left [lindex $lane 1]
        if {$left == 0} {
            lappend blocks $block
            set block {}
            set left 8
            set next [expr {$last + 1}]
        }
    }
    if {$left != 8 || $next < $size} {
        error "the block RAMs hold $next bytes, the memory has $size"
    }
    return $blocks
}

# Bytes of a file for $readmemh, one to a line.
proc sf_hex_bytes {path} {
    set source [open $path r]
    set text [read $source]
    close $source
    set bytes {}
    foreach digits [split [string trim $text] "\n"] {
        if {[scan [string trim $digits] %x value] != 1 || $value > 255} {
            error "$path holds '$digits' where a byte was expected"
        }
        lappend bytes $value
    }
    return $bytes
}

# The initial contents of one block RAM must be its lane of the bytes.
# Source: UG573, INIT_xx: entry i of width w is bits i*w to i*w + w - 1 of INIT_00, INIT_01 and so on.
proc sf_check_lane {lane bytes} {
    set begin [lindex $lane 0]
    set lsb [lindex $lane 1]
    set width [expr {[lindex $lane 2] - $lsb + 1}]
    set mask [expr {(1 << $width) - 1}]
    set each [expr {256 / $width}]
    set stop [expr {[lindex $lane 3] < [llength $bytes] ? [lindex $lane 3] + 1 : [llength $bytes]}]
    for {set address $begin} {$address < $stop} {incr address} {
        set entry [expr {$address - $begin}]
        if {$entry % $each == 0} {
            set name [format INIT_%02X [expr {$entry / $each}]]
            set digits [lindex [split [get_property $name [lindex $lane 6]] h] end]
            if {[string length $digits] != 64} {
                error "[lindex $lane 6] has no $name of 256 bits"
            }
        }
        set bit [expr {($entry % $each) * $width}]
        set first [expr {63 - $bit / 4 - ($width == 8)}]
        scan [string range $digits $first [expr {63 - $bit / 4}]] %x nibbles
        set got [expr {($nibbles >> ($bit % 4)) & $mask}]
        set wanted [expr {([lindex $bytes $address] >> $lsb) & $mask}]
        if {$got != $wanted} {
            error "[lindex $lane 6] does not hold the memory's file at address $address: $got, expected $wanted"
        }
    }
}

proc sf_xml_text {value} {
    return [string map {& &amp; < &lt; > &gt; \" &quot;} $value]
}

proc sf_mmi_lane {lane} {
    return "        <BitLane MemType=\"[lindex $lane 4]\" Placement=\"[lindex $lane 5]\">
          <DataWidth MSB=\"[lindex $lane 2]\" LSB=\"[lindex $lane 1]\"/>
          <AddressRange Begin=\"[lindex $lane 0]\" End=\"[lindex $lane 3]\"/>
          <Parity ON=\"false\" NumBits=\"0\"/>
        </BitLane>
"
}

proc sf_mmi_text {blocks part} {
    set last [lindex [lindex [lindex $blocks end] end] 3]
    set text "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<MemInfo Version=\"1\" Minor=\"0\">
  <Processor Endianness=\"Little\" InstPath=\"sf_boot\">
    <AddressSpace Name=\"sf_boot\" Begin=\"0\" End=\"$last\">
"
    foreach block $blocks {
        append text "      <BusBlock>\n"
        foreach lane $block {
            append text [sf_mmi_lane $lane]
        }
        append text "      </BusBlock>\n"
    }
    append text "    </AddressSpace>
  </Processor>
  <Config>
    <Option Name=\"Part\" Val=\"[sf_xml_text $part]\"/>
  </Config>
</MemInfo>
"
    return $text
}

proc sf_write_mmi {path hex {below ""}} {
    set cells [get_cells -hierarchical -quiet -filter "REF_NAME =~ RAMB* && NAME =~ ${below}*u_boot/mem_reg*"]
    if {[llength $cells] == 0} {
        error "the design has no block RAM of ${below}u_boot/mem: its boot memory is not in block RAM, or was renamed"
    }
    set bytes [sf_hex_bytes $hex]
    set lanes {}
    foreach cell $cells {
        lappend lanes [sf_ram_lane $cell]
    }
    set blocks [sf_bus_blocks $lanes [llength $bytes]]
    foreach lane $lanes {
        sf_check_lane $lane $bytes
    }
    set sink [open $path w]
    puts -nonewline $sink [sf_mmi_text $blocks [get_property PART [current_design]]]
    close $sink
}
