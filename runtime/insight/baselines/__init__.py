"""Simple answers to the question that a network learns to answer: what it has to beat."""
