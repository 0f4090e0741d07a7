"""External programs: how to find and run them. Takes commands and folders; never knows a stage or a spec."""
