# Kernels in the super logic regions of the design. Printed; do not edit.
create_pblock pblock_slr0
add_cells_to_pblock [get_pblocks pblock_slr0] [get_cells {u_core/u_conv2d_1}]
resize_pblock -add SLR0 [get_pblocks pblock_slr0]
create_pblock pblock_slr1
add_cells_to_pblock [get_pblocks pblock_slr1] [get_cells {u_core/u_dense_7}]
resize_pblock -add SLR1 [get_pblocks pblock_slr1]
