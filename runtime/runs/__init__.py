"""Runs: the folder that holds one, who works on it, who watches over it, and what is read from it."""
