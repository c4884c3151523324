"""How good pictures are that presets make: each is trained beside its hand-written reference, over three seeds.

``python -m benchmarks.generative [NAME ...]`` with the names of presets, all of them unless told otherwise. Both learn from
the same training part of the digits that come with Layerloom, in one process and one thread, one after the other.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from benchmarks.eyes import Eyes, find_distance, open_eyes
from benchmarks.record import RESULTS, record_each
from benchmarks.reference import autoencoders, gans
from builder.document import Project
from runtime.data.prepare import PreparedSource, prepare
from runtime.loop import train
from runtime.session import Session

ROOT = Path(__file__).parents[1]
SEEDS = range(3)
SAMPLES = 2000
EXPLANATION = (
    "Each preset with its own settings, and the same algorithm written by hand in PyTorch (`benchmarks/reference/`): the "
    "same networks, settings and number of steps, the same 1,617 of the 1,797 embedded digits, three seeds each. *FID* is "
    "the Fréchet distance between 2,000 made and all real digits in the 64 features of a small classifier that is trained "
    "anew each time by the same recipe (`benchmarks/eyes.py`). *Recognised* is the share of 2,000 made digits that "
    "this classifier takes for the ones asked for. *ELBO* is the evidence lower bound of the 180 held-out digits in nats, "
    "the mean of 20 draws; *error* the mean squared one of the held-out pixels. A preset is as good as its reference where "
    "its mean is no worse than the reference's by more than two standard errors of the reference. Seconds are of one "
    "thread. Pictures: the preset's on the left, the reference's on the right."
)
Networks = Mapping[str, nn.Module]
Parts = Mapping[str, Mapping[str, Tensor]]


@dataclass(frozen=True)
class Aim:
    """A number that is compared between a preset and its reference."""

    name: str
    is_better_large: bool = False
    least: float | None = None


@dataclass(frozen=True)
class Measure(Aim):
    """Something to measure of trained networks."""

    find: Callable[[Networks, Judge], float] = field(kw_only=True)


@dataclass(frozen=True)
class Case:
    """A preset, its reference, and what is measured of both."""

    networks: tuple[str, ...]
    train: Callable[..., Any]
    measures: tuple[Measure, ...]
    draw: Callable[[Networks, Judge], Tensor]
    has_labels: bool = False


class Judge:
    """The digits and the network that looks at them."""

    def __init__(self, parts: Parts, is_signed: bool) -> None:
        self.held_out, self.is_signed = parts["validation"], is_signed
        images, labels = read_digits()
        self.eyes: Eyes = open_eyes(images, labels)
        self.real = self.eyes.find_features(images)

    def show(self, images: Tensor) -> Tensor:
        """Pictures in 0..1."""
        return (images + 1) / 2 if self.is_signed else images


def draw_samples(networks: Networks, judge: Judge, count: int = SAMPLES) -> Tensor:
    """Pictures of noise, in 0..1."""
    return judge.show(networks["generator"](torch.randn(count, gans.NOISE)))


def ask_for(count: int) -> Tensor:
    """Digits to ask for: 0 to 9 again and again."""
    return torch.arange(count) % 10


def draw_asked(networks: Networks, judge: Judge, count: int = SAMPLES) -> Tensor:
    """Pictures of the digits that are asked for."""
    return judge.show(networks["generator"](torch.randn(count, gans.NOISE), ask_for(count)))


def draw_decoded(networks: Networks, judge: Judge, count: int = SAMPLES) -> Tensor:
    """Pictures of points of the normal distribution."""
    return networks["decoder"](torch.randn(count, autoencoders.LATENT))  # type: ignore[no-any-return]


def draw_decoded_asked(networks: Networks, judge: Judge, count: int = SAMPLES) -> Tensor:
    """Pictures of points of the normal distribution, and of digits that are asked for."""
    return networks["decoder"](torch.randn(count, autoencoders.LATENT), ask_for(count))  # type: ignore[no-any-return]


def draw_again(networks: Networks, judge: Judge, count: int = 50) -> Tensor:
    """Reconstructions of held-out digits."""
    return networks["decoder"](networks["encoder"](judge.held_out["image"][:count]))  # type: ignore[no-any-return]


def draw_clean(networks: Networks, judge: Judge, count: int = 50) -> Tensor:
    """Held-out digits with noise, and the noise taken off."""
    return networks["denoiser"](autoencoders.disturb(judge.held_out["image"][:count]))  # type: ignore[no-any-return]


def measure_fid(draw: Callable[[Networks, Judge], Tensor]) -> Measure:
    """How far what is drawn is from real digits."""

    def find(networks: Networks, judge: Judge) -> float:
        return find_distance(judge.eyes.find_features(draw(networks, judge)), judge.real)

    return Measure("FID", find=find)


def measure_recognised(draw: Callable[[Networks, Judge], Tensor], least: float | None = None) -> Measure:
    """How many of the drawn digits are what was asked for."""

    def find(networks: Networks, judge: Judge) -> float:
        return judge.eyes.share_recognised(draw(networks, judge), ask_for(SAMPLES))

    return Measure("recognised", is_better_large=True, least=least, find=find)


def find_bound(networks: Networks, judge: Judge) -> float:
    """The evidence lower bound of held-out digits; classes are given where the encoder takes them."""
    given = judge.held_out.values()
    encoder, decoder = networks["encoder"], networks["decoder"]
    return -statistics.fmean(autoencoders.find_bound(encoder, decoder, *given).item() for _ in range(20))


def find_error(draw: Callable[..., Tensor]) -> Measure:
    """The error of all held-out pixels."""

    def find(networks: Networks, judge: Judge) -> float:
        real = judge.held_out["image"]
        return (draw(networks, judge, len(real)) - real).square().mean().item()

    return Measure("error", find=find)


FID = (measure_fid(draw_samples),)
BOUND = Measure("ELBO", is_better_large=True, find=find_bound)
GENERATOR = ("generator",)
CODERS = ("encoder", "decoder")
CASES = {
    "dcgan": Case(GENERATOR, gans.train_dcgan, FID, draw_samples),
    "conditional_gan": Case(
        GENERATOR,
        gans.train_conditional_gan,
        (measure_fid(draw_asked), measure_recognised(draw_asked, 0.8)),
        draw_asked,
        has_labels=True,
    ),
    "vae": Case(CODERS, autoencoders.train_vae, (BOUND, measure_fid(draw_decoded)), draw_decoded),
    "conditional_vae": Case(
        CODERS,
        autoencoders.train_conditional_vae,
        (BOUND, measure_recognised(draw_decoded_asked)),
        draw_decoded_asked,
        has_labels=True,
    ),
    "autoencoder": Case(CODERS, autoencoders.train_autoencoder, (find_error(draw_again),), draw_again),
    "denoising_autoencoder": Case(
        ("denoiser",), autoencoders.train_denoising_autoencoder, (find_error(draw_clean),), draw_clean
    ),
    "gan": Case(GENERATOR, gans.train_gan, FID, draw_samples),
    "lsgan": Case(GENERATOR, gans.train_lsgan, FID, draw_samples),
    "wgan": Case(GENERATOR, gans.train_wgan, FID, draw_samples),
    "wgan_gp": Case(GENERATOR, gans.train_wgan_gp, FID, draw_samples),
}


def open_preset(name: str) -> Project:
    """A preset that learns from the embedded digits."""
    project = Project.model_validate_json((ROOT / "presets" / f"{name}.json").read_text(encoding="utf-8"))
    main = project.data["main"]
    return project.model_copy(update={"data": {"main": main.model_copy(update={"origins": main.origins[1:]})}})


def read_digits() -> tuple[Tensor, Tensor]:
    """All digits that come with Layerloom, in 0..1, and what they are."""
    parts = prepare(open_preset("conditional_vae"))["main"].parts.values()
    images, labels = (torch.cat([part[field] for part in parts]) for field in ("image", "label"))
    return images, labels


def train_preset(project: Project, prepared: Mapping[str, PreparedSource], seed: int) -> Networks:
    """The networks of a preset after its run."""
    run = project.run.model_copy(update={"seed": seed, "precision": "float32"})
    session = Session.create(project.model_copy(update={"run": run}), prepared, torch.device("cpu"))
    for _ in train(session, lambda: "run"):
        pass
    return session.networks


def train_reference(case: Case, train_part: Mapping[str, Tensor], epochs: int, seed: int) -> Networks:
    """The networks of the hand-written loop."""
    torch.manual_seed(seed)
    trained = case.train(*train_part.values(), epochs=epochs)
    return dict(zip(case.networks, trained if isinstance(trained, tuple) else (trained,), strict=True))


def look_at(case: Case, networks: Networks, judge: Judge) -> tuple[list[float], Tensor]:
    """The measured numbers, and some pictures."""
    for network in networks.values():
        network.eval()
    with torch.random.fork_rng([]), torch.no_grad():
        torch.manual_seed(1)
        return [measure.find(networks, judge) for measure in case.measures], case.draw(networks, judge)[:50]


def compare(name: str) -> list[dict[str, Any]]:
    """Train both sides over all seeds, and describe how they compare."""
    case, project = CASES[name], open_preset(name)
    prepared = prepare(project)
    parts = prepared["main"].parts
    judge = Judge(parts, is_signed=project.data["main"].fields["image"].scaling == "signed")
    sides: dict[str, Callable[[int], Networks]] = {
        "preset": lambda seed: train_preset(project, prepared, seed),
        "reference": lambda seed: train_reference(case, parts["train"], project.run.epochs, seed),
    }
    found: dict[str, list[list[float]]] = {side: [] for side in sides}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for seed in SEEDS:
        pictures = []
        for side, make in sides.items():
            start = time.process_time()
            networks = make(seed)
            seconds[side].append(time.process_time() - start)
            values, shown = look_at(case, networks, judge)
            found[side].append(values)
            pictures.append(shown)
            print(json.dumps({"preset": name, "seed": seed, side: values}), flush=True)
        if seed == 0:
            draw_sheet(name, pictures)
    return [describe(name, measure, number, found, seconds) for number, measure in enumerate(case.measures)]


def describe(
    name: str, measure: Aim, number: int, found: Mapping[str, list[list[float]]], seconds: Mapping[str, list[float]]
) -> dict[str, Any]:
    """A row of the table."""
    preset, reference = ([values[number] for values in found[side]] for side in ("preset", "reference"))
    mean, error = statistics.fmean(reference), statistics.stdev(reference) / len(reference) ** 0.5
    aim = mean - 2 * error if measure.is_better_large else mean + 2 * error
    if measure.least is not None:
        aim = max(aim, measure.least)
    reached = statistics.fmean(preset)
    return {
        "measurement": f"{name}, {measure.name}",
        "preset": [shorten(value) for value in preset],
        "preset's mean": shorten(reached),
        "reference": [shorten(value) for value in reference],
        "reference's mean": shorten(mean),
        "standard error": shorten(error),
        "aim": f"{'≥' if measure.is_better_large else '≤'} {aim:.4g}",
        "reached": reached >= aim if measure.is_better_large else reached <= aim,
        "preset's seconds": [round(value, 1) for value in seconds["preset"]],
        "reference's seconds": [round(value, 1) for value in seconds["reference"]],
    }


def shorten(value: float) -> float:
    """A number with four digits."""
    return float(f"{value:.4g}")


def draw_sheet(name: str, sides: list[Tensor]) -> None:
    """Fifty pictures of each side beside each other, as a file beside the results."""
    sheets = []
    for pictures in sides:
        rows = pictures.clamp(0, 1).reshape(5, 10, 28, 28).permute(0, 2, 1, 3).reshape(140, 280)
        sheets += [rows, torch.full((140, 10), 0.5)]
    levels = (torch.cat(sheets[:-1], dim=1) * 255).to(torch.uint8)
    Image.fromarray(levels.numpy()).save(RESULTS / f"generative_{name}.png", optimize=True)


def main() -> None:
    """Compare what was asked for, one after the other, and write each down as soon as it is known."""
    record_each("generative", compare, list(CASES), "How good the pictures are that presets make.", EXPLANATION)


if __name__ == "__main__":
    main()
