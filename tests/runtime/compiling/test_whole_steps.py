"""Steps are recorded once and replayed: they learn what plain steps learn, and what cannot be replayed is taken as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from builder.codegen.train_source import generate_train
from builder.document import Graph, Project
from runtime.compiling.whole_steps import STAYS, WARM_STEPS, WholeSteps, find_obstacle
from runtime.data.prepare import prepare
from runtime.effort import clock
from runtime.events import Look
from runtime.loop import train
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.store import notices
from runtime.runs.worker import work
from runtime.session import Session
from tests.builder.drawn import classifier, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.compiling.tape import CpuRecorder
from tests.runtime.prepared import make_up
from tests.runtime.runs.made import linear
from tests.runtime.test_loop import augmented, small_cnn, start

CPU = torch.device("cpu")
STEPS = 40
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU to record steps on")


class Replayed:
    """A session whose steps are recorded, and what is told of that."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.told: list[str] = []
        self.begun: list[int] = []
        is_on_gpu = session.device.type == "cuda"
        self.recorder = CpuRecorder(session.machinery)
        self.steps = WholeSteps(session.machinery, self.told.append, self.note, None if is_on_gpu else self.recorder)
        session.stepper.run_whole = self.steps.run

    def note(self) -> None:
        """Keep from which step on they are replayed."""
        self.begun.append(self.session.step)


def run_steps(session: Session, count: int = STEPS) -> list[dict[str, torch.Tensor]]:
    """The losses of so many steps, over epochs as they come."""
    found = []
    for _ in range(count):
        if session.lead.position >= session.lead.num_batches:
            session.end_epoch()
        found.append(session.run_step())
    return found


def run_plain(session: Session, count: int = STEPS) -> tuple[Session, list[dict[str, torch.Tensor]]]:
    """A session after so many plain steps, which draw what another one draws that is started after them; and its losses."""
    return session, run_steps(session, count)


def assert_same(replayed: Session, plain: Session, atol: float = 1e-5) -> None:
    """Two sessions stand alike: weights, optimizers, what metrics counted."""
    torch.testing.assert_close(replayed.weight_tensors(), plain.weight_tensors(), rtol=1e-4, atol=atol)
    assert replayed.state()["updaters"].keys() == plain.state()["updaters"].keys()
    for id, optimizing in plain.machinery.optimizers.items():
        other = replayed.machinery.optimizers[id]
        assert (other.steps, other.turns) == (optimizing.steps, optimizing.turns)
        assert other.optimizer.param_groups[0]["lr"] == optimizing.optimizer.param_groups[0]["lr"]
        assert other.optimizer.param_groups[0].keys() == optimizing.optimizer.param_groups[0].keys()
    for id, metric in plain.machinery.metrics.items():
        assert replayed.machinery.metrics[id].compute() == pytest.approx(metric.compute(), abs=1e-6)


def without_bias() -> Graph:
    """The network without the bias before its norm, whose gradient is nothing but noise."""
    network = small_cnn()
    nodes = [
        item if item.id != "conv1" else node("conv1", "Conv2d", **item.params, bias=False) for item in network.nodes
    ]
    return network.model_copy(update={"nodes": tuple(nodes)})


def scheduled(kind: str = "Adam", **params: object) -> Project:
    """A network with everything that has state or draws, changed images, a rate that changes at every step, clipping."""
    schedule = {"kind": "cosine", "unit": "step"}
    optimizer = node("adam", kind, networks=["model"], lr=0.01, schedule=schedule, clip_norm=1.0, **params)
    return augmented(classifier(without_bias(), optimizer, epochs=1000, optimizer_kernels="fused"))


@pytest.mark.parametrize(
    ("kind", "params"), [("Adam", {}), ("AdamW", {"weight_decay": 0.1}), ("SGD", {"momentum": 0.9}), ("SGD", {})]
)
def test_replayed_steps_learn_what_plain_ones_learn(kind: str, params: dict[str, object]) -> None:
    plain, expected = run_plain(start(scheduled(kind, **params)))
    replayed = Replayed(start(scheduled(kind, **params)))
    found = run_steps(replayed.session)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert_same(replayed.session, plain)
    assert not replayed.told and replayed.begun == [WARM_STEPS]
    assert len(replayed.recorder.tapes) == 1 and replayed.recorder.num_played == STEPS - WARM_STEPS


def test_a_replayed_step_calls_no_network_and_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "PAUSE_SECONDS", 0.0)
    replayed = Replayed(start(scheduled()))
    calls: list[int] = []
    replayed.session.networks["model"].register_forward_hook(lambda *_: calls.append(replayed.session.step))
    run_steps(replayed.session)
    assert calls == [*range(WARM_STEPS), WARM_STEPS, WARM_STEPS]  # the last two: recorded, and taken to compare
    assert replayed.session.effort.clock.num_ended == STEPS
    assert [runner.num_timed for runner in replayed.session.stepper.runners.values()] == [STEPS]


def test_a_last_batch_that_is_smaller_has_a_recording_of_its_own() -> None:
    project = classifier(without_bias(), epochs=1000, optimizer_kernels="fused")
    count = 3 * (WARM_STEPS + 4)
    plain, expected = run_plain(start(project, size=50), count)
    replayed = Replayed(start(project, size=50))
    torch.testing.assert_close(run_steps(replayed.session, count), expected, rtol=1e-4, atol=1e-5)
    assert_same(replayed.session, plain)
    assert len(replayed.recorder.tapes) == 2


def test_every_set_of_turns_is_recorded_by_itself() -> None:
    """A critic that learns three times as often as its generator, with a slope of slopes in its loss."""
    project = change_project(read_project("wgan_gp"), ["run.optimizer_kernels=fused", "run.epochs=1000"])
    prepared = prepare(project)
    count = 3 * (WARM_STEPS + 4)
    plain, expected = run_plain(Session.create(project, prepared, CPU), count)
    replayed = Replayed(Session.create(project, prepared, CPU))
    torch.testing.assert_close(run_steps(replayed.session, count), expected, rtol=1e-3, atol=1e-4)
    assert_same(replayed.session, plain, atol=1e-4)  # a fifth of what one step moves a weight
    assert len(replayed.recorder.tapes) == 2 and not replayed.told


def test_two_optimizers_that_share_a_loss_are_replayed() -> None:
    def make() -> Session:
        project = two_optimizers(0, 1)
        run = project.run.model_copy(update={"epochs": 1000, "optimizer_kernels": "fused"})
        return start(project.model_copy(update={"run": run}))

    plain, expected = run_plain(make())
    replayed = Replayed(make())
    torch.testing.assert_close(run_steps(replayed.session), expected, rtol=1e-4, atol=1e-5)
    assert_same(replayed.session, plain)
    assert replayed.recorder.num_played


def lie(play: Callable[[], None]) -> Callable[[], None]:
    """A recording that leaves the weights as they are."""
    return lambda: None


def test_a_recording_that_does_something_else_than_the_step_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = CpuRecorder.record
    monkeypatch.setattr(CpuRecorder, "record", lambda self, work: lie(honest(self, work)))
    plain, expected = run_plain(start(scheduled()))
    replayed = Replayed(start(scheduled()))
    assert run_steps(replayed.session) == expected
    assert_same(replayed.session, plain)
    assert replayed.told == [f"{STAYS}: a recorded one changed the weights otherwise than the step itself."]


def test_a_step_that_waits_for_a_number_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*inputs: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(*inputs) * (1 + 0 * inputs[0].sum().item())

    def make() -> Session:
        session = start(scheduled())
        monkeypatch.setattr(session.machinery.modules["loss"], "forward", read)
        return session

    plain, expected = run_plain(make())
    replayed = Replayed(make())
    assert run_steps(replayed.session) == expected
    assert_same(replayed.session, plain)
    assert len(replayed.told) == 1 and "cannot be recorded" in replayed.told[0]


def test_somebody_who_looks_sees_steps_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    project = scheduled()
    session = start(project.model_copy(update={"run": project.run.model_copy(update={"max_steps": 60})}))
    monkeypatch.setattr(session.looker.pace, "is_due", lambda: session.step % 10 == 0)
    replayed = Replayed(session)
    events = list(train(session, lambda: "run"))
    looks = [event.step for event in events if isinstance(event, Look)]
    assert looks == [1, 11, 21, 31, 41, 51]
    assert replayed.recorder.num_played == 60 - len(looks) - WARM_STEPS
    assert not replayed.told


def test_what_cannot_be_replayed_is_known_before() -> None:
    def why(**params: object) -> str:
        kernels = str(params.pop("kernels", "fused"))
        kind = str(params.pop("kind", "Adam"))
        optimizer = node("adam", kind, networks=["model"], **params)
        return find_obstacle(start(classifier(small_cnn(), optimizer, optimizer_kernels=kernels)).machinery)

    assert not why()
    assert "epoch" in why(groups=[{"match": "conv1", "frozen": True}])
    assert "added up" in why(accumulate=2)
    assert "fused" in why(kernels="plain") and "fused" in why(kind="RMSprop")


def test_a_run_on_the_cpu_says_that_it_is_not_replayed() -> None:
    folder = create_run(linear(epochs=20, compiling="graphs", device="cpu"))
    assert work(folder).status == "finished"
    assert f"{STAYS}: a CUDA graph needs a GPU." in notices(folder)
    assert "replayed_from" not in folder.read_environment()


def test_train_py_says_that_steps_were_replayed() -> None:
    assert "replays whole steps as CUDA graphs" in generate_train(classifier(small_cnn(), compiling="graphs"))


@needs_gpu
@pytest.mark.parametrize("kind", ["Adam", "SGD"])
def test_a_gpu_replays_steps(kind: str) -> None:
    gpu, project = torch.device("cuda"), scheduled(kind)
    _, expected = run_plain(Session.create(project, make_up(project), gpu))
    replayed = Replayed(Session.create(project, make_up(project), gpu))
    torch.testing.assert_close(run_steps(replayed.session), expected, rtol=1e-2, atol=1e-3)
    assert not replayed.told and replayed.begun == [WARM_STEPS]
