"""What is left to the machine is decided, and the fast ways give what the plain ones give."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from builder.document import Project, Run
from builder.parts.memory_format import use_channels_last
from runtime.fast_path import adapt, count_bytes, find_place
from runtime.feeding import Feed
from runtime.runs.project_file import change_project, read_project
from tests.builder.drawn import chain, classifier, node
from tests.runtime.prepared import make_up
from tests.runtime.test_loop import start

CPU, GPU = torch.device("cpu"), torch.device("cuda")
OPTIMIZERS = ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop")


def settle(device: torch.device, **settings: str) -> tuple[str, ...]:
    run = adapt(Run.model_validate(settings), device)
    return run.precision, run.optimizer_kernels, run.memory_format


def draw(kind: str, **run: str) -> Project:
    """A network without dropout, whose draws follow the layout."""
    network = chain(
        node("x", "Input", shape="$shape"),
        node("conv1", "Conv2d", out_channels=4, kernel_size=3),
        node("relu1", "ReLU"),
        node("conv2", "Conv2d", out_channels=4, kernel_size=3),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )
    return classifier(network, node("optimizer", kind, networks=["model"], lr=0.01), **run)


def test_networks_are_compiled_only_where_a_person_asks() -> None:
    assert [adapt(Run(), device).compiling for device in (CPU, GPU)] == ["off", "off"]
    assert adapt(Run(compiling="on"), CPU).compiling == "on"


def test_what_is_left_open_is_decided_by_the_device_and_what_is_not_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settle(CPU) == ("float32", "fused", "contiguous")
    for supported, told in (
        (True, ("bfloat16", "fused", "channels_last")),
        (False, ("float32", "fused", "contiguous")),
    ):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, it=supported: it)
        assert settle(GPU) == told
        assert settle(GPU, precision="float32") == ("float32", "fused", "contiguous")
    chosen = {"precision": "bfloat16", "optimizer_kernels": "plain", "memory_format": "channels_last"}
    assert settle(CPU, **chosen) == settle(GPU, **chosen) == tuple(chosen.values())


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_fused_kernels_and_channels_last_learn_what_plain_ones_learn(kind: str) -> None:
    plain = start(draw(kind))
    fast = start(draw(kind, optimizer_kernels="fused", memory_format="channels_last"))
    assert bool(fast.machinery.optimizers["optimizer"].optimizer.defaults.get("fused")) is (kind != "RMSprop")
    for _ in range(5):
        torch.testing.assert_close(fast.run_step(), plain.run_step(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(fast.weight_tensors(), plain.weight_tensors(), rtol=1e-3, atol=1e-4)


def test_a_fused_step_is_the_one_that_pytorch_would_make_by_hand() -> None:
    session = start(draw("Adam", optimizer_kernels="fused"))
    by_hand = start(draw("Adam"))
    network = by_hand.networks["model"]
    adam = torch.optim.Adam(network.parameters(), lr=0.01, fused=True)
    for _ in range(20):
        session.run_step()
        x, y = next(iter(by_hand.feeds.values())).next_batch()[:2]
        adam.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        adam.step()
    for name, tensor in network.state_dict().items():
        assert torch.equal(session.networks["model"].state_dict()[name], tensor), name


def test_only_the_weights_of_two_dimensional_convolutions_are_laid_out_anew() -> None:
    network = nn.Sequential(nn.Conv3d(2, 4, 3), nn.Conv2d(2, 4, 3), nn.Linear(3, 2))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    assert use_channels_last(network) is network
    assert network[1].weight.is_contiguous(memory_format=torch.channels_last) and network[0].weight.is_contiguous()
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize(
    "preset", ["resnet18_cifar", "mobilenet_v2", "unet_masks", "vit_tiny", "dcgan", "convnext_tiny"]
)
def test_presets_of_pictures_learn_with_channels_last(preset: str) -> None:
    from runtime.data.prepare import prepare
    from runtime.session import Session

    losses = []
    for layout in ("contiguous", "channels_last"):
        project = change_project(read_project(preset), [f"run.memory_format={layout}", "run.max_steps=2"])
        session = Session.create(project, prepare(project), CPU)
        losses.append(session.run_step())
    torch.testing.assert_close(losses[1], losses[0], rtol=1e-3, atol=1e-4)


def test_data_without_room_on_a_gpu_stays_where_it_is_and_its_batches_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1000, 4000))
    assert [find_place(GPU, size) for size in (500, 501)] == ["device", "host"]
    assert find_place(CPU, 10**15) == "device"
    assert adapt(Run(data_place="host"), CPU).data_place == "host"
    project = draw("SGD", data_place="host")
    prepared = make_up(project)
    assert count_bytes(prepared) == sum(tensor.nbytes for tensor in prepared["main"].parts["train"].values())
    feed = next(iter(start(project).feeds.values()))
    elsewhere = Feed(feed.columns, feed.tensors, feed.params, feed.seed, torch.device("meta"), place="host")
    elsewhere.start_epoch(0)
    assert all(tensor.device.type == "cpu" for tensor in elsewhere.tensors.values())
    assert [tensor.device.type for tensor in elsewhere.next_batch()] == ["meta", "meta"]


def test_streamed_data_teaches_what_data_on_the_device_teaches() -> None:
    streamed, resident = start(draw("SGD", data_place="host")), start(draw("SGD"))
    for _ in range(3):
        assert torch.equal(streamed.run_step()["loss"], resident.run_step()["loss"])
