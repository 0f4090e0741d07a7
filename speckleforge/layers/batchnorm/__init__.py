"""Batch normalisation: trained beside the linear layer before it, folded into that layer in the checkpoint."""
