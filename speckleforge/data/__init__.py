"""Data: takes a condition, an image size and a seed; gives patterns with labels. Never knows a network."""
