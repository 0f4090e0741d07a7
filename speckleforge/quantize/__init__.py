"""Quantisation: takes a float checkpoint and a topology; gives integers, fracs and shifts that fit every range of it.

Post-training, power-of-two scales. No value leaves this room outside its type: `layers.parameters.conform` has the
last word.
"""
