"""Learning: the float network, losses and the training loop, for the rooms that learn (`train`, `quantize`).

Takes structure and data; gives tensors. Never knows hardware.
"""
