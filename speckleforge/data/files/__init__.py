"""Recorded and simulated files as sources. Takes paths, labels and a class map; gives frames, some at a time.

Nothing is read before it is needed, and no file is ever held in memory as a whole. `docs/data.md` has the layouts.
"""
