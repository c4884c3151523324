"""What a project does: data, training, runs and take-home files. Knows nothing of the screen."""
