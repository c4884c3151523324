"""Networks are compiled beside a run and swapped in: the same losses, and whatever fails leaves the run as it is."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from builder.codegen.train_source import generate_train
from runtime.compiling import beside, pace
from runtime.compiling.beside import Beside, find_obstacle
from runtime.compiling.calls import describe_call, make_inputs, read_call, write_call
from runtime.runs.control import clear_for_resume
from runtime.runs.folder import create_run
from runtime.runs.store import notices
from runtime.runs.worker import work
from runtime.session import Session
from tests.builder.drawn import chain, classifier, node
from tests.runtime.prepared import make_up
from tests.runtime.runs.made import linear
from tests.runtime.runs.test_worker import stop_after
from tests.runtime.test_loop import small_cnn, start
from ui.training.watching import name_means

CPU = torch.device("cpu")
EARLY, STEPS = beside.WATCHED_STEPS + 1, 20
needs_compiler = pytest.mark.skipif(
    shutil.which("g++") is None, reason="no C++ compiler (g++) to compile networks with"
)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything is decided after a few steps, in a home of its own."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    monkeypatch.setattr(beside, "WATCHED_SECONDS", 0.0)
    monkeypatch.setattr(beside, "WORTH_SECONDS", -1.0)
    monkeypatch.setattr(beside, "POLL_SECONDS", 0.0)


class Watched:
    """A session with its networks compiled beside it, and what is told of that."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.told: list[str] = []
        self.swapped: list[int] = []
        self.given_up: list[int] = []
        self.beside = Beside(session.machinery, self.told.append, self.note)
        session.machinery.call_network, session.between = self.beside.call, self.beside.before_step

    def note(self, step: int, is_compiled: bool) -> None:
        """Keep from which step on networks are compiled, and from which on not any more."""
        (self.swapped if is_compiled else self.given_up).append(step)

    def run_steps(self, count: int) -> list[dict[str, torch.Tensor]]:
        """Losses of so many steps."""
        return [run_step(self.session) for _ in range(count)]

    def wait(self, is_over: Callable[[], bool]) -> None:
        """Let the process come to its end, while no step is taken."""
        until = time.monotonic() + 600
        while not is_over() and time.monotonic() < until:
            self.beside.before_step(self.session.step, self.session.steps)
            time.sleep(0.05)
        assert is_over()


def run_step(session: Session) -> dict[str, torch.Tensor]:
    """A step, and the next epoch where it is the last of one."""
    if session.lead.position >= session.lead.num_batches:
        session.end_epoch()
    return session.run_step()


@needs_compiler
@pytest.mark.slow
@pytest.mark.usefixtures("_at_once")
def test_compiled_networks_learn_what_plain_ones_learn_and_the_next_run_finds_them() -> None:
    network = chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features=8),
        node("norm1", "BatchNorm1d"),
        node("relu1", "ReLU"),
        node("dropout1", "Dropout", p=0.3),
        node("linear2", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )
    project = classifier(network, epochs=1000)
    plain = start(project)
    expected = [run_step(plain) for _ in range(STEPS)]
    watched = Watched(start(project))
    names = list(watched.session.weight_tensors())
    losses = watched.run_steps(EARLY)
    assert watched.beside.process is not None and not watched.beside.ready
    random = torch.get_rng_state()
    watched.wait(lambda: watched.beside.process is None)
    assert torch.equal(torch.get_rng_state(), random)
    losses += watched.run_steps(STEPS - EARLY)
    assert watched.swapped == [EARLY] and watched.beside.ready and not watched.told
    assert list(watched.session.weight_tensors()) == names
    assert losses[:EARLY] == expected[:EARLY]
    torch.testing.assert_close(losses, expected, rtol=1e-4, atol=1e-5)
    again = Watched(start(project))
    again.run_steps(EARLY)
    assert again.beside.process is None and again.swapped


@pytest.mark.slow
@pytest.mark.usefixtures("_at_once")
def test_without_a_compiler_the_run_stays_as_it_is_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "/nonexistent")
    plain = start(classifier(small_cnn(), epochs=1000))
    expected = [run_step(plain) for _ in range(STEPS)]
    watched = Watched(start(classifier(small_cnn(), epochs=1000)))
    losses = watched.run_steps(EARLY)
    watched.wait(lambda: watched.beside.process is None)
    losses += watched.run_steps(STEPS - EARLY)
    assert watched.told == [f'"model" {beside.STAYS}: this computer has no C++ compiler, such as g++.']
    assert losses == expected and not watched.beside.ready


@pytest.mark.usefixtures("_at_once")
def test_what_fails_when_it_is_swapped_in_is_computed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*inputs: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("No kernel today.\nAnd none tomorrow.")

    monkeypatch.setattr(beside, "is_known", lambda order: True)
    monkeypatch.setattr(beside, "compile_network", lambda network: refuse)
    plain = start(classifier(small_cnn(), epochs=1000))
    expected = [run_step(plain) for _ in range(STEPS)]
    watched = Watched(start(classifier(small_cnn(), epochs=1000)))
    assert watched.run_steps(STEPS) == expected
    assert watched.told == [f'"model" {beside.STAYS}: torch.compile failed (RuntimeError: No kernel today).']
    assert not watched.swapped


@pytest.mark.usefixtures("_at_once")
def test_forms_that_come_again_are_compiled_and_others_called_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "is_known", lambda order: True)
    sizes: list[int] = []

    def compile_network(network: torch.nn.Module) -> Callable[[torch.Tensor], torch.Tensor]:
        def compiled(x: torch.Tensor) -> torch.Tensor:
            sizes.append(len(x))
            return network.forward(x)

        return compiled

    monkeypatch.setattr(beside, "compile_network", compile_network)
    project = classifier(small_cnn(), epochs=1000)
    watched = Watched(Session.create(project, make_up(project, size=201), CPU))
    watched.run_steps(50)
    full = [step for step in range(beside.WATCHED_STEPS, 50) if step % 11 != 10]
    assert sizes == [20] * len(full) and watched.swapped == full[:1]


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(("seconds", "is_given_up"), [(0.05, True), (0.0, False)])
def test_compiled_networks_that_make_steps_slower_are_given_up(
    monkeypatch: pytest.MonkeyPatch, seconds: float, is_given_up: bool
) -> None:
    def compile_network(network: torch.nn.Module) -> Callable[[torch.Tensor], torch.Tensor]:
        def compiled(x: torch.Tensor) -> torch.Tensor:
            time.sleep(seconds)
            return network.forward(x)

        return compiled

    monkeypatch.setattr(beside, "is_known", lambda order: True)
    monkeypatch.setattr(beside, "compile_network", compile_network)
    monkeypatch.setattr(pace, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(beside, "SLOWER", 2.0)
    watched = Watched(start(classifier(small_cnn(), epochs=1000)))
    watched.run_steps(beside.WATCHED_STEPS + pace.SETTLING + pace.LEAST_STEPS + 2)
    assert watched.swapped == [beside.WATCHED_STEPS] and watched.beside.is_judged
    assert len(watched.given_up) == len(watched.told) == int(is_given_up) and bool(watched.beside.ready) != is_given_up
    if is_given_up:
        assert watched.told[0].endswith(f"so from step {watched.given_up[0] + 1} on nothing is compiled.")


@pytest.mark.usefixtures("_at_once")
def test_shapes_that_never_come_again_leave_the_network_as_it_is() -> None:
    session = start(classifier(small_cnn(), epochs=1000))
    watched = Watched(session)
    for rows in range(2, 2 + EARLY):
        watched.beside.before_step(rows - 2, session.steps)
        watched.beside.call("model", torch.randn(rows, 1, 8, 8))
    assert watched.told == [f'"model" {beside.STAYS}: its inputs have another shape in nearly every step.']
    assert watched.beside.process is None


@pytest.mark.usefixtures("_at_once")
def test_a_process_that_takes_too_long_or_dies_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, words in ((0.0, "it was not compiled within 0 minutes"), (300.0, "ended with code -9")):
        monkeypatch.setattr(beside, "LONGEST_SECONDS", seconds)
        watched = Watched(start(classifier(small_cnn(), epochs=1000)))
        watched.run_steps(beside.WATCHED_STEPS)
        watched.beside.before_step(EARLY, watched.session.steps)
        process = watched.beside.process
        assert process is not None
        if seconds:
            process.process.kill()
        watched.wait(lambda watched=watched: watched.beside.process is None)
        assert len(watched.told) == 1 and words in watched.told[0]
        assert process.process.returncode is not None


@pytest.mark.usefixtures("_at_once")
def test_a_run_that_will_be_over_soon_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTH_SECONDS", 3600.0)
    watched = Watched(start(classifier(small_cnn(), epochs=1000)))
    watched.run_steps(STEPS)
    assert watched.beside.process is None and not watched.beside.is_watching and not watched.told


def test_what_cannot_be_compiled_is_known_before(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [{"match": "conv1", "frozen": True}]
    frozen = classifier(small_cnn(), node("adam", "Adam", networks=["model"], groups=groups))
    assert "epoch" in find_obstacle(start(frozen).machinery)
    assert not find_obstacle(start(classifier(small_cnn())).machinery)
    watched = Watched(start(frozen))
    watched.run_steps(STEPS)
    assert len(watched.told) == 1 and not watched.beside.seen


def test_a_call_is_made_again_from_its_description() -> None:
    network = torch.nn.Linear(3, 2)
    pictures = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    inputs = [pictures, torch.zeros(2, dtype=torch.int64), torch.randn(2, requires_grad=True) * 2]
    call = describe_call("model", network, inputs)
    assert call is not None and read_call(write_call(call)) == call and isinstance(hash(call), int)
    again = make_inputs(call, CPU)
    assert describe_call("model", network, again) == call
    assert again[2].grad_fn is not None
    assert describe_call("model", network, [None]) is None


@pytest.mark.usefixtures("_at_once")
def test_a_run_writes_down_from_which_step_it_is_compiled_and_says_so_when_it_is_resumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "is_known", lambda order: True)
    monkeypatch.setattr(beside, "compile_network", lambda network: network.forward)
    folder = create_run(linear(epochs=1_000_000, compiling="on"))
    first = work(folder, listen=stop_after(folder, 50, "pause"))
    assert first.status == "paused"
    assert folder.read_environment()["compiled_from"] == beside.WATCHED_STEPS
    assert f"compiled from step {beside.WATCHED_STEPS + 1}" in name_means(folder, folder.read_project())
    clear_for_resume(folder)
    work(folder, listen=stop_after(folder, first.steps + 50, "stop"))
    told = notices(folder)
    assert told[0].startswith(f"Compiled from step {beside.WATCHED_STEPS + 1} on")
    assert told[1].startswith("Resumed as it is and compiled from a later step on") and told[2].startswith("Compiled")
    assert folder.read_environment()["compiled_from"] >= first.steps


def test_train_py_says_that_the_run_was_compiled_and_runs_without_a_compiler() -> None:
    project = classifier(small_cnn(), compiling="on")
    assert "(model.compile()), which changes last digits" in generate_train(project)
    assert "compile()" not in generate_train(classifier(small_cnn(), compiling="off"))
