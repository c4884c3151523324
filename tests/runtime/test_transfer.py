"""Learning from what was learned elsewhere: kept weights, another head, frozen layers that learn later, rates by block."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from builder.codegen import generate_model, generate_train
from builder.document import Project
from builder.parts.sampler import order_samples, split_batches
from runtime.insight.doctor import Doctor
from runtime.session import Session
from runtime.weights.library import keep_weights
from runtime.weights.starting import gather_start, start_networks
from tests.builder.drawn import chain, classifier, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.algorithms import mean_teacher
from tests.runtime.insight.doctor.test_doctor import EveryFew
from tests.runtime.prepared import make_up
from tests.runtime.test_loop import run_all, start
from tests.runtime.test_train_source import TRAIN_ALL
from tests.runtime.test_turns import with_params

EPOCHS = 4
THAWING = 2
GROUPS: list[dict[str, Any]] = [
    {"match": "conv1.*", "frozen": True},
    {"match": "conv2.*", "from_epoch": THAWING, "lr_scale": 0.1},
]


def network(classes: Any = "$classes") -> Any:
    return chain(
        node("x", "Input", shape="$shape"),
        node("conv1", "Conv2d", out_channels=4, kernel_size=3),
        node("relu1", "ReLU"),
        node("conv2", "Conv2d", out_channels=6, kernel_size=3),
        node("relu2", "ReLU"),
        node("pool", "GlobalAvgPool"),
        node("head", "Linear", out_features=classes),
        node("scores", "Output"),
    )


def by_hand(classes: int) -> nn.Sequential:
    """The same network, with the names of its layers."""
    layers = {"conv1": nn.Conv2d(1, 4, 3), "relu1": nn.ReLU(), "conv2": nn.Conv2d(4, 6, 3), "relu2": nn.ReLU(),
              "pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten(), "head": nn.Linear(6, classes)}  # fmt: skip
    made = nn.Sequential()
    for name, layer in layers.items():
        made.add_module(name, layer)
    return made


def transferring(groups: list[dict[str, Any]] = GROUPS, **params: Any) -> Project:
    """A project whose layers learn at different times."""
    sgd = node("sgd", "SGD", networks=["model"], lr=0.1, momentum=0.9, groups=groups, **params)
    return classifier(network(), sgd, epochs=EPOCHS)


@pytest.fixture
def pretrained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, dict[str, Tensor]]:
    """A project that starts from weights which were learned for ten classes, and those weights."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    torch.manual_seed(11)
    learned = {name: tensor.clone() for name, tensor in by_hand(10).state_dict().items()}
    weights = keep_weights(learned, "elsewhere")
    project = transferring()
    graph = project.networks["model"].model_copy(update={"weights": weights})
    return project.with_graph("networks.model", graph), learned


def begin(project: Project) -> Session:
    session = start(project)
    start_networks(session.project, session.networks)
    return session


def test_frozen_layers_and_a_new_head_learn_like_a_loop_written_by_hand(
    pretrained: tuple[Project, dict[str, Tensor]],
) -> None:
    project, learned = pretrained
    session = begin(project)
    run_all(session)

    data = make_up(project)["main"].parts["train"]
    torch.manual_seed(0)
    theirs = by_hand(3)
    theirs.load_state_dict({**theirs.state_dict(), **{k: v for k, v in learned.items() if not k.startswith("head")}})
    conv1, conv2, head = (list(getattr(theirs, name).parameters()) for name in ("conv1", "conv2", "head"))
    sgd = torch.optim.SGD([{"params": conv2, "lr": 0.1 * 0.1}, {"params": head}], lr=0.1, momentum=0.9)
    for epoch in range(EPOCHS):
        for parameter in conv1:
            parameter.requires_grad_(False)
        for parameter in conv2:
            parameter.requires_grad_(epoch >= THAWING)
        for rows in split_batches(order_samples(60, 0, epoch), 20):
            sgd.zero_grad()
            nn.functional.cross_entropy(theirs(data["x"][rows]), data["y"][rows]).backward()
            sgd.step()
    ours = session.network_tensors()["model"]
    assert all(torch.equal(ours[name], tensor) for name, tensor in theirs.state_dict().items())
    assert torch.equal(ours["conv1.weight"], learned["conv1.weight"])
    assert not torch.equal(ours["conv2.weight"], learned["conv2.weight"])


def test_a_layer_begins_to_learn_in_its_epoch_and_nothing_is_computed_for_it_before(
    pretrained: tuple[Project, dict[str, Tensor]],
) -> None:
    project, learned = pretrained
    session = begin(project)
    conv2 = session.networks["model"].get_parameter("conv2.weight")
    for epoch in range(EPOCHS):
        for _ in range(session.lead.num_batches):
            session.run_step()
        assert (conv2.grad is None) == (epoch < THAWING)
        assert torch.equal(conv2, learned["conv2.weight"]) == (epoch < THAWING)
        session.end_epoch()


def teaching(*started: str) -> tuple[Project, dict[str, Tensor]]:
    """A pupil and a teacher, of whom some start from kept weights, all alike."""
    project = mean_teacher()
    torch.manual_seed(3)
    own = start(project).networks["pupil"].state_dict()
    learned = {name: torch.randn(tensor.shape).to(tensor.dtype) for name, tensor in own.items()}
    for number, name in enumerate(started):
        weights = keep_weights({key: tensor + number for key, tensor in learned.items()}, "elsewhere")
        graph = project.networks[name].model_copy(update={"weights": weights})
        project = project.with_graph(f"networks.{name}", graph)
    return project, learned


def test_an_average_begins_where_the_network_that_it_follows_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project, learned = teaching("pupil")
    teacher = begin(project).networks["teacher"].state_dict()
    assert all(torch.equal(tensor, learned[name]) for name, tensor in teacher.items())


def test_an_average_with_weights_of_its_own_keeps_them_here_and_in_the_exported_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project, learned = teaching("pupil", "teacher")
    teacher = begin(project).networks["teacher"].state_dict()
    assert all(torch.equal(tensor, learned[name] + 1) for name, tensor in teacher.items())
    source = generate_train(project)
    orders = [source.index(line) for line in ("pupil.load_state_dict(", "average_weights(teacher, pupil, 0.0)")]
    assert orders == sorted(orders) and orders[1] < source.index("teacher.load_state_dict(")


@pytest.mark.parametrize("cut", [1, 4, 6, 7, 10])
def test_a_run_that_is_cut_before_or_after_layers_thaw_ends_with_the_same_weights(cut: int) -> None:
    project = transferring(clip_norm=1.0)
    whole = start(project)
    run_all(whole)
    first = start(project)
    for _ in range(cut):
        first.run_step()
        if first.lead.position == first.lead.num_batches:
            first.end_epoch()
    second = start(project)
    second.restore({name: tensor.clone() for name, tensor in first.tensors().items()}, first.state())
    run_all(second)
    wanted = whole.network_tensors()["model"]
    assert all(torch.equal(wanted[name], tensor) for name, tensor in second.network_tensors()["model"].items())


def test_while_everything_is_frozen_nothing_changes_and_the_run_goes_on() -> None:
    session = start(transferring([{"match": "*", "from_epoch": EPOCHS - 1}]))
    before = {name: tensor.clone() for name, tensor in session.networks["model"].state_dict().items()}
    for _ in range(EPOCHS - 1):
        assert "loss" in session.run_step()
        session.end_epoch()
    assert all(torch.equal(before[name], t) for name, t in session.networks["model"].state_dict().items())
    session.run_step()
    assert not torch.equal(before["head.weight"], session.networks["model"].get_parameter("head.weight"))


def test_of_two_networks_one_may_rest() -> None:
    session = start(with_params(two_optimizers(0, 0), "first", groups=[{"match": "linear1.*", "frozen": True}]))
    before = {name: network.state_dict()["linear1.weight"].clone() for name, network in session.networks.items()}
    session.run_step()
    after = {name: network.state_dict()["linear1.weight"] for name, network in session.networks.items()}
    assert torch.equal(before["encoder"], after["encoder"]) and not torch.equal(before["decoder"], after["decoder"])


def test_the_doctor_does_not_take_what_is_frozen_for_what_does_not_learn(
    pretrained: tuple[Project, dict[str, Tensor]],
) -> None:
    session = begin(pretrained[0])
    session.looker.pace = EveryFew()
    doctor = Doctor(session.project)
    assert [each.finding["message"] for event in run_all(session) for each in doctor.hear(event)] == []


def write_training(project: Project, folder: Path) -> None:
    """What a person takes home to train again: code, data, and the weights that training starts from."""
    folder.mkdir()
    (folder / "model.py").write_text(generate_model(project))
    (folder / "train.py").write_text(generate_train(project))
    prepared = {f"{name}.{part}.{key}": tensor.contiguous() for name, source in make_up(project).items()
                for part, fields in source.parts.items() for key, tensor in fields.items()}  # fmt: skip
    save_file(prepared, folder / "prepared.safetensors")
    started = gather_start(project)
    if started:
        save_file(started["model"], folder / "start.safetensors")


@pytest.mark.slow
def test_the_exported_training_freezes_and_thaws_as_the_run_does(
    tmp_path: Path, pretrained: tuple[Project, dict[str, Tensor]]
) -> None:
    resting = with_params(two_optimizers(0, 0), "first", groups=[{"match": "*", "from_epoch": 1}])
    run = transferring().run.model_copy(update={"threads": torch.get_num_threads()})
    drawn = (pretrained[0], transferring([{"match": "*", "from_epoch": 1}], accumulate=2), resting)
    projects = {tmp_path / str(i): each.model_copy(update={"run": run}) for i, each in enumerate(drawn)}
    for folder, project in projects.items():
        write_training(project, folder)
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_ALL, *map(str, projects)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for folder, project in projects.items():
        session = begin(project)
        run_all(session)
        networks = session.network_tensors()
        kept = {key if len(networks) == 1 else f"{name}.{key}": tensor
                for name, tensors in networks.items() for key, tensor in tensors.items()}  # fmt: skip
        trained = load_file(folder / "trained.safetensors")
        assert trained.keys() == kept.keys()
        assert [key for key in kept if not torch.equal(kept[key], trained[key])] == []
