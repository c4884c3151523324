"""Everything that a run has in memory between two steps, and how it is written down and picked up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from builder.compiler import build_network
from builder.document import Project
from builder.flow import Flow
from builder.naming import networks_in_training
from builder.parts.memory_format import use_channels_last
from builder.references import leading_source
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.data.prepare import PreparedSource
from runtime.effort.meter import EffortMeter
from runtime.evaluation import Evaluator
from runtime.feeding import Feed, make_feeds
from runtime.judging import Judgement
from runtime.looks.looker import Looker
from runtime.step import Machinery, Stepper


def with_facts(project: Project, prepared: Mapping[str, PreparedSource]) -> Project:
    """The project with the facts of the data that is really used."""
    data = {name: source.model_copy(update={"facts": prepared[name].facts}) for name, source in project.data.items()}
    return project.model_copy(update={"data": data})


def build_networks(project: Project, flows: dict[str, Flow], device: torch.device) -> dict[str, nn.Module]:
    """The networks that a training graph calls, with fresh weights, on their device and in the layout of the run."""
    built = {name: build_network(project, name, flows) for name in networks_in_training(project)}
    networks: dict[str, nn.Module] = {name: network.to(device) for name, network in built.items()}
    if project.run.memory_format == "channels_last":
        networks = {name: use_channels_last(network) for name, network in networks.items()}
    return networks


class Session:
    """A run between two steps. What its settings leave to the machine is float32, plain kernels and the usual layout here."""

    def __init__(self, project: Project, prepared: Mapping[str, PreparedSource], device: torch.device) -> None:
        self.project = with_facts(project, prepared)
        self.device = device
        torch.manual_seed(self.project.run.seed)
        flows = infer(self.project)
        self.plan = TrainingPlan(self.project, flows)
        self.networks = build_networks(self.project, flows, device)
        self.machinery = Machinery(self.plan, self.networks, device, self.project.run.precision == "bfloat16")
        self.stepper = Stepper(self.machinery)
        self.looker = Looker(self.machinery)
        parts: Any = {name: source.parts for name, source in prepared.items()}
        self.feeds: dict[str, Feed] = make_feeds(self.plan, parts, self.project.run.seed, device)
        self.effort = EffortMeter(self.stepper, flows, self.feeds)
        self.evaluator = Evaluator(self.machinery, parts, self.describe_fields())
        self.step, self.epoch, self.seconds = 0, 0, 0.0
        self.validated_step = -1
        self.between: Callable[[int, int], None] | None = None
        self.judgement = Judgement(self.project.run)
        self.best_tensors: dict[str, Tensor] = {}
        self.last_metrics: dict[str, dict[str, float]] = {}
        self.lead.start_epoch(0)
        for optimizing in self.machinery.optimizers.values():
            optimizing.begin(self.steps, self.epochs)
            optimizing.begin_epoch(0)

    @classmethod
    def create(cls, project: Project, prepared: Mapping[str, PreparedSource], device: torch.device) -> Session:
        """Start from fresh weights drawn from the run's seed. Raises PlanError where the project has errors."""
        return cls(project, prepared, device)

    @property
    def lead(self) -> Feed:
        """The feed that leads the epoch."""
        return next(iter(self.feeds.values()))

    @property
    def epochs(self) -> int:
        """How many epochs there will be."""
        return self.project.run.epochs

    @property
    def steps(self) -> int:
        """How many steps there will be."""
        return self.count_steps(self.lead.num_batches)

    def count_steps(self, num_batches: int) -> int:
        """How many steps there are where an epoch has so many batches."""
        steps = self.epochs * num_batches
        return min(steps, self.project.run.max_steps or steps)

    @property
    def part_of_epoch(self) -> float:
        """Epochs done, with the part of the current one."""
        return self.epoch + self.lead.position / max(1, self.lead.num_batches)

    def describe_fields(self) -> dict[str, Any]:
        """The facts of the leading source's fields, for previews."""
        name = leading_source(self.project)
        source = self.project.data[name] if name else None
        if source is None or source.facts is None:
            return {}
        meanings = source.fields
        return {
            field: {
                **facts.model_dump(exclude={"tokenizer"}),
                "tokenizer": facts.tokenizer,
                "scaling": meanings[field].scaling,
                "role": meanings[field].role,
                **({"windows": source.windows.model_dump()} if source.windows else {}),
            }
            for field, facts in source.facts.fields.items()
            if field in meanings
        }

    def run_step(self) -> dict[str, Tensor]:
        """Train one step; returns the losses."""
        if self.between is not None:
            self.between(self.step, self.steps)
        clock = self.effort.clock
        self.machinery.clock = clock if self.machinery.watch is None and clock.begin() else None
        batches = {id: feed.next_batch() for id, feed in self.feeds.items()}
        log = self.stepper.run(batches, self.step, self.epoch)
        self.step += 1
        if self.machinery.clock is not None:
            clock.end()
        return log

    def end_epoch(self) -> None:
        """Begin the next epoch."""
        for metric in self.machinery.metrics.values():
            metric.reset()
        self.epoch += 1
        self.lead.start_epoch(self.epoch)
        for optimizing in self.machinery.optimizers.values():
            optimizing.begin_epoch(self.epoch)

    def keep_best(self) -> None:
        """Keep a copy of the weights as they are now."""
        tensors = self.weight_tensors()
        self.best_tensors = {name: tensor.detach().clone() for name, tensor in tensors.items()}

    def weight_tensors(self) -> dict[str, Tensor]:
        """Parameters and buffers of all networks, by network and name."""
        return {f"{n}/{key}": tensor for n, net in self.networks.items() for key, tensor in net.state_dict().items()}

    def network_tensors(self) -> dict[str, dict[str, Tensor]]:
        """What is exported: the best weights where the run keeps them, else the last ones."""
        flat = self.best_tensors or self.weight_tensors()
        return {
            name: {key.removeprefix(f"{name}/"): tensor for key, tensor in flat.items() if key.startswith(f"{name}/")}
            for name in self.networks
        }

    def load_weights(self, flat: Mapping[str, Tensor]) -> None:
        """Put weights into the networks."""
        for name, network in self.networks.items():
            own = {key.removeprefix(f"{name}/"): t for key, t in flat.items() if key.startswith(f"{name}/")}
            network.load_state_dict(own)

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor that an exact resume needs."""
        found = {f"network/{name}": tensor for name, tensor in self.weight_tensors().items()}
        found |= {f"best/{name}": tensor for name, tensor in self.best_tensors.items()}
        for id, updater in self.machinery.updaters.items():
            found |= {f"updater/{id}/{name}": tensor for name, tensor in updater.tensors().items()}
        for id, memory in self.machinery.memories.items():
            found |= {f"memory/{id}/{name}": tensor for name, tensor in memory.state_dict().items()}
        for id, metric in self.machinery.metrics.items():
            found |= {f"metric/{id}/{name}": tensor for name, tensor in metric.state_dict().items()}
        found["random/cpu"] = torch.get_rng_state()
        if self.device.type == "cuda":
            found["random/cuda"] = torch.cuda.get_rng_state(self.device)
        return {name: tensor.detach().contiguous() for name, tensor in found.items()}

    def state(self) -> dict[str, Any]:
        """Everything else that an exact resume needs, as JSON."""
        return {
            "step": self.step,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "validated_step": self.validated_step,
            "best": self.judgement.best,
            "judges": self.judgement.state(),
            "metrics": self.last_metrics,
            "feeds": {id: [feed.epoch, feed.position] for id, feed in self.feeds.items()},
            "updaters": {id: updater.state() for id, updater in self.machinery.updaters.items()},
        }

    def restore(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Go on exactly where ``tensors`` and ``state`` were taken."""
        self.stepper.run_whole = None  # what was recorded writes where tensors lay before
        self.load_weights(select(tensors, "network/"))
        self.best_tensors = {name: tensor.to(self.device) for name, tensor in select(tensors, "best/").items()}
        for id, updater in self.machinery.updaters.items():
            updater.restore(select(tensors, f"updater/{id}/"), state["updaters"][id])
        for id, memory in self.machinery.memories.items():
            memory.load_state_dict(select(tensors, f"memory/{id}/"))
        for id, metric in self.machinery.metrics.items():
            kept = select(tensors, f"metric/{id}/")
            metric.load_state_dict({name: tensor.to(self.device) for name, tensor in kept.items()})
        for id, feed in self.feeds.items():
            feed.restore(*state["feeds"][id])
        self.step, self.epoch, self.seconds = state["step"], state["epoch"], state["seconds"]
        for optimizing in self.machinery.optimizers.values():
            optimizing.let_learn(self.epoch)
        self.validated_step, self.last_metrics = state["validated_step"], dict(state["metrics"])
        self.judgement.restore(state["best"], state["judges"])
        torch.set_rng_state(tensors["random/cpu"].cpu())
        if self.device.type == "cuda" and "random/cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random/cuda"].cpu(), self.device)


def select(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
