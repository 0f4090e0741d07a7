"""Dark level off each pixel: a preprocess step whose pedestal is a parameter, loaded at run time."""
