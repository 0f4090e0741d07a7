"""Bad pixels to zero: a preprocess step whose mask is a parameter, loaded at run time."""
