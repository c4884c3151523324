"""Optimizers: how the weights of networks follow the gradient of a loss."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import torch
from pydantic import Field, model_validator

from builder.kinds import Construct, Params, Port
from builder.training.base import Updater, UpdaterParams
from builder.training.schedules import ConstantSchedule, Schedule

LR_HELP = "The learning rate: how far a step goes."
DECAY_HELP = "How strongly weights are pulled towards zero."
EPS_HELP = "A small number that keeps a division from failing."


class Group(Params):
    """Parameters that learn in a way of their own."""

    match: str = Field(
        "biases_and_norms",
        max_length=200,
        description="biases_and_norms, or a pattern of names such as layer1 or conv*.weight; the first match counts.",
        json_schema_extra={"label": "Names"},
    )
    lr_scale: float | None = Field(
        None,
        ge=0,
        description="What their learning rate is multiplied by.",
        json_schema_extra={"label": "Share of the learning rate"},
    )
    weight_decay: float | None = Field(
        None,
        ge=0,
        description="Their own weight decay, in place of the optimizer's.",
        json_schema_extra={"label": "Weight decay"},
    )
    frozen: bool = Field(
        False,
        description="Whether they stay as they are, such as what was learned elsewhere.",
        json_schema_extra={"label": "Frozen"},
    )
    from_epoch: int = Field(
        0,
        ge=0,
        description="For how many epochs they stay as they are before they learn.",
        json_schema_extra={"label": "Frozen at first", "unit": "epochs"},
    )

    @property
    def rests(self) -> bool:
        """Whether there is an epoch in which they do not learn."""
        return self.frozen or self.from_epoch > 0


class OptimizerParams(UpdaterParams):
    """What every optimizer has besides its own numbers."""

    clip_norm: float | None = Field(
        None, gt=0, description="The largest norm of all gradients together; larger ones are scaled down."
    )
    accumulate: int = Field(1, ge=1, le=100_000, description="How many batches are added up before a step.")
    groups: tuple[Group, ...] = Field((), description="Parameters that learn in a way of their own.")
    schedule: Schedule = Field(ConstantSchedule(), description="How the learning rate changes during the run.")

    @property
    def freezes(self) -> bool:
        """Whether some parameters do not learn in every epoch."""
        return any(group.rests for group in self.groups)


COMMON = frozenset(OptimizerParams.model_fields)


class Optimizer(Updater):
    """What every optimizer shares: it takes a loss, and its own numbers go to PyTorch's optimizer as they are."""

    family = "Optimizers"
    shown = ("lr", "networks")
    inputs: ClassVar[tuple[Port, ...]] = (Port("loss", ranks=(0,), help="The number to make small."),)
    target: ClassVar[type[torch.optim.Optimizer]]
    Params = OptimizerParams  # type: ignore[assignment]

    @classmethod
    def construct_optimizer(cls, params: Any, is_fused: bool = False) -> Construct:
        """How PyTorch's optimizer is made; the parameters, or groups of them, are its first argument.

        The keyword arguments are what a person would have written: the learning rate, and what differs from PyTorch's.
        ``is_fused`` asks for kernels that step all weights at once, where PyTorch has them for this optimizer.
        """
        defaults = inspect.signature(cls.target.__init__).parameters
        own = params.model_dump(exclude=set(COMMON))
        kwargs = {name: value for name, value in own.items() if name == "lr" or value != defaults[name].default}
        if is_fused and "fused" in defaults:
            kwargs["fused"] = True
        return Construct(cls.target, kwargs=kwargs)

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """As for every kind, with the optimizer's own numbers before what all optimizers have."""
        description = super().describe()
        properties = description["schema"]["properties"]
        order = sorted(properties, key=lambda name: (name != "networks", name in COMMON))
        description["schema"]["properties"] = {name: properties[name] for name in order}
        return description


class SGD(Optimizer):
    """Plain gradient descent on batches, with momentum if wanted.

    Formula:
        v = momentum * v + gradient;  w = w - lr * v

    Reference:
        Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.
    """

    kind = "SGD"
    synonyms = ("gradient descent", "stochastic", "momentum", "nesterov")
    target = torch.optim.SGD

    class Params(OptimizerParams):
        """PyTorch's parameters of SGD."""

        lr: float = Field(1e-3, gt=0, description=LR_HELP)
        momentum: float = Field(0.0, ge=0, lt=1, description="How much of the last step's direction is kept.")
        dampening: float = Field(
            0.0, ge=0, le=1, description="How much less the new gradient counts while there is momentum."
        )
        weight_decay: float = Field(0.0, ge=0, description=DECAY_HELP)
        nesterov: bool = Field(False, description="Whether the gradient looks ahead; needs momentum and no dampening.")

        @model_validator(mode="after")
        def check_nesterov(self) -> SGD.Params:
            """Nesterov's rule is only defined with momentum and without dampening."""
            if self.nesterov and (self.momentum == 0 or self.dampening != 0):
                raise ValueError("nesterov needs a momentum above 0 and a dampening of 0")
            return self


class AdamParams(OptimizerParams):
    """PyTorch's parameters of Adam."""

    lr: float = Field(1e-3, gt=0, description=LR_HELP)
    betas: tuple[float, float] = Field(
        (0.9, 0.999), description="How much of the running means of gradient and square is kept."
    )
    eps: float = Field(1e-8, gt=0, description=EPS_HELP)
    weight_decay: float = Field(0.0, ge=0, description=DECAY_HELP)
    amsgrad: bool = Field(False, description="Whether the largest mean square so far is used, which never shrinks.")

    @model_validator(mode="after")
    def check_betas(self) -> AdamParams:
        """Both are parts of a whole."""
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError("both betas must be at least 0 and below 1")
        return self


class Adam(Optimizer):
    """Gives every weight a step size of its own, from the running means of its gradients and their squares.

    Formula:
        m = b1 * m + (1 - b1) * g;  v = b2 * v + (1 - b2) * g ** 2;  w = w - lr * m' / (sqrt(v') + eps)

    Reference:
        Kingma and Ba, Adam: a method for stochastic optimization, 2014.
    """

    kind = "Adam"
    synonyms = ("adaptive",)
    target = torch.optim.Adam
    Params = AdamParams


class AdamW(Optimizer):
    """Adam whose weight decay shrinks the weights themselves and not their gradients.

    Formula:
        w = w - lr * weight_decay * w, then a step of Adam

    Reference:
        Loshchilov and Hutter, Decoupled weight decay regularization, 2017.
    """

    kind = "AdamW"
    synonyms = ("adaptive", "decoupled")
    target = torch.optim.AdamW

    class Params(AdamParams):
        """PyTorch's parameters of AdamW."""

        weight_decay: float = Field(0.01, ge=0, description=DECAY_HELP)


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, which looks one step ahead.

    Reference:
        Dozat, Incorporating Nesterov momentum into Adam, 2016.
    """

    kind = "NAdam"
    synonyms = ("adaptive", "nesterov")
    target = torch.optim.NAdam

    class Params(OptimizerParams):
        """PyTorch's parameters of NAdam."""

        lr: float = Field(2e-3, gt=0, description=LR_HELP)
        betas: tuple[float, float] = Field(
            (0.9, 0.999), description="How much of the running means of gradient and square is kept."
        )
        eps: float = Field(1e-8, gt=0, description=EPS_HELP)
        weight_decay: float = Field(0.0, ge=0, description=DECAY_HELP)
        momentum_decay: float = Field(4e-3, ge=0, description="How quickly the momentum reaches its full size.")

        @model_validator(mode="after")
        def check_betas(self) -> NAdam.Params:
            """Both are parts of a whole."""
            if not all(0 <= beta < 1 for beta in self.betas):
                raise ValueError("both betas must be at least 0 and below 1")
            return self


class RMSprop(Optimizer):
    """Divides every gradient by the running size of the gradients of that weight.

    Formula:
        v = alpha * v + (1 - alpha) * g ** 2;  w = w - lr * g / (sqrt(v) + eps)

    Reference:
        Hinton, Neural networks for machine learning, lecture 6, 2012.
    """

    kind = "RMSprop"
    synonyms = ("adaptive",)
    target = torch.optim.RMSprop

    class Params(OptimizerParams):
        """PyTorch's parameters of RMSprop."""

        lr: float = Field(1e-2, gt=0, description=LR_HELP)
        alpha: float = Field(0.99, ge=0, lt=1, description="How much of the running mean of squares is kept.")
        eps: float = Field(1e-8, gt=0, description=EPS_HELP)
        weight_decay: float = Field(0.0, ge=0, description=DECAY_HELP)
        momentum: float = Field(0.0, ge=0, lt=1, description="How much of the last step's direction is kept.")
        centered: bool = Field(
            False, description="Whether the variance of the gradients is used in place of their mean square."
        )


class Adagrad(Optimizer):
    """Divides every gradient by the size of all gradients of that weight so far: rare features keep learning.

    Formula:
        s = s + g ** 2;  w = w - lr * g / (sqrt(s) + eps)

    Reference:
        Duchi et al., Adaptive subgradient methods for online learning, 2011.
    """

    kind = "Adagrad"
    synonyms = ("adaptive", "sparse")
    target = torch.optim.Adagrad

    class Params(OptimizerParams):
        """PyTorch's parameters of Adagrad."""

        lr: float = Field(1e-2, gt=0, description=LR_HELP)
        lr_decay: float = Field(0.0, ge=0, description="How quickly the learning rate falls with the steps.")
        weight_decay: float = Field(0.0, ge=0, description=DECAY_HELP)
        initial_accumulator_value: float = Field(0.0, ge=0, description="What the sum of squares starts with.")
        eps: float = Field(1e-10, gt=0, description=EPS_HELP)
