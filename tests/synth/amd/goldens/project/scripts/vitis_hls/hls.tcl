# HLS of sf_network for xcku115-flvb2104-2-e, for vitis_hls. Printed; do not edit.
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
source sf_run.tcl
source sf_hls.tcl
sf_fact tool vitis_hls
sf_fact part xcku115-flvb2104-2-e
sf_fact top sf_network
sf_fact design_id 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sf_fact topology_id 89abcdef
sf_fact sources 5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e
sf_fact implementation hls
sf_fact clock_khz 200000
sf_fact settings dfaa708082f6a113461bb493bb578fea8b4f0c8929ed0e9ff519a68c5cbc9261

sf_step project {
    open_project -reset sf_hls
    set_top sf_network
    add_files hls/sf_network.cpp -cflags -std=c++14
    add_files -tb hls/sf_bench.cpp -cflags -std=c++14
    add_files -tb hls/vectors
    open_solution -reset solution1 -flow_target vivado
    set_part xcku115-flvb2104-2-e
    create_clock -period 5.000 -name default
    config_rtl -reset control
}

sf_step csim {
    csim_design -clean -argv vectors
    sf_copy_reports csim/report csim
}

sf_step csynth {
    csynth_design
    sf_copy_reports syn/report syn
}

sf_step cosim {
    cosim_design -rtl verilog -trace_level none -argv vectors
    sf_copy_reports sim/report cosim
}

sf_step export {
    file mkdir ip
    file delete -force ip/sf_network.zip
    export_design -format ip_catalog -rtl verilog -vendor speckleforge -library hls -ipname sf_network -version 1.0 -display_name {sf_network 01234567} -description {speckleforge sf_network, design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, topology 89abcdef} -output [file join [pwd] ip/sf_network.zip]
    sf_take_ip sf_network
}

sf_finish
