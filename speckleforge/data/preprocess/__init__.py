"""Preprocessing: one file a step. Takes frames of the detector; gives the words on its link. Never sees a label.

A step's file says `UNITS`: the units that it takes, and the one that it gives (`same`: what it took). Specs are checked
against it without an import (`spec/offers.py`). `docs/data.md` has the rules.
"""
