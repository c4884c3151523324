from __future__ import annotations

from ui.charts.matrices import MOST_LABELLED, build_confusion_figure


def test_cells_are_coloured_by_the_share_of_the_true_class_and_labelled_with_counts() -> None:
    trace = build_confusion_figure([[8, 2], [0, 5]], ["cat", "dog"])["data"][0]
    assert trace["z"] == [[0.8, 0.2], [0.0, 1.0]]
    assert trace["text"] == [["8", "2"], ["", "5"]]
    assert trace["x"] == trace["y"] == ["cat", "dog"]
    assert trace["customdata"][0][1] == "2 samples, 20.0% of the class"


def test_a_class_without_samples_divides_by_nothing() -> None:
    assert build_confusion_figure([[0, 0], [1, 1]])["data"][0]["z"] == [[0.0, 0.0], [0.5, 0.5]]


def test_names_that_do_not_fit_are_replaced_by_numbers() -> None:
    assert build_confusion_figure([[1, 0], [0, 1]], ["only one"])["data"][0]["x"] == ["0", "1"]


def test_many_classes_have_no_numbers_in_their_cells() -> None:
    size = MOST_LABELLED + 1
    assert "text" not in build_confusion_figure([[1] * size] * size)["data"][0]


def test_true_classes_are_read_from_the_top() -> None:
    layout = build_confusion_figure([[1, 0], [0, 1]])["layout"]
    assert layout["yaxis"]["autorange"] == "reversed" and layout["yaxis"]["title"]["text"] == "true"
