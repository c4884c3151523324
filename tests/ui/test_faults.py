from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from runtime.runs.errors import RunError
from ui import faults
from ui.run_routes import answer_json

NUMBER = re.compile(r"fault ([0-9a-f]{6})")


def fail(words: str) -> Exception:
    """An error that was raised, with its trace."""
    try:
        raise ZeroDivisionError(words)
    except ZeroDivisionError as error:
        return error


@pytest.fixture(autouse=True)
def fresh(home: Path) -> None:
    """A log of its own."""


def show_a_fault() -> None:
    from tests.ui.test_faults import fail
    from ui.faults import show_fault

    assert show_fault(fail("secret words"))


def show_a_sentence() -> None:
    from runtime.runs.errors import RunError
    from ui.faults import show_fault

    assert show_fault(RunError("The run is gone.", "Start another one."))


def test_a_person_sees_a_sentence_and_the_log_the_trace_under_the_same_number(home: Path) -> None:
    app = AppTest.from_function(show_a_fault).run()
    told = app.warning[0].value
    assert "saved" in told and "gallery" in told and "secret words" not in told
    log = (home / "logs" / "faults.log").read_text()
    assert NUMBER.findall(told) == NUMBER.findall(log)
    assert "ZeroDivisionError: secret words" in log and "in fail" in log


def test_an_error_that_is_a_sentence_is_told_as_it_is(home: Path) -> None:
    app = AppTest.from_function(show_a_sentence).run()
    assert app.warning[0].value == "The run is gone. Start another one."
    assert not (home / "logs").exists()


def test_the_log_stays_small(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MOST_BYTES", 5_000)
    for _ in range(200):
        faults.log_fault(fail("again"))
    files = sorted((home / "logs").iterdir())
    assert [file.name for file in files] == ["faults.log", "faults.log.1", "faults.log.2"]
    assert sum(file.stat().st_size for file in files) <= 15_000


def test_a_disk_that_takes_no_log_hides_no_sentence(home: Path) -> None:
    (home / "logs").write_text("a file where the folder would be")
    assert NUMBER.search(faults.explain_fault(fail("words")))
    (home / "logs").unlink()
    (home / "logs" / "faults.log").mkdir(parents=True)
    assert NUMBER.search(faults.explain_fault(fail("words")))


def test_a_route_that_fails_answers_with_a_sentence_and_a_number(home: Path) -> None:
    def divide(request: object) -> None:
        raise ZeroDivisionError("secret words")

    def refuse(request: object) -> None:
        raise RunError("The run is gone.")

    routes = [Route("/divide", answer_json(divide)), Route("/refuse", answer_json(refuse))]
    with TestClient(Starlette(routes=routes), base_url="http://127.0.0.1:8501") as client:
        answer = client.get("/divide")
        assert answer.status_code == 500 and "secret words" not in answer.text
        number = NUMBER.findall(answer.json()["error"])
        assert number and number == NUMBER.findall((home / "logs" / "faults.log").read_text())
        assert client.get("/refuse").json() == {"error": "The run is gone."}
