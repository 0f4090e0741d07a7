"""Lowering: takes a topology, what the hardware must reach and a board; gives a `Design` with every folding decision
made, and a prediction of what it costs. Never sees a learned value.
"""
