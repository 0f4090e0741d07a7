"""Plans for AMD's tools."""
