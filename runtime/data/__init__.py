"""Data of a project: where it comes from, how it is split and how it becomes tensors."""
