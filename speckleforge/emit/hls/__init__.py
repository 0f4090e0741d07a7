"""HLS C++ sources of a design. Takes a design; gives a tree that a vendor's HLS tool, or g++ with the stand-ins in
`csim/`, compiles. Prints; decides nothing: every number is a field of the design or of its kernels.
"""
