from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
import torch

from builder.document import Project, Run
from runtime.events import CheckpointDue, Event, Phase
from runtime.fast_path import adapt
from runtime.runs import store, worker
from runtime.runs.checkpoint import load_last
from runtime.runs.command import Command
from runtime.runs.control import clear_for_resume
from runtime.runs.environment import compare_environments, describe_environment
from runtime.runs.errors import RunBusy
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.weights import read_weights
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear


def stop_after(folder: RunFolder, steps: int, word: str) -> Any:
    """A listener that asks the run for something once it has reported so many steps."""

    def listen(event: Event) -> None:
        if getattr(event, "step", 0) >= steps and not folder.control.exists():
            folder.write_control(word)

    return listen


def test_a_run_is_trained_and_all_of_it_recorded(home: Path) -> None:
    folder = create_run(linear(epochs=600))
    outcome = work(folder)
    assert (outcome.status, outcome.steps) == ("finished", 600)
    assert outcome.metrics["train"]["loss"] < 1
    scalars = store.scalars(folder)
    assert list(scalars[scalars["name"] == "loss"]["step"]) == list(range(1, 601))
    assert list(store.statuses(folder)["status"]) == ["queued", "running", "finished"]
    assert "preparing data" in list(store.phases(folder)["name"])
    environment = folder.read_environment()
    assert environment["torch"] == torch.__version__ and environment["threads"] == torch.get_num_threads()
    assert environment["precision"] in ("float32", "bfloat16")
    assert not folder.is_locked() and not folder.log.exists()


def test_the_last_checkpoint_holds_the_trained_weights(home: Path) -> None:
    folder = create_run(linear(epochs=2000))
    work(folder)
    weights = read_weights(folder)
    tensors = {name: tensor for network in weights.values() for name, tensor in network.items()}
    weight, bias = (next(t for name, t in tensors.items() if name.endswith(end)) for end in ("weight", "bias"))
    assert float(weight * 5 + bias) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(("word", "status"), [("pause", "paused"), ("stop", "stopped")])
def test_the_control_file_ends_a_run_within_steps_and_it_is_saved(home: Path, word: str, status: str) -> None:
    folder = create_run(linear(epochs=1_000_000))
    outcome = work(folder, listen=stop_after(folder, 50, word))
    assert outcome.status == status == store.read_status(folder)
    found = load_last(folder.checkpoints)
    assert found is not None and found.step == outcome.steps > 0


def test_an_interruption_saves_and_says_why(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    command = Command(folder.control)

    def listen(event: Event) -> None:
        if getattr(event, "step", 0) >= 20:
            command.interrupt("The lights went out.")

    outcome = work(folder, command, listen)
    assert (outcome.status, outcome.reason) == ("interrupted", "The lights went out.")
    found = load_last(folder.checkpoints)
    assert found is not None and found.step == outcome.steps


@pytest.mark.parametrize(("word", "status"), [("pause", "paused"), ("stop", "stopped")])
def test_a_run_can_be_left_while_its_data_is_prepared(home: Path, word: str, status: str) -> None:
    folder = create_run(linear())
    folder.write_control(word)
    outcome = work(folder)
    assert (outcome.status, outcome.steps) == (status, 0)
    assert "before the first step" in outcome.reason


def train_in_pieces(project: Project, cuts: list[int]) -> RunFolder:
    """Train a run that is paused at least so often."""
    folder = create_run(project)
    for cut in cuts:
        work(folder, listen=stop_after(folder, cut, "pause"))
        assert store.read_status(folder) == "paused"
        clear_for_resume(folder)
    assert work(folder).status == "finished"
    return folder


def test_a_paused_run_ends_with_the_very_weights_and_losses_of_one_that_was_not(home: Path) -> None:
    project = iris("run.epochs=400", "run.early_stopping=null")
    whole, pieces = train_in_pieces(project, []), train_in_pieces(project, [1, 120, 500])
    ours, theirs = load_last(whole.checkpoints), load_last(pieces.checkpoints)
    assert ours is not None and theirs is not None and ours.step == theirs.step
    assert ours.tensors.keys() == theirs.tensors.keys()
    for name, tensor in ours.tensors.items():
        assert torch.equal(tensor, theirs.tensors[name]), name
    frames = [frame[frame["name"] == "loss"] for frame in (store.scalars(whole), store.scalars(pieces))]
    assert list(frames[0]["step"]) == list(frames[1]["step"])
    assert list(frames[0]["value"]) == list(frames[1]["value"])


def test_a_loss_that_is_no_number_fails_the_run_with_advice(home: Path) -> None:
    folder = create_run(change_project(linear(epochs=100_000), ["training.sgd.lr=1e30"]))
    outcome = work(folder)
    assert outcome.status == "failed" == store.read_status(folder)
    assert "loss" in outcome.reason and "learning rate" in outcome.advice


def test_a_project_with_errors_fails_with_its_sentences(home: Path) -> None:
    project = linear()
    network = next(iter(project.networks))
    graph = project.networks[network]
    folder = create_run(project.with_graph(f"networks.{network}", graph.model_copy(update={"edges": ()})))
    outcome = work(folder)
    assert outcome.status == "failed" and "error" in outcome.reason and "Traceback" not in outcome.reason


FAILURES = [
    (MemoryError(), "The memory is too small", "batch_size"),
    (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "The memory of the GPU", "batch_size"),
    (
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        "The memory is too small",
        "batch_size",
    ),
    (OSError(errno.ENOSPC, "No space left on device"), "The disk that holds the run is full", "intact"),
    (OSError(errno.EROFS, "Read-only file system"), "cannot be written to", "read-only"),
    (RuntimeError("CUDA error: an illegal memory access"), "The GPU reported an error", "cpu"),
    (ZeroDivisionError("secret words"), "Something in Layerloom failed at step", "log.txt"),
]


@pytest.mark.parametrize(("error", "reason", "advice"), FAILURES)
def test_whatever_is_raised_becomes_a_sentence_and_the_traceback_a_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str, advice: str
) -> None:
    folder = create_run(linear(epochs=1_000_000))

    def break_down(folder: Path, due: CheckpointDue, *content: object) -> None:
        raise error

    monkeypatch.setattr(worker, "save_checkpoint", break_down)
    outcome = work(folder, listen=stop_after(folder, 10, "pause"))
    assert outcome.status == "failed" == store.read_status(folder)
    assert reason in outcome.reason and advice in outcome.advice
    assert "Error" not in outcome.reason + outcome.advice and "secret words" not in outcome.reason + outcome.advice
    assert "Traceback" in folder.log.read_text()
    assert not folder.is_locked()


def test_a_full_disk_leaves_the_earlier_checkpoint_and_the_run_resumes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_run(linear(epochs=20_000))
    work(folder, listen=stop_after(folder, 50, "pause"))
    before = load_last(folder.checkpoints)
    clear_for_resume(folder)

    def fill_up(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("runtime.runs.checkpoint.save_file", fill_up)
        outcome = work(folder, listen=stop_after(folder, 500, "pause"))
    assert outcome.status == "failed" and "full" in outcome.reason and not folder.reserve.exists()
    after = load_last(folder.checkpoints)
    assert before is not None and after is not None and after.name == before.name
    clear_for_resume(folder)
    assert work(folder, listen=stop_after(folder, 900, "pause")).status == "paused"


def test_a_damaged_checkpoint_is_told_beside_the_run(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    for steps in (50, 5000):
        work(folder, listen=stop_after(folder, steps, "pause"))
        clear_for_resume(folder)
    last = load_last(folder.checkpoints)
    assert last is not None
    (folder.checkpoints / last.name / "tensors.safetensors").write_bytes(b"")
    work(folder, listen=stop_after(folder, 1, "pause"))
    assert any("damaged" in notice for notice in store.notices(folder))


def test_other_surroundings_are_told_beside_a_resumed_run(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    work(folder, listen=stop_after(folder, 50, "pause"))
    folder.write_environment({**folder.read_environment(), "torch": "1.0"})
    clear_for_resume(folder)
    work(folder, listen=stop_after(folder, 90, "pause"))
    assert f"torch 1.0 → {torch.__version__}" in store.notices(folder)[-1]


def test_data_that_changed_meanwhile_is_told_beside_a_resumed_run(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    work(folder, listen=stop_after(folder, 50, "pause"))
    project = folder.read_project()
    source = project.data["main"]
    assert source.facts is not None
    facts = source.facts.model_copy(update={"fingerprint": "another"})
    folder.write_project(project.model_copy(update={"data": {"main": source.model_copy(update={"facts": facts})}}))
    clear_for_resume(folder)
    work(folder, listen=stop_after(folder, 90, "pause"))
    assert store.notices(folder)[-1].startswith('The data of "main" changed since the run began')
    clear_for_resume(folder)
    work(folder, listen=stop_after(folder, 120, "pause"))
    assert sum("changed since" in notice for notice in store.notices(folder)) == 1


def test_the_same_surroundings_are_not_worth_a_word_and_a_gpu_is() -> None:
    here = describe_environment(torch.device("cpu"), adapt(Run(), torch.device("cpu")))
    assert compare_environments(here, here) == "" == compare_environments({}, here)
    assert compare_environments({**here, "data_place": "host"}, here) == ""
    assert here["processor"] and here["instructions"]
    other = compare_environments({**here, "processor": "8086", "threads": 64}, here)
    assert "processor 8086 → " in other and "threads 64 → " in other and "last digits" in other
    gpu = {**here, "cuda": "13.0", "device": "NVIDIA H200"}
    assert "no fixed order" in compare_environments(gpu, gpu)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_precision_of_a_run_is_recorded_and_another_one_is_told_when_it_is_resumed(
    home: Path, precision: str
) -> None:
    folder = create_run(linear(epochs=1_000_000, precision=precision, device="cpu"))
    work(folder, listen=stop_after(folder, 20, "pause"))
    environment = folder.read_environment()
    assert environment["precision"] == precision
    folder.write_environment({**environment, "precision": "float64"})
    clear_for_resume(folder)
    work(folder, listen=stop_after(folder, 40, "pause"))
    assert f"precision float64 → {precision}" in store.notices(folder)[-1]


def test_one_run_has_one_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_run(linear())
    monkeypatch.setattr("runtime.runs.lock.RunLock.acquire.__defaults__", (0.1,))
    with folder.lock(), pytest.raises(RunBusy):
        work(folder)


def test_progress_of_the_preparation_is_reported(home: Path) -> None:
    heard: list[Event] = []
    project = change_project(read_project("mnist_cnn"), ["run.max_steps=1", "data.main.limit=200"])
    folder = create_run(project)
    work(folder, listen=heard.append)
    details = [event.detail for event in heard if isinstance(event, Phase) and event.name == "preparing data"]
    assert details[0] == "looking for data" and details[-1] == "data is ready"
    assert any("stand in" in notice or "MNIST" in notice or "mnist" in notice for notice in store.notices(folder))
