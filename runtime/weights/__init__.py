"""Weights that a network starts from: kept once, found by their content, carried over where names and shapes fit."""
