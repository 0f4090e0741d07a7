"""Average-pooling: a sum over each window, requantised with one shift."""
