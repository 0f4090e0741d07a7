"""Image to vector: features in the order channel, row, column. Wires only."""
