"""What a trained project makes of nothing: which network draws pictures, of which random numbers, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.answering import find_origin
from builder.document import Project
from builder.latents import Latent, find_latents
from builder.parts.diffusion import list_shares, remove_noise
from builder.planner import PlanError
from builder.step_planner import TrainingPlan

NOTHING = "No network of this project makes pictures of noise."


@dataclass(frozen=True)
class Denoising:
    """How pictures are made of noise by taking some of it away again and again, with the arguments of ``remove_noise``."""

    steps: int
    schedule: str
    calls: int
    randomness: float
    bounds: tuple[float, float] | None


@dataclass(frozen=True)
class Sampler:
    """A network that makes pictures of random numbers.

    Attributes:
        network: its name.
        shape: of the numbers that one picture is made of, drawn from a normal distribution around zero.
        deviation: of that distribution.
        source: the data that the pictures are like.
        image: the field of the data that they are like.
        output: which of the network's outputs is the picture.
        outputs: how many outputs it has.
        classes: what can be asked for; empty where nothing can.
        is_class_first: whether the network is given the class before the numbers.
        denoising: how it is asked more than once; None where it answers with a picture.
    """

    network: str
    shape: tuple[int, ...]
    deviation: float
    source: str
    image: str
    output: int = 0
    outputs: int = 1
    classes: tuple[str, ...] = ()
    is_class_first: bool = False
    denoising: Denoising | None = None


def find_sampler(project: Project, plan: TrainingPlan | None = None) -> Sampler:
    """Find the network that makes pictures of noise, or of what an encoder learned to make like it.

    Raises PlanError where there is none.
    """
    plan = plan or TrainingPlan(project)
    for latent in find_latents(plan):
        if latent.kind == "noise" or plan.nodes[latent.origin.source].kind == "Reparameterize":
            return describe_latent(plan, latent)
    for id in plan.of_role("preview"):
        if plan.nodes[id].kind == "DiffusionSamples" and (found := describe_denoising(plan, id)):
            return found
    raise PlanError(NOTHING)


def describe_latent(plan: TrainingPlan, latent: Latent) -> Sampler:
    """A network that makes a picture of a vector at once."""
    flow = plan.flow.nodes[latent.call]
    inputs = [port.name for port in flow.in_ports if port.name in (latent.port, latent.label)]
    return Sampler(latent.network, latent.shape, latent.deviation, latent.source, latent.image, latent.output,
                   len(flow.out_ports), latent.classes, inputs[0] == latent.label)  # fmt: skip


def describe_denoising(plan: TrainingPlan, id: str) -> Sampler | None:
    """A network that says what of a picture is noise, as a preview asks it; None where its pictures are of no field."""
    params, edge = plan.params(id), find_origin(plan, plan.view.incoming(id).get("image"))
    if edge is None or plan.role(edge.source) != "data":
        return None
    source = str(plan.params(edge.source).source)
    shape = tuple(
        size for size in plan.flow.nodes[edge.source].outputs[edge.source_port].shape[1:] if type(size) is int
    )
    bounds = None if params.low is None or params.high is None else (params.low, params.high)
    how = Denoising(params.steps, params.schedule, params.calls, params.randomness, bounds)
    return Sampler(params.network, shape, 1.0, source, edge.source_port, denoising=how)


def draw_samples(sampler: Sampler, network: nn.Module, count: int, seed: int, label: str | None = None) -> Tensor:
    """Make pictures of noise, (count, C, H, W): as the network has them, and as exported code makes them too.

    Without a ``label`` all classes come in turn, where the network is told one.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = sampler.deviation * torch.randn(count, *sampler.shape, generator=generator)
    if sampler.denoising:
        how = sampler.denoising
        shares = list_shares(how.steps, how.schedule)
        return remove_noise(network, noise, shares, how.calls, generator, how.randomness, how.bounds)
    inputs: list[Any] = [noise]
    if sampler.classes:
        known = sampler.classes
        told = torch.arange(count) % len(known) if label is None else torch.full((count,), known.index(label))
        inputs.insert(0 if sampler.is_class_first else 1, told)
    output = network(*inputs)
    made: Tensor = output[sampler.output] if isinstance(output, tuple) else output
    return made
