"""Rectifier with a learned slope for negative values: one slope for the whole layer."""
