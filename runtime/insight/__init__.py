"""What is looked at without training it: answers of a trained network."""
