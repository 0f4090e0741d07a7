"""Accuracy of the hardware's integers, one file a topic. Takes integers and labels; gives records of `accuracy.json`.

`docs/evaluation.md` defines every figure. Nothing here knows a float of the network but its embeddings.
"""
