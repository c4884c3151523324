"""Random numbers from a generator of one's own, for code that asks for none in particular.

PyTorch draws from one generator a process. A run in a thread of the server trains with it, so nothing else there may use it:
neither take from it nor put it back as it was, which would give the run its last numbers a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn import init
from torch.overrides import TorchFunctionMode

DRAWS = frozenset(
    {
        *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal, torch.bernoulli, torch.multinomial),
        *(torch.rand_like, torch.randn_like, torch.randint_like, torch.poisson),
        *(torch.Tensor.uniform_, torch.Tensor.normal_, torch.Tensor.bernoulli_, torch.Tensor.bernoulli),
        *(torch.Tensor.random_, torch.Tensor.exponential_, torch.Tensor.log_normal_, torch.Tensor.cauchy_),
        *(torch.Tensor.geometric_, torch.Tensor.multinomial),
        *(init.uniform_, init.normal_, init.trunc_normal_, init.orthogonal_, init.sparse_),
        *(init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_),
    }
)
"""Everything that draws and takes a generator. Dropout takes none; at rest it draws nothing."""


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
        if function in DRAWS and settings.get("generator") is None:
            settings["generator"] = self.generator
        return function(*args, **settings)
