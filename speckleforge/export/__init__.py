"""Quantised integers to a standard ONNX model, parameters and golden vectors; fails where they do not conform."""
