"""Prototype head: scores against enrolled prototypes, argmax over valid slots, scale-free veto, keep decision."""
