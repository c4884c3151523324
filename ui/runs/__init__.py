"""The runs page: the table of all runs, the page of one, and taking one home."""
