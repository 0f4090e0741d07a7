"""Quantisation: takes a float checkpoint and a topology; gives integers, fracs and shifts that fit every range of it.

Power-of-two scales, found after training or learned by training on with the integers' arithmetic. No value leaves this
room outside its type: `layers.parameters.conform` has the last word.
"""
