# Results of HLS by v++. Printed; do not edit.
# design 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
source sf_run.tcl
source sf_hls.tcl
sf_fact tool v++
sf_fact part xcku115-flvb2104-2-e
sf_fact top sf_network
sf_fact design_id 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sf_fact topology_id 89abcdef
sf_fact sources 5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e
sf_fact implementation hls
sf_fact clock_khz 200000
sf_fact settings dfaa708082f6a113461bb493bb578fea8b4f0c8929ed0e9ff519a68c5cbc9261
set sf_steps {csim csynth cosim export}

sf_step gather {
    sf_copy_reports csim/report csim
    sf_copy_reports syn/report syn
    sf_copy_reports sim/report cosim
    sf_take_ip sf_network
}

sf_finish
