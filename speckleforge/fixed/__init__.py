"""The one definition of integer arithmetic. Takes integers and bit widths; gives integers. Never sees a float value."""
