from __future__ import annotations

from builder.document import Edge, Graph, Node, Project
from ui.charts.curves import build_panels
from ui.session import load_preset


def test_losses_come_first_then_metrics_that_are_numbers() -> None:
    project = load_preset("mnist_cnn")
    assert project is not None
    assert [(panel.name, panel.goal) for panel in build_panels(project)] == [("loss", "min"), ("accuracy", "max")]


def test_a_panel_has_a_line_for_each_split_and_marks_for_the_best_and_for_its_loss() -> None:
    project = load_preset("linear_regression")
    assert project is not None
    figure = build_panels(project)[0].as_json()["figure"]
    assert [trace["meta"] for trace in figure["data"]] == [
        {"split": "train"},
        {"split": "validation"},
        {"split": "test"},
        {"mark": "best"},
        {"mark": "lost"},
    ]
    colours = {trace["line"]["color"] for trace in figure["data"][:3]}
    assert len(colours) == 3 and all(colour.startswith("var(--st-") for colour in colours)


def test_zoom_stays_while_points_arrive() -> None:
    project = load_preset("linear_regression")
    assert project is not None
    assert build_panels(project)[0].figure["layout"]["uirevision"]


def test_nodes_of_unknown_kinds_make_no_panel() -> None:
    project = Project(training=Graph(nodes=(Node(id="odd", kind="FromTheFuture"), Node(id="loss", kind="MSELoss"))))
    assert [panel.name for panel in build_panels(project)] == ["loss"]


def test_what_is_switched_off_makes_no_panel() -> None:
    off = Node(id="accuracy", kind="Accuracy", bypassed=True)
    project = Project(training=Graph(nodes=(off, Node(id="loss", kind="MSELoss"))))
    assert [panel.name for panel in build_panels(project)] == ["loss"]


def test_a_formula_has_a_panel_where_an_optimizer_follows_it_or_it_is_to_be_drawn() -> None:
    nodes = (
        Node(id="loss", kind="MSELoss"),
        Node(id="sum", kind="Formula"),
        Node(id="distance", kind="Formula", params={"log": True}),
        Node(id="plain", kind="Formula"),
        Node(id="adam", kind="Adam"),
    )
    links = (Edge(source="sum", target="adam", target_port="loss"), Edge(source="loss", target="plain"))
    project = Project(training=Graph(nodes=nodes, edges=links))
    assert [panel.name for panel in build_panels(project)] == ["loss", "sum", "distance"]


def test_no_value_of_a_loss_that_rivals_pull_at_is_best() -> None:
    project = load_preset("pix2pix")
    assert project is not None
    goals = {panel.name: panel.goal for panel in build_panels(project)}
    assert set(goals.values()) == {"min", "none"} and "none" in {
        goals[name] for name in goals if "discriminator" in name
    }
