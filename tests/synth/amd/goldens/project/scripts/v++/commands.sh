# Commands and results. Printed; do not edit.
sf_do csim vitis-run --mode hls --csim --config hls.cfg --work_dir sf_hls
sf_do csynth v++ -c --mode hls --config hls.cfg --work_dir sf_hls
sf_do cosim vitis-run --mode hls --cosim --config hls.cfg --work_dir sf_hls
sf_do export vitis-run --mode hls --package --config hls.cfg --work_dir sf_hls
sf_do - vitis-run --mode hls --tcl hls_gather.tcl
sf_need reports/syn/sf_network_csynth.xml
sf_need reports/syn/sf_network_csynth.rpt
sf_need reports/cosim/sf_network_cosim.rpt
sf_need ip/sf_network.zip
sf_need manifest.json
