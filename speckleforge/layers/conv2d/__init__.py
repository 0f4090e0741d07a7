"""Two-dimensional convolution with stride, valid or same padding, any rectangular kernel."""
