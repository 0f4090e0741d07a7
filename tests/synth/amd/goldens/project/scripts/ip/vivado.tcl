# sf_network_0 on xcku115-flvb2104-2-e. Printed; do not edit.
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
source sf_run.tcl
source sf_vivado.tcl
source sf_write_mmi.tcl
sf_fact tool vivado
sf_fact part xcku115-flvb2104-2-e
sf_fact top sf_network_0
sf_fact design_id 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sf_fact sources 5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e
sf_fact implementation hls
sf_fact flow hls_ip
sf_fact clock_khz 200000
sf_fact settings b5db2a24adba4dc9a268a623efd6b9c3e6aedbd15887d01203578f4e00d798a7

sf_step setup {
    set_param general.maxThreads 4
    create_project -in_memory -part xcku115-flvb2104-2-e
    set_msg_config -id {Synth 8-4445} -new_severity ERROR
    set_msg_config -id {Route 35-1} -new_severity ERROR
    file mkdir reports checkpoints
}

sf_step read {
    file delete -force ip_repo ip_made
    file mkdir ip_repo ip_made
    set_property ip_repo_paths ip_repo [current_project]
    update_ip_catalog -add_ip ip/sf_network.zip -repo_path ip_repo
    sf_check_ip ip_repo 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    update_ip_catalog -rebuild -repo_path ip_repo
    create_ip -name sf_network -vendor speckleforge -library hls -version 1.0 -module_name sf_network_0 -dir ip_made
    set_property generate_synth_checkpoint false [get_files sf_network_0.xci]
    generate_target synthesis [get_ips sf_network_0]
    read_xdc sf_clocks.xdc
}

sf_step synth {
    synth_design -top sf_network_0 -part xcku115-flvb2104-2-e -mode out_of_context -flatten_hierarchy rebuilt -directive Default
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
