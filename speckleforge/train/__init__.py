"""Training: takes a network's structure and a data set; gives a float checkpoint. Never knows hardware or precision."""
