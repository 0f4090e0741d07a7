# What run.sh must know. Printed; do not edit.
SF_DESIGN=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
SF_ARCHIVE=ip/sf_network.zip
SF_HLS_INPUTS='hls/sf_network.cpp hls/sf_network.h hls/layers/conv2d.h hls/sf_bench.cpp hls/vectors'
SF_RTL_INPUTS='rtl/sf_boot.sv rtl/sf_core.sv rtl/boot.hex'
sf_hls() {
    sf_choice vitis_hls vitis_hls 2020.2 2024.2 vitis_hls
    sf_choice vitis-run vitis-run 2023.2 2024.2 vitis-run-2023.2
    sf_choice vitis-run vitis-run 2025.1 2025.2 vitis-run-2025.1
    sf_choice v++ 'v++ vitis-run' 2023.2 2025.2 v++
    sf_choice vivado_hls vivado_hls 2016.4 2017.4 vivado_hls-2016.4
    sf_choice vivado_hls vivado_hls 2018.1 2020.1 vivado_hls-2018.1
}
sf_vivado() {
    sf_choice vivado vivado 2018.2 2025.2 vivado
}
sf_ip() {
    sf_choice ip vivado 2018.2 2025.2 ip
}
