"""Variants of a spec side by side: which precision, rate, arithmetic pay. Takes a spec; gives points and a front."""
