"""Fully connected layer."""
