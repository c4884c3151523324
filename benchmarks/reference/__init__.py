"""The algorithms of the presets as an engineer writes them in PyTorch, by hand and without Layerloom, to be measured against."""
