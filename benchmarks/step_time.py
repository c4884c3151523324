"""Time of a training step drawn as a graph, as a ratio to a hand-written PyTorch loop of the same network.

Both train the same network on the same resident data in the same process, in interleaved stretches; the ratio of each pair
is taken and the median is written down with an interval.

``python -m benchmarks.step_time [NAME ...] [--pairs 31] [--steps 100] [--threads 1] [--clock wall|processor]``
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from benchmarks.record import CLOCKS, record
from benchmarks.reference.common import NOISE, make_adam, take_step
from benchmarks.reference.gans import judge, make_discriminator, make_generator
from builder.compiler import build_network
from builder.document import Edge, Graph, Node, Project
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.fast_path import adapt
from runtime.feeding import make_feeds
from runtime.loop import train
from runtime.runs.command import Command
from runtime.session import Session
from runtime.step import Machinery, Stepper

BATCH = 128
SAMPLES = 4096
EXPLANATION = (
    "Seconds of a step of the drawn graph divided by those of a loop written by hand: the same network, batch 128, Adam, "
    "pictures and labels as resident tensors, a batch by one look-up, losses kept on the device and read at the end of a "
    "stretch. *Step* is the step alone, *whole loop* the run's loop with its events and its look at the control file. "
    "Stretches of both alternate, and so does who begins; each pair gives a ratio. The interval holds the median of the "
    "ratios in 95 of 100 repetitions. Milliseconds are medians of a step. The aim is a ratio of at most 1.08, of 1.10 for the "
    "DCGAN, which is the preset of that name (batch 32) beside the loop of the tutorials. The *wall* clock is what a person "
    "waits for; the *processor* clock counts only the process's own work, for machines that others use too."
)

Pair = tuple[float, float]


def chain(*nodes: Node) -> Graph:
    """Nodes linked one behind the other."""
    edges = tuple(Edge(source=a.id, target=b.id) for a, b in pairwise(nodes))
    return Graph(nodes=nodes, edges=edges)


def drawn_mlp() -> Graph:
    """784, 128, 10."""
    return chain(
        Node(id="image", kind="Input", params={"shape": [1, 28, 28]}),
        Node(id="flatten1", kind="Flatten"),
        Node(id="linear1", kind="Linear", params={"out_features": 128}),
        Node(id="relu1", kind="ReLU"),
        Node(id="linear2", kind="Linear", params={"out_features": 10}),
        Node(id="scores", kind="Output"),
    )


def written_mlp() -> nn.Module:
    """The same, written by hand."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def drawn_cnn() -> Graph:
    """Two convolutions, as in Keras' MNIST example."""
    return chain(
        Node(id="image", kind="Input", params={"shape": [1, 28, 28]}),
        Node(id="conv1", kind="Conv2d", params={"out_channels": 32, "kernel_size": 3}),
        Node(id="relu1", kind="ReLU"),
        Node(id="pool1", kind="MaxPool2d", params={"kernel_size": 2}),
        Node(id="conv2", kind="Conv2d", params={"out_channels": 64, "kernel_size": 3}),
        Node(id="relu2", kind="ReLU"),
        Node(id="pool2", kind="MaxPool2d", params={"kernel_size": 2}),
        Node(id="flatten1", kind="Flatten"),
        Node(id="linear1", kind="Linear", params={"out_features": 10}),
        Node(id="scores", kind="Output"),
    )


def written_cnn() -> nn.Module:
    """The same, written by hand."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(1600, 10),
    )  # fmt: skip


def make_project(network: Graph) -> Project:
    """A classifier with Adam."""
    facts = {
        "fields": {
            "image": {"kind": "image", "shape": [1, 28, 28]},
            "label": {"kind": "category", "dtype": "int64", "classes": [str(i) for i in range(10)]},
        }
    }
    fields = {"image": {"kind": "image"}, "label": {"kind": "category", "role": "target"}}
    source = {"origins": [{"kind": "embedded", "name": "digits"}], "fields": fields, "facts": facts}
    training = Graph(
        nodes=(
            Node(id="data", kind="Data", params={"source": "main", "batch_size": BATCH}),
            Node(id="predict", kind="Network", params={"network": "model"}),
            Node(id="loss", kind="CrossEntropyLoss"),
            Node(id="adam", kind="Adam", params={"networks": ["model"], "lr": 0.001}),
        ),
        edges=(
            Edge(source="data", source_port="image", target="predict", target_port="image"),
            Edge(source="predict", source_port="scores", target="loss"),
            Edge(source="data", source_port="label", target="loss", target_port="target"),
            Edge(source="loss", target="adam", target_port="loss"),
        ),
    )
    return Project.model_validate({"networks": {"model": network}, "training": training, "data": {"main": source}})


def open_dcgan() -> Project:
    """The preset, which trains for as long as anybody wants."""
    file = Path(__file__).parents[1] / "presets" / "dcgan.json"
    return Project.model_validate_json(file.read_text(encoding="utf-8"))


def drawn_loop(project: Project, tensors: dict[str, torch.Tensor]) -> Callable[[int], None]:
    """Steps of the drawn graph, with its losses kept as a run keeps them."""
    flows = infer(project)
    plan = TrainingPlan(project, flows)
    networks = {name: build_network(project, name, flows) for name in project.networks}
    stepper = Stepper(Machinery(plan, networks, torch.device("cpu"), False))
    feed = make_feeds(plan, {"main": {"train": tensors}}, 0, torch.device("cpu"))["data"]
    feed.start_epoch(0)
    log: list[dict[str, torch.Tensor]] = []

    def run(steps: int) -> None:
        for step in range(steps):
            log.append(stepper.run({"data": feed.next_batch()}, step, 0))
        torch.stack([loss for entry in log for loss in entry.values()]).tolist()
        log.clear()

    return run


def run_loop(project: Project, tensors: dict[str, torch.Tensor], is_adapted: bool = False) -> Callable[[int], None]:
    """Steps of a run as its worker takes them: the loop with its events, and a look at the control file now and then.

    ``is_adapted`` takes the fast path that the worker chooses, where it is not compared with a loop of the same kernels.
    """
    run = project.run.model_copy(update={"epochs": 1_000_000})
    run = adapt(run, torch.device("cpu")) if is_adapted else run
    parts = {"train": tensors}
    prepared: Any = {"main": SimpleNamespace(facts=project.data["main"].facts, parts=parts)}
    session = Session.create(project.model_copy(update={"run": run}), prepared, torch.device("cpu"))
    command = Command(Path("no such control file"))

    def run_steps(steps: int) -> None:
        end = session.step + steps
        for _ in train(session, lambda: command() if session.step < end else "pause"):
            pass

    return run_steps


def written_loop(network: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Callable[[int], None]:
    """The best loop that a person would write: resident tensors, one index look-up a batch, losses read at the end."""
    rows = draw_rows(len(images), BATCH)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    criterion = nn.CrossEntropyLoss()
    network.train()

    def run(steps: int) -> None:
        losses = []
        for _ in range(steps):
            chosen = next(rows)
            loss = criterion(network(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        torch.stack(losses).tolist()

    return run


def written_dcgan(images: torch.Tensor) -> Callable[[int], None]:
    """The loop of the tutorials, as good as a person would write it."""
    generator, discriminator = make_generator().train(), make_discriminator().train()
    d_adam, g_adam = make_adam(discriminator), make_adam(generator)
    rows = draw_rows(len(images), 32)

    def run(steps: int) -> None:
        losses = []
        for _ in range(steps):
            real = images[next(rows)]
            fake = generator(torch.randn(len(real), NOISE))
            real_loss, fake_loss = judge(discriminator(real), 1.0), judge(discriminator(fake.detach()), 0.0)
            d_loss = real_loss + fake_loss
            take_step(d_adam, d_loss)
            g_loss = judge(discriminator(fake), 1.0)
            take_step(g_adam, g_loss)
            losses += [loss.detach() for loss in (real_loss, fake_loss, d_loss, g_loss)]
        torch.stack(losses).tolist()

    return run


def draw_rows(count: int, size: int) -> Iterator[torch.Tensor]:
    """Rows of batches in a new order every epoch, without end."""
    while True:
        yield from torch.randperm(count).split(size)


def measure(
    first: Callable[[int], None], second: Callable[[int], None], pairs: int, steps: int, clock: Callable[[], float]
) -> list[Pair]:
    """Seconds of a step of both in each of many interleaved pairs; who goes first alternates."""
    for run in (first, second):
        run(steps)
    found = []
    for pair in range(pairs):
        times = {}
        for run in (first, second) if pair % 2 else (second, first):
            start = clock()
            run(steps)
            times[run] = (clock() - start) / steps
        found.append((times[first], times[second]))
    return found


def find_interval(values: list[float]) -> Pair:
    """The interval that holds the median in 95 of 100 repetitions (order statistics)."""
    ordered = sorted(values)
    half = int(0.98 * len(ordered) ** 0.5) + 1
    middle = len(ordered) // 2
    return ordered[max(0, middle - half)], ordered[min(len(ordered) - 1, middle + half)]


def describe(
    name: str, threads: int, clock: str, times: list[Pair], sides: tuple[str, str] = ("drawn", "by hand")
) -> dict[str, Any]:
    """A row of the table: the first of two sides, divided by the second."""
    ratios = [first / second for first, second in times]
    low, high = find_interval(ratios)
    return {
        "measurement": f"{name}, {threads} thread{'s' if threads > 1 else ''}, {clock} clock",
        "ratio": round(statistics.median(ratios), 3),
        "interval": f"{low:.3f} to {high:.3f}",
        "pairs": len(times),
        **{
            f"{side} ms": round(1000 * statistics.median(each), 3)
            for side, each in zip(sides, zip(*times, strict=True), strict=True)
        },
    }


def main() -> None:
    """Measure all of them."""
    parser = argparse.ArgumentParser(description="Time of a step, drawn and by hand.")
    parser.add_argument("names", nargs="*", help="MLP, CNN or DCGAN; all of them unless told otherwise")
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--steps", type=int, default=100, help="of the MLP in a stretch; the CNN takes a tenth")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    images, labels = torch.rand(SAMPLES, 1, 28, 28), torch.randint(0, 10, (SAMPLES,))
    both, few = {"image": images, "label": labels}, max(1, args.steps // 10)
    nets: dict[str, tuple[Project, dict[str, torch.Tensor], Callable[[], Callable[[int], None]], int]] = {
        "MLP": (make_project(drawn_mlp()), both, lambda: written_loop(written_mlp(), images, labels), args.steps),
        "CNN": (make_project(drawn_cnn()), both, lambda: written_loop(written_cnn(), images, labels), few),
        "DCGAN": (open_dcgan(), {"image": images}, lambda: written_dcgan(images), few),
    }
    for name in args.names or nets:
        drawn, tensors, write, steps = nets[name]
        for what, make_loop in (("step", drawn_loop), ("whole loop", run_loop)):
            times = measure(make_loop(drawn, tensors), write(), args.pairs, steps, CLOCKS[args.clock])
            row = describe(f"{name}, {what}", args.threads, args.clock, times)
            record("step_time", [row], "measurement", EXPLANATION)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
