"""Random numbers from a generator of one's own, for code that asks for none in particular.

PyTorch draws from one generator a process. A run in a thread of the server trains with it, so nothing else there may use it:
neither take from it nor put it back as it was, which would give the run its last numbers a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional, init
from torch.overrides import TorchFunctionMode

DRAWS = frozenset(
    {
        *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal, torch.bernoulli, torch.multinomial),
        *(torch.rand_like, torch.randn_like, torch.randint_like, torch.poisson, torch._sample_dirichlet),
        *(torch.Tensor.uniform_, torch.Tensor.normal_, torch.Tensor.bernoulli_, torch.Tensor.bernoulli),
        *(torch.Tensor.random_, torch.Tensor.exponential_, torch.Tensor.log_normal_, torch.Tensor.cauchy_),
        *(torch.Tensor.geometric_, torch.Tensor.multinomial),
        *(init.uniform_, init.normal_, init.trunc_normal_, init.orthogonal_, init.sparse_),
        *(init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_),
    }
)
"""Everything that draws and takes a generator."""


def drop(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: torch.Generator | None = None,
    axes: int = 0,
) -> Tensor:
    """Dropout that draws from a generator; of ``axes`` other than 0 only the first are drawn for, so channels go as one."""
    if not training or p == 0:
        return input
    shape = input.shape[:axes] + (1,) * (input.dim() - axes) if axes else input.shape
    kept = torch.bernoulli(torch.full(shape, 1 - p), generator=generator)
    return input * kept / (1 - p) if p < 1 else input * 0


DROPS: Mapping[Any, Callable[..., Tensor]] = {
    functional.dropout: drop,
    functional.dropout1d: partial(drop, axes=2),
    functional.dropout2d: partial(drop, axes=2),
    functional.dropout3d: partial(drop, axes=2),
}
"""Dropout takes no generator: what does the same and can be given one. At rest it draws nothing."""


class OwnDraws(TorchFunctionMode):
    """A context in which this thread draws on the CPU from a generator of its own, started from a seed."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self, function: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call a function of PyTorch; one that draws gets the generator where it was given none."""
        settings = dict(kwargs or {})
        if function in DROPS:
            return DROPS[function](*args, **settings, generator=self.generator)
        if function in DRAWS and settings.get("generator") is None:
            settings["generator"] = self.generator
        return function(*args, **settings)
