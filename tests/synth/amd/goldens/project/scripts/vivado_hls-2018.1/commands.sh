# Commands and results. Printed; do not edit.
sf_do - vivado_hls -f hls.tcl
sf_need reports/syn/sf_network_csynth.xml
sf_need reports/syn/sf_network_csynth.rpt
sf_need reports/cosim/sf_network_cosim.rpt
sf_need ip/sf_network.zip
sf_need manifest.json
