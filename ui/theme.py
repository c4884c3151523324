"""Colours by meaning. Each is a variable of Streamlit's theme, which the browser resolves, so light and dark follow by themselves."""

from __future__ import annotations

from typing import Final

TRAIN: Final = "var(--st-blue-color)"
VALIDATION: Final = "var(--st-orange-color)"
TEST: Final = "var(--st-violet-color)"
RIGHT: Final = "var(--st-green-color)"
WRONG: Final = "var(--st-red-color)"
QUIET: Final = "var(--st-gray-color)"
INK: Final = "var(--st-text-color)"
PAPER: Final = "var(--st-background-color)"

SPLITS: Final = {"train": TRAIN, "validation": VALIDATION, "test": TEST}

CLASSES: Final = (
    "#3987e5",
    "#e8833a",
    "#35a277",
    "#c9557f",
    "#8a6fd1",
    "#b3932f",
    "#3aa6b9",
    "#9c6b4e",
    "#7f8790",
    "#6b9a3d",
)
"""Colours of classes in scatter plots and decision surfaces: of middle lightness, so that they stand on light and dark."""

FAMILIES: Final = {
    "io": "#7f8790",
    "linear": "#3987e5",
    "convolution": "#8a6fd1",
    "pooling": "#3aa6b9",
    "normalisation": "#6b9a3d",
    "activation": "#e8833a",
    "regularisation": "#c9557f",
    "shape": "#9c6b4e",
    "merge": "#b3932f",
    "recurrent": "#c9557f",
    "attention": "#c9557f",
    "embedding": "#35a277",
    "block": "#35a277",
}
"""Colours of layer families in small pictures; what is not listed is grey."""
