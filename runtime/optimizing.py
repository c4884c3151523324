"""One optimizer of the training graph at work: its parameters, its turns, clipping, accumulation and schedule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from builder.parts.parameter_groups import let_learn, split_parameters
from builder.parts.schedules import Schedule, apply_scale
from builder.plan import Turn
from builder.step_planner import TrainingPlan
from builder.training.schedules import PlateauSchedule, construct_schedule
from runtime.updating import is_due

GRADIENT = "gradient so far"


class Optimizing:
    """A PyTorch optimizer and everything around its step."""

    def __init__(self, plan: TrainingPlan, id: str, networks: Mapping[str, nn.Module]) -> None:
        self.id = id
        self.params: Any = plan.params(id)
        kind: Any = plan.uses[id].kind
        named = [
            (name if len(self.params.networks) == 1 else f"{network}.{name}", parameter)
            for network in self.params.networks
            for name, parameter in networks[network].named_parameters()
            if parameter.requires_grad
        ]
        self.named = named
        self.parameters: list[Tensor] = [parameter for _, parameter in named]
        self.learning = self.parameters
        construct = kind.construct_optimizer(self.params, plan.project.run.optimizer_kernels == "fused")
        self.groups = [group.model_dump() for group in self.params.groups]
        chosen: Any = split_parameters(named, self.groups, self.params.lr) if self.groups else self.parameters
        self.optimizer: torch.optim.Optimizer = construct.target(chosen, **construct.kwargs)
        made = construct_schedule(self.params.schedule)
        self.schedule: Schedule | None = made.build() if made else None
        self.steps = 0
        self.turns = 0
        self.total = {"step": 1, "epoch": 1}
        self.is_simple = self.params.when is None and self.params.accumulate == 1

    @property
    def watched(self) -> str | None:
        """The metric that a plateau schedule looks at."""
        schedule = self.params.schedule
        return schedule.metric if isinstance(schedule, PlateauSchedule) else None

    def begin(self, steps: int, epochs: int) -> None:
        """Be told how many steps and epochs there will be; the schedule starts to count."""
        turns = steps // (self.params.when.every if self.params.when and self.params.when.unit == "step" else 1)
        self.total = {"step": max(1, turns // self.params.accumulate), "epoch": max(1, epochs)}
        if self.schedule is not None and self.schedule.unit == "step":
            apply_scale(self.optimizer, self.schedule.scale(self.steps, self.total["step"]))

    def begin_epoch(self, epoch: int) -> None:
        """Set which parameters learn, and the learning rate for schedules that count epochs."""
        self.let_learn(epoch)
        if self.schedule is not None and self.schedule.unit == "epoch":
            apply_scale(self.optimizer, self.schedule.scale(epoch, self.total["epoch"]))

    def let_learn(self, epoch: int) -> None:
        """Freeze the groups that do not learn in an epoch."""
        if self.params.freezes:
            let_learn(self.named, self.groups, epoch)
            self.learning = [parameter for parameter in self.parameters if parameter.requires_grad]

    def next_turn(self, step: int, epoch: int) -> Turn | None:
        """This optimizer's part in a step, None when it is not its turn."""
        if self.is_simple:
            return Turn(self.id)
        if not is_due(self.params.when, step, epoch):
            return None
        first = self.turns % self.params.accumulate == 0
        self.turns += 1
        return Turn(self.id, zero=first, step=self.turns % self.params.accumulate == 0)

    def zero_grad(self) -> None:
        """Forget gradients; none, rather than zeros, since zeros still move Adam."""
        self.optimizer.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Clip and step."""
        if self.params.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.params.clip_norm)
        self.optimizer.step()

    def advance(self) -> None:
        """Count the step, and move the schedule on."""
        self.steps += 1
        if self.schedule is not None and self.schedule.unit == "step":
            apply_scale(self.optimizer, self.schedule.scale(self.steps, self.total["step"]))

    def observe(self, value: float, epoch: int) -> None:
        """Tell a plateau schedule a validation's result."""
        if self.schedule is not None:
            self.schedule.observe(value)
            apply_scale(self.optimizer, self.schedule.scale(epoch, self.total["epoch"]))

    @property
    def learning_rate(self) -> float:
        """The learning rate now, of the first group."""
        return float(self.optimizer.param_groups[0]["lr"])

    def tensors(self) -> dict[str, Tensor]:
        """The optimizer's tensors, by number of the parameter and name; in the middle of accumulating, gradients too."""
        state = self.optimizer.state_dict()["state"]
        found = {f"{i}.{name}": v for i, slots in state.items() for name, v in slots.items() if isinstance(v, Tensor)}
        if self.turns % self.params.accumulate:
            found |= {f"{i}.{GRADIENT}": p.grad for i, p in enumerate(self.parameters) if p.grad is not None}
        return found

    def state(self) -> dict[str, Any]:
        """Everything else that an exact resume needs, as JSON."""
        saved = self.optimizer.state_dict()
        numbers = {
            str(i): {name: v for name, v in slots.items() if not isinstance(v, Tensor)}
            for i, slots in saved["state"].items()
        }
        return {
            "steps": self.steps,
            "turns": self.turns,
            "numbers": numbers,
            "groups": saved["param_groups"],
            "schedule": self.schedule.state_dict() if self.schedule else {},
        }

    def restore(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Go on from there."""
        slots: dict[int, dict[str, Any]] = {int(i): dict(values) for i, values in state["numbers"].items()}
        for key, tensor in tensors.items():
            number, _, name = key.partition(".")
            if name == GRADIENT:
                parameter = self.parameters[int(number)]
                parameter.grad = tensor.to(parameter.device, copy=True)
            else:
                slots.setdefault(int(number), {})[name] = lay_out_as(tensor, self.parameters[int(number)])
        groups = [dict(group) for group in state["groups"]]
        for group in groups:
            if isinstance(group.get("betas"), list):
                group["betas"] = tuple(group["betas"])
            if "fused" in self.optimizer.defaults:
                group["fused"] = self.optimizer.defaults["fused"]
        self.optimizer.load_state_dict({"state": slots, "param_groups": groups})
        self.steps, self.turns = state["steps"], state["turns"]
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])


def lay_out_as(tensor: Tensor, parameter: Tensor) -> Tensor:
    """A tensor that lies in memory as a parameter of its shape does: fused kernels walk through both side by side."""
    return torch.empty_like(parameter).copy_(tensor) if tensor.shape == parameter.shape else tensor
