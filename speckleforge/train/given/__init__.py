"""A network that was trained elsewhere, in place of training. Takes a file; gives the tensors of our network."""

from speckleforge.train.given.place import Given, place_given

__all__ = ["Given", "place_given"]
