"""How well presets learn with a teacher, without labels, from two inputs, from films, and to enlarge pictures.

``python -m benchmarks.learning [NAME ...]`` with the names of measurements, all of them unless told otherwise. A preset and
its hand-written reference learn from the same training part of the data that comes with Layerloom, in one thread.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.record import record_each
from benchmarks.reference import learners
from builder.document import Project
from runtime.data.prepare import prepare
from runtime.loop import train
from runtime.session import Session

ROOT = Path(__file__).parents[1]
SEEDS = range(3)
EXPLANATION = (
    "Each preset with its own settings, and beside it the same algorithm written by hand in PyTorch "
    "(`benchmarks/reference/learners.py`): the same networks, settings and number of steps, the same data, three seeds each; "
    "the last weights of both on the validation part. *Student* is its accuracy with 150 labelled digits and a teacher, "
    "*alone* that of the same student on the same labels with nobody to copy. *Probe* is the accuracy of a logistic regression "
    "on the features of the encoder, *untrained* on those of an encoder that only its batch statistics were set for. *PSNR* is "
    "in decibels, the mean over the held-out pictures. A preset is as good as its reference where its mean is no less than the "
    "reference's by more than two standard errors of the reference; of what else it must beat, the mean counts."
)
Networks = Mapping[str, nn.Module]
Parts = Mapping[str, Mapping[str, Mapping[str, Tensor]]]
Judge = Callable[[Networks, Parts], float]


@dataclass(frozen=True)
class Case:
    """A preset, the reference, what is measured of both, and what the mean must be beyond by so much."""

    preset: str
    train: Callable[..., Networks]
    judge: Judge
    beaten: str
    beat: Callable[[Project, int], float]
    margin: float


def share_right(network: str, source: str, inputs: tuple[str, ...], target: str) -> Judge:
    """The accuracy of a network on the validation part of a source."""

    def judge(networks: Networks, parts: Parts) -> float:
        held_out = parts[source]["validation"]
        scores = networks[network](*(held_out[name] for name in inputs))
        return (scores.argmax(1) == held_out[target]).double().mean().item()

    return judge


def judge_probe(networks: Networks, parts: Parts) -> float:
    """The accuracy of a logistic regression on an encoder's features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    part = parts["main"]
    features = {name: networks["encoder"](fields["image"]).numpy() for name, fields in part.items()}
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
    probe.fit(features["train"], part["train"]["label"].numpy())
    return float(probe.score(features["validation"], part["validation"]["label"].numpy()))


def measure_psnr(made: Tensor, high: Tensor) -> float:
    """Decibels, the mean over pictures."""
    error = (made - high).double().square().flatten(1).mean(1).clamp(min=1e-10)
    return (-10 * error.log10()).mean().item()


def judge_enlarged(networks: Networks, parts: Parts) -> float:
    """How good enlarged pictures are."""
    high = parts["main"]["validation"]["image"]
    return measure_psnr(networks["enlarge"](functional.avg_pool2d(high, 2)), high)


def enlarge_plainly(project: Project, seed: int) -> float:
    """How good pictures are that bicubic interpolation enlarges."""
    high = read_parts(project)["main"]["validation"]["image"]
    low = functional.avg_pool2d(high, 2)
    return measure_psnr(functional.interpolate(low, scale_factor=2.0, mode="bicubic"), high)


def guess_most(source: str, target: str) -> Callable[[Project, int], float]:
    """The accuracy of saying the most frequent class of the training part every time."""

    def beat(project: Project, seed: int) -> float:
        part = read_parts(project)[source]
        most = part["train"][target].mode().values
        return (part["validation"][target] == most).double().mean().item()

    return beat


def learn_alone(project: Project, seed: int) -> float:
    """The accuracy of a student without a teacher."""
    nodes = tuple(
        node.model_copy(update={"params": {"expression": "hard + 0 * soft"}}) if node.id == "student_loss" else node
        for node in project.training.nodes
    )
    alone = project.model_copy(update={"training": project.training.model_copy(update={"nodes": nodes})})
    return judged(STUDENT, train_preset(alone, seed), read_parts(project))


def probe_untrained(project: Project, seed: int) -> float:
    """The accuracy of the probe on an encoder that learned nothing."""
    parts = read_parts(project)
    torch.manual_seed(seed)
    encoder = learners.make_encoder().train()
    with torch.no_grad():
        for _ in range(30):
            rows = torch.randperm(len(parts["main"]["train"]["image"]))[:256]
            encoder(parts["main"]["train"]["image"][rows])
    return judged(judge_probe, {"encoder": encoder}, parts)


STUDENT = share_right("student", "labelled", ("image",), "label")
CASES = {
    case.preset: case
    for case in (
        Case(
            "two_inputs",
            learners.train_two_inputs,
            share_right("model", "main", ("pieces", "row"), "outcome"),
            "the most frequent class",
            guess_most("main", "outcome"),
            0.1,
        ),
        Case(
            "cnn_rnn",
            learners.train_cnn_rnn,
            share_right("model", "main", ("film",), "direction"),
            "the most frequent class",
            guess_most("main", "direction"),
            0.1,
        ),
        Case("distillation", learners.train_distillation, STUDENT, "alone", learn_alone, 0.0),
        Case("simclr", learners.train_simclr, judge_probe, "untrained", probe_untrained, 0.1),
        Case("super_resolution", learners.train_super_resolution, judge_enlarged, "bicubic", enlarge_plainly, 0.0),
    )
}


def open_preset(name: str) -> Project:
    """A preset that learns from the data that comes along."""
    project = Project.model_validate_json((ROOT / "presets" / f"{name}.json").read_text(encoding="utf-8"))
    data = {
        name: source.model_copy(update={"origins": tuple(o for o in source.origins if o.kind == "embedded")})
        for name, source in project.data.items()
    }
    return project.model_copy(update={"data": data})


def read_parts(project: Project) -> Parts:
    """The tensors of every source by part and field."""
    return {name: source.parts for name, source in prepare(project).items()}


def train_preset(project: Project, seed: int) -> Networks:
    """The networks of a preset after its run."""
    run = project.run.model_copy(update={"seed": seed, "precision": "float32"})
    session = Session.create(project.model_copy(update={"run": run}), prepare(project), torch.device("cpu"))
    for _ in train(session, lambda: "run"):
        pass
    return session.networks


def judged(judge: Judge, networks: Networks, parts: Parts) -> float:
    """What a judge says of networks at rest."""
    for network in networks.values():
        network.eval()
    with torch.no_grad():
        return judge(networks, parts)


def compare(name: str) -> dict[str, Any]:
    """Train both sides over all seeds, and describe how they compare."""
    case, project = CASES[name], open_preset(name)
    parts = read_parts(project)
    found: dict[str, list[float]] = {"preset": [], "reference": [], "beaten": []}
    for seed in SEEDS:
        found["preset"].append(judged(case.judge, train_preset(project, seed), parts))
        torch.manual_seed(seed)
        networks = case.train(**{key: source["train"] for key, source in parts.items()}, epochs=project.run.epochs)
        found["reference"].append(judged(case.judge, networks, parts))
        found["beaten"].append(case.beat(project, seed))
        print(
            json.dumps({"preset": name, "seed": seed, **{side: each[-1] for side, each in found.items()}}), flush=True
        )
    return describe(case, found)


def describe(case: Case, found: Mapping[str, list[float]]) -> dict[str, Any]:
    """A row of the table."""
    means = {side: statistics.fmean(values) for side, values in found.items()}
    error = statistics.stdev(found["reference"]) / len(found["reference"]) ** 0.5
    aim = max(means["reference"] - 2 * error, means["beaten"] + case.margin)
    return {
        "measurement": case.preset,
        "preset": [round(value, 4) for value in found["preset"]],
        "preset's mean": round(means["preset"], 4),
        "reference": [round(value, 4) for value in found["reference"]],
        "reference's mean": round(means["reference"], 4),
        "standard error": round(error, 4),
        "to beat": f"{case.beaten}: {means['beaten']:.4f}",
        "aim": f"≥ {aim:.4f}",
        "reached": means["preset"] >= aim,
    }


def main() -> None:
    """Compare what was asked for, one after the other, and write each down as soon as it is known."""
    record_each(
        "learning",
        lambda name: [compare(name)],
        list(CASES),
        "How well presets learn that are no plain classifiers.",
        EXPLANATION,
    )


if __name__ == "__main__":
    main()
