"""The panel that takes a run home: what it offers, what it makes, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import time

import pytest
from streamlit.testing.v1 import AppTest

from runtime.export.runs import EXPORTS
from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.folder import RunFolder, create_run
from tests.runtime.runs.made import linear
from ui.runs import take_home
from ui.runs.take_home_panel import name_checkpoint, resolve_choice


def show(run: str) -> None:
    from ui.runs.take_home_panel import render_take_home

    render_take_home(run)


def open_panel(folder: RunFolder) -> AppTest:
    return settle(AppTest.from_function(show, args=(folder.id,), default_timeout=60))


def settle(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click()
    settle(app)


def wait_for_work(folder: RunFolder) -> None:
    deadline = time.monotonic() + 90
    while take_home.is_being_made(folder.id):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def page_text(app: AppTest) -> str:
    return " ".join(item.proto.body for item in app.get("html"))


@pytest.fixture(autouse=True)
def forget_jobs():
    yield
    take_home.JOBS.clear()


def leave_files(folder: RunFolder, **report: object) -> None:
    """Files of a run as an export leaves them."""
    single = folder.path / EXPORTS / "line"
    single.mkdir(parents=True)
    (folder.path / EXPORTS / "line.zip").write_bytes(b"zip")
    (single / "model.py").write_text("import torch\n")
    (single / "run.json").write_text(json.dumps(report))


def test_a_run_without_a_checkpoint_offers_nothing_and_says_so(home):
    folder = create_run(linear())
    with folder.lock():
        app = open_panel(folder)
        assert "no checkpoint to take home yet" in app.markdown[0].value and not app.button
    with folder.lock(), folder.writer() as writer:
        writer.write_status("failed", "It failed.")
    app = open_panel(folder)
    assert "has no checkpoint" in app.markdown[0].value and not app.button


def test_a_run_that_is_gone_is_told_in_a_sentence(home):
    app = settle(AppTest.from_function(show, args=("20260101-000000-gone-0000",)))
    assert "There is no run" in app.markdown[0].value


def test_one_button_gives_verified_files_and_the_code_to_read(finished):
    app = open_panel(finished)
    press(app, "Make the files")
    wait_for_work(finished)
    settle(app)
    text = page_text(app)
    assert "Verified." in text and "A fresh process without Layerloom" in text
    assert "with the weights of step 2,000" in text
    assert [tab.label for tab in app.tabs] == ["model.py", "train.py", "predict.py"]
    assert "class Model(nn.Module)" in app.code[0].value


def test_the_prepared_data_can_be_taken_alone(finished):
    app = open_panel(finished)
    press(app, "Prepared data")
    wait_for_work(finished)
    settle(app)
    assert "files/prepared.safetensors" in page_text(app)
    assert ".zip" not in page_text(app)


def test_files_that_are_not_verified_are_never_called_verified(finished):
    leave_files(finished, verification={"verified": False, "sentence": "predict.py failed <badly>."}, step=7)
    text = page_text(open_panel(finished))
    assert "Not verified." in text
    assert "predict.py failed &lt;badly&gt;." in text
    assert "Verified." not in text.replace("Not verified.", "")


def test_a_file_that_could_not_be_written_has_its_reason(finished):
    verification = {"verified": False, "sentence": "There is no predict.py to verify."}
    leave_files(
        finished, verification=verification, missing={"predict.py": "Nothing is asked of this network."}, step=7
    )
    assert "There is no predict.py. Nothing is asked of this network." in page_text(open_panel(finished))


def test_what_cannot_be_made_is_told_where_it_was_asked_for(finished):
    for checkpoint in finished.checkpoints.glob("step-*/tensors.safetensors"):
        checkpoint.write_bytes(b"damaged")
    app = open_panel(finished)
    press(app, "Make the files")
    wait_for_work(finished)
    settle(app)
    assert "damaged" in page_text(app)
    assert [button.label for button in app.button if not button.disabled] == ["Make the files", "Prepared data"]


def test_choices_follow_the_run_or_name_a_step(finished):
    checkpoints = {entry["name"]: entry for entry in list_checkpoints(finished.checkpoints)}
    last = next(reversed(checkpoints))
    assert resolve_choice(checkpoints, "best") is None
    assert resolve_choice(checkpoints, "newest") == last
    assert resolve_choice(checkpoints, last) == last
    assert name_checkpoint(checkpoints, last).startswith("Step 2,000")


def test_work_is_found_again_and_not_begun_twice(finished):
    take_home.begin(finished, None)
    first = take_home.JOBS.find((finished.id, "files"))
    take_home.begin(finished, None)
    assert take_home.JOBS.find((finished.id, "files")) is first
    app = open_panel(finished)
    assert [button.label for button in app.button if button.disabled] == ["Make the files"]
    wait_for_work(finished)
    shutil.rmtree(finished.path / EXPORTS)
