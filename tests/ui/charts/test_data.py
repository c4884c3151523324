from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ui.charts.data import build_balance_figure, build_histogram_figure

COUNTS = pd.DataFrame(
    {"class": ["a", "b", "a", "b"], "part": ["train", "train", "test", "test"], "samples": [5, 4, 2, 1]}
)


def test_the_balance_has_a_bar_for_every_class_and_a_colour_for_every_part():
    figure = go.Figure(build_balance_figure(COUNTS))
    assert [trace.name for trace in figure.data] == ["train", "test"]
    assert [list(trace.y) for trace in figure.data] == [[5, 4], [2, 1]]
    assert len({trace.marker.color for trace in figure.data}) == 2


def test_many_classes_are_not_named_on_the_axis():
    many = pd.DataFrame({"class": [str(i) for i in range(100)], "part": "train", "samples": 1})
    assert build_balance_figure(many)["layout"]["xaxis"]["showticklabels"] is False


def test_a_histogram_covers_its_values_without_gaps():
    counts = pd.DataFrame({"low": [0.0, 1.0], "high": [1.0, 2.0], "samples": [3, 4]})
    (bars,) = go.Figure(build_histogram_figure(counts, "width")).data
    assert (list(bars.x), list(bars.width), list(bars.y)) == ([0.5, 1.5], [1.0, 1.0], [3, 4])
