"""Weights: parameters of a design as the image that a running detector loads. Never reaches a synthesis."""
