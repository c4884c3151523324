"""The report of a run: one HTML file that needs nothing else, to be mailed, printed or kept."""
