from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.document import Project
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run, find_run, list_folders
from runtime.runs.listing import list_runs
from runtime.runs.repeating import list_repeats
from runtime.runs.supervisor import Supervisor
from tests.runtime.runs.made import linear, wait_for


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    """A supervisor with one device."""
    supervisor = Supervisor(devices=("cpu",))
    yield supervisor
    supervisor.close()


def test_a_project_is_repeated_with_other_seeds(supervisor: Supervisor) -> None:
    runs = supervisor.repeat(linear(epochs=20, executor="thread", seed=2**32 - 1), 3, "Line")
    wait_for(lambda: all(supervisor.status(run) == "finished" for run in runs))
    table = list_runs().set_index("id").loc[runs]
    assert list(table["name"]) == ["Line (seed 4294967295)", "Line (seed 0)", "Line (seed 1)"]
    assert table["group"].nunique() == 1 and table["group"].notna().all()
    assert [find_run(run).read_project().run.seed for run in runs] == [2**32 - 1, 0, 1]
    for count_ in (1, 21):
        with pytest.raises(RunError, match="2 to 20 seeds"):
            list_repeats(Project(), count_)


def test_repeats_that_the_disk_does_not_all_take_leave_none_behind(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make_two(*arguments: Any, **options: Any) -> RunFolder:
        if len(made) == 2:
            raise RunError("The run cannot be made. The disk is full.")
        folder = create_run(*arguments, **options)
        made.append(folder.id)
        return folder

    monkeypatch.setattr("runtime.runs.supervisor.create_run", make_two)
    with pytest.raises(RunError, match="disk is full"):
        supervisor.repeat(linear(epochs=5), 4)
    assert len(made) == 2 and list_folders(supervisor.runs) == []
