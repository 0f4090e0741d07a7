"""Adapter crossing: a stream's registered way from one super logic region into another."""
