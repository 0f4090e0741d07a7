"""Adapter between streams: other lanes, offset 0."""
