# sf_core on xcku115-flvb2104-2-e. Printed; do not edit.
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
source sf_run.tcl
source sf_vivado.tcl
source sf_write_mmi.tcl
sf_fact tool vivado
sf_fact part xcku115-flvb2104-2-e
sf_fact top sf_core
sf_fact design_id 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sf_fact sources 5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e
sf_fact implementation rtl
sf_fact flow rtl
sf_fact clock_khz 200000
sf_fact settings ae86165dae50ac66e7d64bdc38faacc8dd619110117152cb938243e01fbb892e

sf_step setup {
    set_param general.maxThreads 4
    create_project -in_memory -part xcku115-flvb2104-2-e
    set_msg_config -id {Synth 8-4445} -new_severity ERROR
    set_msg_config -id {Route 35-1} -new_severity ERROR
    file mkdir reports checkpoints
}

sf_step read {
    read_verilog -sv rtl/sf_boot.sv
    read_verilog -sv rtl/sf_core.sv
    file copy -force rtl/boot.hex boot.hex
    read_xdc sf_clocks.xdc
}

sf_step synth {
    synth_design -top sf_core -part xcku115-flvb2104-2-e -mode out_of_context -flatten_hierarchy rebuilt -directive Default
    write_checkpoint -force checkpoints/synth.dcp
    sf_report_synth 10
}

sf_step opt {
    opt_design -directive Default
}

sf_step place {
    place_design -directive Default
}

sf_step phys_opt {
    phys_opt_design -directive Default
}

sf_step route {
    route_design -directive Default
    write_checkpoint -force checkpoints/routed.dcp
}

sf_step report {
    sf_report_routed 10
}

sf_finish
