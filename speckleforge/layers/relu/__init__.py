"""Rectifier: behind a linear layer it is that layer's unsigned saturation and costs nothing."""
