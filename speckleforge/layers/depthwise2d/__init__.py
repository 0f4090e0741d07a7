"""Depthwise two-dimensional convolution: one kernel a channel, which sees no other channel."""
