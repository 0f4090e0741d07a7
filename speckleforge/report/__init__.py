"""The report. Takes the JSON results of the other stages; gives one record and one page; measures nothing itself.

Every number keeps the stage and the tool that it came from; what nobody obtained is null with a reason.
"""
