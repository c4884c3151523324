"""Looks at a network while it learns: how large weights, gradients and updates are, and what comes out of every node."""
