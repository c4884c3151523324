"""How good presets are that make pictures of pictures, or of noise in many steps: each beside its hand-written reference.

``python -m benchmarks.pictures [NAME ...]`` with the names of presets, all of them unless told otherwise. Both learn from
the same training part of the data that comes with Layerloom, in one process and one thread, one after the other.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from benchmarks.eyes import Eyes, find_distance, open_eyes, open_eyes_alone
from benchmarks.generative import SAMPLES, SEEDS, Aim, describe, shorten, train_preset
from benchmarks.learning import measure_psnr, open_preset
from benchmarks.record import RESULTS, record_each
from benchmarks.reference import pictures as reference
from builder.document import Project
from builder.parts.diffusion import list_shares, remove_noise
from runtime.data.prepare import PreparedSource, prepare

UNSEEN_SEED = 100
ZOOM = 2
COLUMNS = 12
EXPLANATION = (
    "Each preset with its own settings, and the same algorithm written by hand in PyTorch "
    "(`benchmarks/reference/pictures.py`): the same networks, settings and number of steps, the same data, three seeds each. "
    "*FID* is the Fréchet distance between made and real pictures in the 64 features of a small network that is trained anew "
    "each time by the same recipe (`benchmarks/eyes.py`): of digits for telling them apart, of other pictures for telling "
    "how they are turned and whether they were made small and large again. *pix2pix* paints 1,000 sketches that neither "
    "saw; *distance* is the mean absolute one to the true pictures, of pixels from 0 to 1. *cyclegan* translates 1,000 "
    "pictures of each world that neither saw; *there and back* is the distance between pictures and what comes back of them, "
    "*distance* that of a striped picture to the one that the program draws striped in the same place, which no network was "
    "ever shown beside it. *diffusion* makes 2,000 digits in 25 calls, the preset with the sampler of its preview and the "
    "reference with its own. *super_resolution_gan* enlarges the 72 held-out pieces of photographs; *PSNR* is in decibels, "
    "FID that of their quarters. *Beside* is what doing without a network gives. A preset is as good as its reference where "
    "its mean is no worse than the reference's by more than two standard errors of the reference, and its PSNR no worse than "
    "bicubic enlargement. Seconds are of one thread. Sheets, from above: `pix2pix` sketch, preset, reference, truth; "
    "`cyclegan` plain, striped and plain again by the preset, then by the reference, and the same from striped ones; "
    "`super_resolution_gan` small, bicubic, preset, reference, truth; `diffusion` the preset's left, the reference's right."
)
Prepared = Mapping[str, PreparedSource]
Networks = Mapping[str, Any]
Made = dict[str, Tensor]
Rows = list[Tensor]


class Case(ABC):
    """A preset: what its networks make of what they never saw, how that is measured and what is shown of it.

    Attributes:
        aims: the numbers that are compared, in the order of ``judge``.
        train: the hand-written loop.
    """

    aims: tuple[Aim, ...]
    train: Callable[..., Networks]

    def __init__(self, project: Project, prepared: Prepared) -> None:
        self.project, self.parts = project, {name: source.parts for name, source in prepared.items()}

    @abstractmethod
    def make(self, networks: Networks, side: str) -> Made:
        """Pictures in 0..1 by name."""

    @abstractmethod
    def judge(self, made: Made) -> list[float]:
        """A number for each aim."""

    @abstractmethod
    def show(self, made: Mapping[str, Made]) -> Rows:
        """Rows of pictures of the same size, from what each side made."""

    def beside(self) -> dict[str, str]:
        """What there is without a network, by aim."""
        return {}

    def read_unseen(self) -> dict[str, Made]:
        """Pictures of the same program with other random numbers, by source and field."""
        data = {}
        for number, (name, source) in enumerate(self.project.data.items()):
            origin = source.origins[0]
            options = {**origin.options, "seed": UNSEEN_SEED + number}
            data[name] = source.model_copy(update={"origins": (origin.model_copy(update={"options": options}),)})
        found = prepare(self.project.model_copy(update={"data": data}))
        return {name: join_parts(source.parts) for name, source in found.items()}


def join_parts(parts: Mapping[str, Mapping[str, Tensor]]) -> Made:
    """All samples, by field."""
    first = next(iter(parts.values()))
    return {field: torch.cat([part[field] for part in parts.values()]) for field in first}


def plainly(pictures: Tensor) -> Tensor:
    """Pictures in 0..1 of pictures in -1..1."""
    return (pictures + 1) / 2


def measure_distance(one: Tensor, other: Tensor) -> float:
    """The mean absolute distance of pixels."""
    return (one - other).abs().mean().item()


def compare_seen(eyes: Eyes, made: Tensor, real: Tensor) -> float:
    """The Fréchet distance."""
    return find_distance(eyes.find_features(made), eyes.find_features(real))


class Painting(Case):
    """pix2pix."""

    aims = (Aim("distance"), Aim("FID"))
    train = staticmethod(reference.train_pix2pix)

    def __init__(self, project: Project, prepared: Prepared) -> None:
        super().__init__(project, prepared)
        self.unseen = self.read_unseen()["main"]
        self.truth = plainly(self.unseen["picture"])
        self.eyes = open_eyes_alone(self.truth)

    def make(self, networks: Networks, side: str) -> Made:
        """Painted sketches."""
        return {"picture": plainly(networks["generator"](self.unseen["sketch"]))}

    def judge(self, made: Made) -> list[float]:
        """How far from the truth, and how far from looking true."""
        return [measure_distance(made["picture"], self.truth), compare_seen(self.eyes, made["picture"], self.truth)]

    def show(self, made: Mapping[str, Made]) -> Rows:
        """Sketch, both sides, truth."""
        sketches = plainly(self.unseen["sketch"]).expand(-1, 3, -1, -1)
        rows = [sketches, made["preset"]["picture"], made["reference"]["picture"], self.truth]
        return [row[:COLUMNS] for row in rows]


class Translating(Case):
    """cyclegan."""

    aims = (Aim("FID of striped"), Aim("FID of plain"), Aim("there and back"), Aim("distance"))
    train = staticmethod(reference.train_cyclegan)

    def __init__(self, project: Project, prepared: Prepared) -> None:
        super().__init__(project, prepared)
        unseen = self.read_unseen()
        self.plain, self.striped = unseen["plain"]["image"], unseen["striped"]["image"]
        self.truth = self.stripe_by_program()
        self.eyes = {
            name: open_eyes_alone(plainly(pictures)) for name, pictures in (("p", self.plain), ("s", self.striped))
        }

    def stripe_by_program(self) -> Tensor:
        """The plain pictures as the program draws them striped."""
        source = self.project.data["striped"]
        options = {**source.origins[0].options, "seed": UNSEEN_SEED}
        origin = source.origins[0].model_copy(update={"options": options})
        data = {"plain": source.model_copy(update={"origins": (origin,)})}
        found = prepare(self.project.model_copy(update={"data": data}))
        return plainly(join_parts(found["plain"].parts)["image"])

    def make(self, networks: Networks, side: str) -> Made:
        """Both ways, there and back."""
        stripe, paint = networks["stripe"], networks["paint"]
        striped, plain = stripe(self.plain), paint(self.striped)
        found = {"striped": striped, "plain": plain, "plain again": paint(striped), "striped again": stripe(plain)}
        return {name: plainly(pictures) for name, pictures in found.items()}

    def judge(self, made: Made) -> list[float]:
        """How real each world looks, how much is lost on the way, and how far from what the program draws."""
        plain, striped = plainly(self.plain), plainly(self.striped)
        lost = (measure_distance(made["plain again"], plain) + measure_distance(made["striped again"], striped)) / 2
        seen = [
            compare_seen(self.eyes[name[0]], made[name], real)
            for name, real in (("striped", striped), ("plain", plain))
        ]
        return [*seen, lost, measure_distance(made["striped"], self.truth)]

    def show(self, made: Mapping[str, Made]) -> Rows:
        """From each world there and back, by each side."""
        rows = []
        for begun, there, back in ((self.plain, "striped", "plain again"), (self.striped, "plain", "striped again")):
            rows += [plainly(begun), *(made[side][name] for side in made for name in (there, back))]
        return [row[:COLUMNS] for row in rows]

    def beside(self) -> dict[str, str]:
        """Pictures left as they are."""
        left = plainly(self.plain)
        seen = compare_seen(self.eyes["s"], left, plainly(self.striped))
        return {
            "distance": f"as it is: {measure_distance(left, self.truth):.4g}",
            "FID of striped": f"as it is: {seen:.4g}",
        }


class Denoising(Case):
    """diffusion."""

    aims = (Aim("FID"),)
    train = staticmethod(reference.train_diffusion)

    def __init__(self, project: Project, prepared: Prepared) -> None:
        super().__init__(project, prepared)
        self.real = plainly(join_parts(self.parts["main"])["image"])
        self.eyes = open_eyes(self.real, read_labels(project))

    def make(self, networks: Networks, side: str) -> Made:
        """Digits of noise."""
        if side == "reference":
            return {"picture": plainly(reference.draw_by_denoising(networks["kept"], SAMPLES))}
        how = next(node.params for node in self.project.training.nodes if node.kind == "DiffusionSamples")
        generator = torch.Generator().manual_seed(1)
        noise = torch.randn(SAMPLES, *self.real.shape[1:], generator=generator)
        shares = list_shares(how["steps"], how["schedule"])
        bounds = (how["low"], how["high"])
        made = remove_noise(networks[how["network"]], noise, shares, how["calls"], generator, how["randomness"], bounds)
        return {"picture": plainly(made)}

    def judge(self, made: Made) -> list[float]:
        """How far from looking like digits."""
        return [compare_seen(self.eyes, made["picture"], self.real)]

    def show(self, made: Mapping[str, Made]) -> Rows:
        """Five rows of ten pictures of each side."""
        return [
            torch.cat([made[side]["picture"][row * 10 : row * 10 + 10] for side in made]).expand(-1, 3, -1, -1)
            for row in range(5)
        ]


def read_labels(project: Project) -> Tensor:
    """What the digits are that a project learns from, in the order of its parts."""
    source = project.data["main"]
    label = open_preset("conditional_vae").data["main"].fields["label"]
    origin = source.origins[0].model_copy(update={"columns": {**source.origins[0].columns, "label": "label"}})
    told = source.model_copy(update={"origins": (origin,), "fields": {**source.fields, "label": label}})
    return join_parts(prepare(project.model_copy(update={"data": {"main": told}}))["main"].parts)["label"]


class Enlarging(Case):
    """super_resolution_gan."""

    aims: tuple[Aim, ...] = (Aim("PSNR", is_better_large=True), Aim("FID"))
    train = staticmethod(reference.train_super_resolution_gan)

    def __init__(self, project: Project, prepared: Prepared) -> None:
        super().__init__(project, prepared)
        self.truth = self.parts["main"]["validation"]["image"]
        self.small = functional.avg_pool2d(self.truth, 2)
        self.bicubic = functional.interpolate(self.small, scale_factor=2.0, mode="bicubic")
        self.eyes = open_eyes_alone(quarter(join_parts(self.parts["main"])["image"]))
        self.plain = self.judge({"picture": self.bicubic})
        self.aims = (Aim("PSNR", is_better_large=True, least=self.plain[0]), Aim("FID"))

    def make(self, networks: Networks, side: str) -> Made:
        """Pictures twice as large."""
        return {"picture": networks["enlarge"](self.small)}

    def judge(self, made: Made) -> list[float]:
        """How near to the truth, and how far from looking true."""
        seen = compare_seen(self.eyes, quarter(made["picture"].clamp(0, 1)), quarter(self.truth))
        return [measure_psnr(made["picture"], self.truth), seen]

    def show(self, made: Mapping[str, Made]) -> Rows:
        """Small, bicubic, both sides, truth; pieces from all over both photographs."""
        large = functional.interpolate(self.small, scale_factor=2.0)
        rows = [large, self.bicubic, made["preset"]["picture"], made["reference"]["picture"], self.truth]
        return [row[::6] for row in rows]

    def beside(self) -> dict[str, str]:
        """Bicubic enlargement."""
        return {aim.name: f"bicubic: {value:.4g}" for aim, value in zip(self.aims, self.plain, strict=True)}


def quarter(pictures: Tensor) -> Tensor:
    """Four pieces of each picture, so that there are more of them."""
    half = pictures.shape[-1] // 2
    return torch.cat([pictures[..., y : y + half, x : x + half] for y in (0, half) for x in (0, half)])


CASES: dict[str, type[Case]] = {
    "pix2pix": Painting,
    "cyclegan": Translating,
    "diffusion": Denoising,
    "super_resolution_gan": Enlarging,
}


def look_at(case: Case, networks: Networks, side: str) -> tuple[list[float], Made]:
    """The measured numbers, and what they are of."""
    for network in networks.values():
        network.eval()
    with torch.random.fork_rng([]), torch.no_grad():
        torch.manual_seed(1)
        made = case.make(networks, side)
        return case.judge(made), made


def compare(name: str) -> list[dict[str, Any]]:
    """Train both sides over all seeds, and describe how they compare."""
    project = open_preset(name)
    prepared = prepare(project)
    case = CASES[name](project, prepared)
    train_parts = {key: source.parts["train"] for key, source in prepared.items()}

    def train_by_hand(seed: int) -> Networks:
        torch.manual_seed(seed)
        return case.train(**train_parts, epochs=project.run.epochs)

    sides: dict[str, Callable[[int], Networks]] = {
        "preset": lambda seed: train_preset(project, prepared, seed),
        "reference": train_by_hand,
    }
    found: dict[str, list[list[float]]] = {side: [] for side in sides}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for seed in SEEDS:
        made = {}
        for side, learn in sides.items():
            start = time.process_time()
            networks = learn(seed)
            seconds[side].append(time.process_time() - start)
            values, made[side] = look_at(case, networks, side)
            found[side].append(values)
            print(
                json.dumps({"measurement": name, "seed": seed, side: [shorten(value) for value in values]}), flush=True
            )
        if seed == 0:
            draw_sheet(name, case.show(made))
    beside = case.beside()
    return [
        {**describe(name, aim, number, found, seconds), "beside": beside.get(aim.name, "")}
        for number, aim in enumerate(case.aims)
    ]


def draw_sheet(name: str, rows: Rows) -> None:
    """Rows of pictures as a file beside the results."""
    lines = [torch.cat(list(row.clamp(0, 1)), dim=2) for row in rows]
    levels = (torch.cat(lines, dim=1) * 255).round().to(torch.uint8).permute(1, 2, 0)
    image = Image.fromarray(levels.contiguous().numpy())
    large = image.resize((image.width * ZOOM, image.height * ZOOM), Image.Resampling.NEAREST)
    large.save(RESULTS / f"pictures_{name}.png", optimize=True)


def main() -> None:
    """Compare what was asked for, one after the other, and write each down as soon as it is known."""
    record_each(
        "pictures",
        compare,
        list(CASES),
        "How good presets are that make pictures of pictures, or step by step.",
        EXPLANATION,
    )


if __name__ == "__main__":
    main()
