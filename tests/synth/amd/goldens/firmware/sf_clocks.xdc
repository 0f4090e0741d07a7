# Clocks of the block, out of context. Printed; do not edit.
# No input or output delays: what a firmware tree has at the other side of the ports is not known here, and a number
# without a source would decide the placement. So paths from and to ports are not timed.
# Clocks without HD.CLK_SRC arrive everywhere at once: the delay of a clock's network is that of the firmware tree.
create_clock -name core_clk -period 5.000 [get_ports {core_clk}]
create_clock -name dma_clk -period 4.000 [get_ports {dma_clk}]
create_clock -name axil_clk -period 8.000 [get_ports {axil_clk}]
