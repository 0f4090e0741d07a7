"""Reports of tools as typed records. Takes a file's text; gives frozen records; knows no room and runs nothing.

What a report does not say is None; a text that is no such report is a `FormatError`.
"""
