from __future__ import annotations

from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from builder.document import Project, Weights
from runtime.runs.folder import create_run
from runtime.runs.listing import list_runs
from tests.runtime.runs.made import linear
from ui.runs.family import find_step, indent, name_parents, order_as_tree
from ui.runs.page import arrange


def fork(project: Project, origin: str) -> Project:
    """The project as a fork has it: its network starts from kept weights."""
    (name, graph), *_ = project.networks.items()
    weights = Weights(origin=origin, sha256="0" * 64)
    return project.model_copy(update={"networks": {name: graph.model_copy(update={"weights": weights})}})


def test_forks_stand_below_what_they_went_on_from() -> None:
    ids, parents = ["d", "c", "b", "a"], ["b", "a", "a", None]
    assert order_as_tree(ids, parents) == [(3, 0), (1, 1), (2, 1), (0, 2)]


def test_a_parent_that_is_not_shown_is_none_and_a_circle_loses_no_run() -> None:
    assert order_as_tree(["b", "a"], ["gone", None]) == [(0, 0), (1, 0)]
    assert sorted(order_as_tree(["a", "b", "c"], ["b", "a", "c"])) == [(0, 0), (1, 0), (2, 0)]


def test_a_tree_of_a_thousand_generations_is_walked() -> None:
    ids = [str(number) for number in range(1000)]
    assert order_as_tree(ids, [None, *ids[:-1]])[-1] == (999, 999)


def test_the_table_names_parents_and_indents_forks(home: Path) -> None:
    first = create_run(linear(epochs=1), "First")
    create_run(linear(epochs=2), "Fork", first.id)
    create_run(linear(epochs=3), "Orphan", "20260101-000000-gone-0000")
    runs = list_runs()
    assert name_parents(runs) == ["a run that is gone", "First", ""]
    table = pd.DataFrame({"Run": runs["name"]})
    assert list(arrange(runs, table, True)[1]["Run"]) == ["Orphan", "First", indent("Fork", 1)]
    assert list(arrange(runs, table, False)[1]["Run"]) == ["Orphan", "Fork", "First"]


def test_a_fork_says_at_which_step_it_went_on(home: Path) -> None:
    first = create_run(linear(epochs=1), "First, step 9")
    went_on = create_run(fork(linear(epochs=1), "First, step 9, step 1,200"), "Fork", first.id)
    assert find_step(went_on) == "step 1,200" and find_step(first) == ""


def show(run: str) -> None:
    from runtime.runs.folder import find_run
    from ui.runs.family import show_family
    from ui.runs.notes import show_notes

    show_family(find_run(run))
    show_notes(find_run(run))


def test_the_page_of_a_run_leads_to_its_parent_and_its_forks(home: Path) -> None:
    first = create_run(linear(epochs=1), "<b>First</b>")
    second = create_run(fork(linear(epochs=1), "x, step 40"), "Second", first.id)
    above = AppTest.from_function(show, args=(second.id,)).run().get("html")[0].proto.body
    assert f'href="/runs?run={first.id}"' in above and "at step 40" in above and "<b>" not in above
    below = AppTest.from_function(show, args=(first.id,)).run().get("html")[0].proto.body
    assert "Fork of this run" in below and second.id in below


def test_notes_and_tags_are_written_and_shown_without_fetching_anything(home: Path) -> None:
    run = create_run(linear(epochs=1))
    run.write_meta(notes="**bold** ![x](http://elsewhere.example/x.png) <img src=x>", tags=["a<b>"])
    app = AppTest.from_function(show, args=(run.id,)).run()
    shown = next(one for one in app.markdown if "bold" in one.value)
    assert "![" not in shown.value and not shown.allow_html
    assert any("a&lt;b&gt;" in one.proto.body for one in app.get("html"))
    app.text_area[0].set_value("New *words*")
    app.button[0].click().run()
    assert run.read_meta()["notes"] == "New *words*" and run.read_meta()["tags"] == ["a<b>"]
