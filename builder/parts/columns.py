"""What follows a field's name where something beside its samples is meant."""

from __future__ import annotations

LENGTHS = "_lengths"
"""The number of steps of each sample."""
NEXT = "_next"
"""What comes after the steps of each sample."""
