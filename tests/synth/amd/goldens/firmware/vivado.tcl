# sf_firmware on xcku115-flvb2104-2-e. Printed; do not edit.
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
source sf_run.tcl
source sf_vivado.tcl
source sf_write_mmi.tcl
sf_fact tool vivado
sf_fact part xcku115-flvb2104-2-e
sf_fact top sf_firmware
sf_fact design_id 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sf_fact sources ""
sf_fact implementation rtl
sf_fact flow rtl
sf_fact clock_khz 200000
sf_fact settings ec71c21bfc84b7a1e30043c45f4679492830e64e13ae03f121f6907d11b790d5

sf_step setup {
    set_param general.maxThreads 8
    create_project -in_memory -part xcku115-flvb2104-2-e
    set_msg_config -id {Synth 8-4445} -new_severity ERROR
    set_msg_config -id {Route 35-1} -new_severity ERROR
    file mkdir reports checkpoints
}

sf_step read {
    read_verilog -sv firmware/rtl/sf_core.sv
    read_verilog -sv firmware/rtl/sf_firmware.sv
    file copy -force firmware/rtl/boot.hex boot.hex
    read_xdc sf_clocks.xdc
    read_xdc firmware/xdc/sf_firmware.xdc
    read_xdc sf_pblocks.xdc
}

sf_step synth {
    synth_design -top sf_firmware -part xcku115-flvb2104-2-e -mode out_of_context -flatten_hierarchy rebuilt -directive Default
    write_checkpoint -force checkpoints/synth.dcp
    sf_report_synth 50
}

sf_step opt {
    opt_design -directive Default
}

sf_step place {
    read_checkpoint -incremental reference.dcp
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
    read_saif -strip_path bench/u_top activity.saif
    sf_report_routed 50
    report_incremental_reuse -file reports/incremental_reuse_routed.rpt
}

sf_finish
