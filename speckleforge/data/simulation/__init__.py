"""Simulation of single-particle imaging. Takes a named condition and a seed; gives frames of a detector."""
