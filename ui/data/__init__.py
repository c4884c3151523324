"""The pieces of the data page."""
