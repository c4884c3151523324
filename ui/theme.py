"""Colours by meaning: variables of Streamlit's theme, which the browser resolves, so that light and dark follow."""

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
"""Colours of classes in plots: of middle lightness, so that they stand on light and dark."""

FAMILIES: Final = {
    "Linear": "#3987e5",
    "Convolution": "#8a6fd1",
    "Pooling": "#3aa6b9",
    "Activation": "#e8833a",
    "Normalisation": "#6b9a3d",
    "Regularisation": "#c9557f",
    "Shape": "#9c6b4e",
    "Merge": "#b3932f",
    "Sequence": "#c9557f",
    "Attention": "#d05c4b",
    "Structure": "#35a277",
}
"""Colours of layer families in small pictures; what is not listed is grey."""

HEIGHTS: Final = {
    "Linear": 0.8,
    "Convolution": 1.0,
    "Sequence": 1.0,
    "Attention": 1.0,
    "Structure": 1.0,
    "Pooling": 0.55,
    "Input and output": 0.1,
}
"""How tall the blocks of a family stand in small pictures, from 0 to 1; a quarter where nothing is said."""

GREY: Final = "#8b929c"
