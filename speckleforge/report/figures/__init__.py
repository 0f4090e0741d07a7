"""Figures of the report. Takes the JSON records of evaluation and training; gives PNG files that read at a glance.

The same records give the same bytes: fonts come with matplotlib, settings are its defaults and ours, and no time stands
in a file.
"""
