"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import PAPER, TRAIN

MOST_LABELLED = 20
"""With more classes the numbers in the cells could not be read; hovering still tells them."""


def build_confusion_figure(counts: Sequence[Sequence[float]], classes: Sequence[str] | None = None) -> Figure:
    """A heat map of counts, true classes down and predicted ones across, coloured by the share of the true class.

    Args:
        counts: ``counts[true][predicted]``.
        classes: Names of the classes; their numbers where None.
    """
    names = list(classes) if classes and len(classes) == len(counts) else [str(number) for number in range(len(counts))]
    shares = [[count / sum(row) if sum(row) else 0.0 for count in row] for row in counts]
    trace = {
        "type": "heatmap",
        "z": shares,
        "x": names,
        "y": names,
        "customdata": [
            [describe_cell(count, share) for count, share in zip(*row, strict=True)]
            for row in zip(counts, shares, strict=True)
        ],
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, PAPER], [1, TRAIN]],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{y} taken for %{x}<br>%{customdata}<extra></extra>",
    }
    if len(counts) <= MOST_LABELLED:
        trace |= {
            "text": [[str(int(count)) if count else "" for count in row] for row in counts],
            "texttemplate": "%{text}",
        }
    x = build_axis("predicted", type="category", constrain="domain", tickangle="auto")
    y = build_axis("true", type="category", autorange="reversed", scaleanchor="x", constrain="domain")
    return {"data": [trace], "layout": build_layout(x, y)}


def describe_cell(count: float, share: float) -> str:
    """A cell in words: how many samples, and what part of their true class."""
    return f"{int(count)} samples, {share:.1%} of the class"
