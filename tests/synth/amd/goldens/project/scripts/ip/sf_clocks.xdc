# Clocks of the block, out of context. Printed; do not edit.
# No input or output delays: what a firmware tree has at the other side of the ports is not known here, and a number
# without a source would decide the placement. So paths from and to ports are not timed.
# Clocks without HD.CLK_SRC arrive everywhere at once: the delay of a clock's network is that of the firmware tree.
create_clock -name ap_clk -period 5.000 [get_ports {ap_clk}]
