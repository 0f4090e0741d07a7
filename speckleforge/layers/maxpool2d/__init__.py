"""Max-pooling on integers, floor and ceil modes."""
