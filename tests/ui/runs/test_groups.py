"""Runs that repeat each other, told as one."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.folding import list_folds
from runtime.runs.repeating import list_repeats
from tests.runtime.runs.made import linear


def make(variants: tuple[list, str], losses: list[float | None]) -> list[RunFolder]:
    """Runs of a group, of which those with a loss have finished."""
    made = []
    for (project, name), loss in zip(variants[0], losses, strict=True):
        folder = create_run(project, name, group=variants[1])
        if loss is not None:
            with folder.lock(), folder.writer() as writer:
                writer.write_status("finished", metrics={"validation": {"loss": loss}})
        made.append(folder)
    return made


def show_all() -> None:
    from runtime.runs.listing import list_runs
    from ui.runs.groups import show_groups

    show_groups(list_runs())


def show_one(run: str) -> None:
    from runtime.runs.folder import find_run
    from ui.runs.groups import show_group

    show_group(find_run(run))


def read_html(app: AppTest) -> str:
    assert not app.exception
    return "".join(str(element.proto.body) for element in app.get("html"))


def test_all_runs_are_told_by_group_with_mean_and_interval(home: Path) -> None:
    project = linear(epochs=1)
    folds = make(list_folds(project, 2, "Line <1>"), [1.0, 3.0])
    make(list_repeats(project, 3, "Line"), [2.0, None, None])
    create_run(project, "Alone")
    table = read_html(AppTest.from_function(show_all, default_timeout=60).run())
    assert (
        f'<a href="/runs?compare={folds[0].id},{folds[1].id}" target="_self">Line &lt;1&gt;</a></th><td>2 folds</td>'
        in table
    )
    assert "<td>validation loss</td><td><b>2 ± 13</b></td><td><small>1, 3</small></td>" in table
    assert "<td>1 of 3 seeds</td><td>validation loss</td><td><b>2</b></td>" in table
    assert "Alone" not in table


def test_the_page_of_a_run_tells_of_its_group(home: Path) -> None:
    folds = make(list_folds(linear(epochs=1), 2, "Line"), [1.0, 3.0])
    app = AppTest.from_function(show_one, default_timeout=60, args=(folds[0].id,)).run()
    assert app.expander[0].label == "2 folds of “Line”"
    assert "<th>validation loss</th><td><b>2 ± 13</b></td>" in read_html(app)
    alone = create_run(linear(epochs=1), "Alone")
    assert not AppTest.from_function(show_one, default_timeout=60, args=(alone.id,)).run().expander
