#!/bin/sh
# HLS and Vivado on this machine: sh run.sh [hls|vivado|ip|weights|all]
#
#   hls     the HLS sources: simulation, synthesis, co-simulation, packed IP  ->  results/hls
#   vivado  the SystemVerilog: synthesis and implementation                   ->  results/vivado
#   ip      the packed IP of `hls`: synthesis and implementation              ->  results/ip
#   weights weights.mem into the bitstream that `vivado` left for a board     ->  results/weights
#   all     everything that this folder has sources for (the default)
#
# Tools are looked for on PATH, then in bin/ of $XILINX_VIVADO, $XILINX_HLS and $XILINX_VITIS. SPECKLEFORGE_HLS names an
# HLS front end (vitis_hls, vitis-run, v++, vivado_hls) where several are there. Needs nothing but a POSIX shell.
set -u
cd "$(dirname "$0")" || exit 1
. ./project.sh

say() {
    printf 'speckleforge: %s\n' "$*"
}

complain() {
    printf 'ERROR: speckleforge: %s\n' "$*" >&2
}

# Path of a program; fails where it is not there.
find_program() {
    if found=$(command -v "$1" 2>/dev/null) && [ -n "$found" ]; then
        printf '%s\n' "$found"
        return 0
    fi
    for home in "${XILINX_VIVADO:-}" "${XILINX_HLS:-}" "${XILINX_VITIS:-}"; do
        if [ -n "$home" ] && [ -x "$home/bin/$1" ]; then
            printf '%s\n' "$home/bin/$1"
            return 0
        fi
    done
    return 1
}

# Release that a program prints: the first ` v2023.2` of what it says of itself.
release_of() {
    case $1 in
        vitis-run | v++) option=--version ;;
        *) option=-version ;;
    esac
    "$2" "$option" 2>/dev/null </dev/null | sed -n 's/^\(.* \)\{0,1\}v\(20[0-9][0-9]\.[0-9]\).*$/\2/p' | sed -n 1p
}

# 2023.2 as 20232, to be compared; nothing for anything else.
number_of() {
    printf '%s\n' "$1" | sed -n 's/^\(20[0-9][0-9]\)\.\([0-9]\)$/\1\2/p'
}

# What the lines of `project.sh` call: sf_choice NAME PROGRAMS SINCE UNTIL FOLDER. The first that fits is taken.
sf_choice() {
    if [ -n "$chosen" ] || { [ -n "$wanted" ] && [ "$wanted" != "$1" ]; }; then
        return 0
    fi
    tried="$tried $1 ($2, $3 to $4);"
    at=
    for program in $2; do
        path=$(find_program "$program") || return 0
        if [ -z "$at" ]; then
            at=$(release_of "$program" "$path")
            used=$path
        fi
    done
    number=$(number_of "$at")
    if [ -z "$number" ]; then
        complain "$used prints no release that is known here: '$at'"
        return 0
    fi
    if [ "$number" -ge "$(number_of "$3")" ] && [ "$number" -le "$(number_of "$4")" ]; then
        chosen=$1
        folder=$5
        say "$1 $at: $used"
    fi
}

# Choose among the lines of a list; fails where none fits.
choose() {
    chosen= folder= tried= wanted=$2
    "$1"
    if [ -z "$chosen" ]; then
        complain "no tool of a release that this folder has a script for; looked for:$tried"
        return 1
    fi
}

# What `commands.sh` calls. sf_do STEP PROGRAM ARGUMENT...: STEP is `-` where the program announces its steps itself.
sf_do() {
    step=$1
    program=$2
    shift 2
    if [ "$step" != - ]; then
        say "step $step"
    fi
    if ! path=$(find_program "$program"); then
        complain "$program is not there"
        exit 1
    fi
    "$path" "$@" </dev/null
    code=$?
    if [ "$code" -ne 0 ]; then
        complain "$program ended with code $code"
        exit 1
    fi
}

sf_need() {
    if [ ! -s "$1" ]; then
        complain "$1 is missing or empty"
        exit 1
    fi
}

sf_of_design() {
    if ! grep -q "$SF_DESIGN" manifest.json; then
        complain "manifest.json is not of design $SF_DESIGN"
        exit 1
    fi
}

# Copy a file or folder to the same place below another folder.
copy_below() {
    mkdir -p "$2/$(dirname "$1")" && cp -R "$1" "$2/$(dirname "$1")/"
}

# Run what a folder of scripts says: execute NAME FOLDER INPUTS.
execute() {
    work=work/$1
    results=results/$1
    rm -rf "$work" "$results"
    mkdir -p "$work" "$results" && cp scripts/"$2"/* "$work"/ || return 1
    for input in $3; do
        if ! copy_below "$input" "$work"; then
            complain "$input is missing"
            return 1
        fi
    done
    {
        (cd "$work" && . ./commands.sh && sf_of_design)
        echo $? >"$work/code"
    } 2>&1 | tee "$results/run.log"
    for kept in reports memory.mmi design.bit; do
        if [ -e "$work/$kept" ]; then
            cp -R "$work/$kept" "$results"/
        fi
    done
    if [ "$1" = hls ] && [ -s "$work/$SF_ARCHIVE" ]; then
        (cd "$work" && copy_below "$SF_ARCHIVE" "../../$results")
    fi
    for log in "$work"/*.log; do
        if [ -f "$log" ]; then
            cp "$log" "$results"/
        fi
    done
    if [ "$(cat "$work/code")" != 0 ] || grep -q '^ERROR: ' "$results/run.log"; then
        complain "$1 failed: read $results/run.log"
        return 1
    fi
    cp "$work/manifest.json" "$results"/ # of a run that got to its end, no other
    say "$1 done: $results"
}

run_hls() {
    if [ -z "$SF_HLS_INPUTS" ]; then
        complain "this folder has no HLS sources"
        return 1
    fi
    choose sf_hls "${SPECKLEFORGE_HLS:-}" && execute hls "$folder" "$SF_HLS_INPUTS"
}

run_vivado() {
    if [ -z "$SF_RTL_INPUTS" ]; then
        complain "this folder has no SystemVerilog"
        return 1
    fi
    choose sf_vivado "" && execute vivado "$folder" "$SF_RTL_INPUTS"
}

# Weights into the bitstream that `vivado` left: nothing is implemented. updatemem ends with code 0 when it leaves bytes out,
# after a critical warning; a bitstream that is not compressed keeps its size.
run_weights() {
    if [ ! -s weights.mem ] || [ ! -s scripts/weights/commands.sh ]; then
        complain "this folder has no weights for a bitstream"
        return 1
    fi
    for made in manifest.json design.bit memory.mmi; do
        if [ ! -s "results/vivado/$made" ]; then
            complain "there is no results/vivado/$made: run vivado first"
            return 1
        fi
    done
    if ! grep -q "$SF_DESIGN" results/vivado/manifest.json; then
        complain "results/vivado is not of design $SF_DESIGN"
        return 1
    fi
    work=work/weights
    results=results/weights
    rm -rf "$work" "$results"
    mkdir -p "$work" "$results" && cp scripts/weights/commands.sh weights.mem "$work"/ || return 1
    cp results/vivado/design.bit results/vivado/memory.mmi "$work"/ || return 1
    {
        (cd "$work" && . ./commands.sh)
        echo $? >"$work/code"
    } 2>&1 | tee "$results/run.log"
    if [ "$(cat "$work/code")" != 0 ] || grep -q '^CRITICAL WARNING' "$results/run.log"; then
        complain "weights failed: read $results/run.log"
        return 1
    fi
    if [ "$(wc -c <"$work/patched.bit")" -ne "$(wc -c <"$work/design.bit")" ]; then
        complain "updatemem left a bitstream of another size"
        return 1
    fi
    cp "$work/patched.bit" "$results/design.bit" || return 1
    say "weights done: $results/design.bit"
}

run_ip() {
    if [ ! -s "results/hls/$SF_ARCHIVE" ]; then
        complain "there is no packed IP: run hls first"
        return 1
    fi
    choose sf_ip "" || return 1
    mkdir -p "$(dirname "$SF_ARCHIVE")" && cp "results/hls/$SF_ARCHIVE" "$SF_ARCHIVE" && execute ip "$folder" "$SF_ARCHIVE"
}

case $(pwd) in
    *[[:space:]]*)
        complain "HLS tools cannot work in a folder with blanks in its path: $(pwd)"
        exit 1
        ;;
esac

failed=0
case ${1:-all} in
    hls) run_hls || failed=1 ;;
    vivado) run_vivado || failed=1 ;;
    ip) run_ip || failed=1 ;;
    weights) run_weights || failed=1 ;;
    all)
        if [ -n "$SF_RTL_INPUTS" ]; then
            if ! run_vivado; then
                failed=1
            elif [ -s weights.mem ] && [ -s results/vivado/memory.mmi ]; then
                run_weights || failed=1
            fi
        fi
        if [ -n "$SF_HLS_INPUTS" ]; then
            if run_hls; then
                run_ip || failed=1
            else
                failed=1
            fi
        fi
        ;;
    *)
        complain "usage: sh run.sh [hls|vivado|ip|weights|all]"
        exit 2
        ;;
esac
exit $failed
