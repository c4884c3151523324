"""Looks at a network without training it: losses and metrics over a part of the data, and previews of its first samples.

The random state is put back afterwards and batch statistics rest, so that training goes on as if nobody had looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from builder.columns import list_columns
from builder.plan import EvaluationPlan
from runtime.data.batches import take_batch
from runtime.diversity import find_pairs, measure_pair
from runtime.step import Machinery, Values, at_rest, gather

LEAST_BATCH = 256


@dataclass(frozen=True)
class Measured:
    """What an evaluation found: numbers by node, and metrics that are more than one number."""

    values: dict[str, float] = field(default_factory=dict)
    tables: dict[str, list[Any]] = field(default_factory=dict)


class Evaluator:
    """Evaluates a training graph on parts of its data."""

    def __init__(
        self, machinery: Machinery, parts: Mapping[str, Mapping[str, Mapping[str, Tensor]]], facts: dict[str, Any]
    ) -> None:
        self.machinery, self.parts, self.facts = machinery, parts, facts
        self.plan: EvaluationPlan = machinery.plan.plan_evaluation()
        self.data = machinery.plan.of_role("data")
        self.pairs = find_pairs(machinery.plan)
        self.metrics = {id: machinery.plan.uses[id].construct.build() for id in self.plan.metrics}  # type: ignore[union-attr]

    def has(self, part: str) -> bool:
        """Whether every source has samples in a part."""
        return bool(self.data) and all(self.parts[self.source(id)].get(part) for id in self.data)

    def source(self, id: str) -> str:
        """The source of a Data node."""
        return str(self.machinery.plan.params(id).source)

    def measure(self, part: str) -> Measured:
        """Losses and metrics over a whole part, each batch weighted by its size."""
        for metric in self.metrics.values():
            metric.reset()
        sums: dict[str, Tensor] = {}
        total = 0
        with resting(self.machinery):
            for batch, size in self.batches(part):
                values = self.evaluate(batch)
                for id in self.plan.losses:
                    if id in values:
                        sums[id] = sums.get(id, 0) + values[id].double() * size
                for id, metric in self.metrics.items():
                    metric.update(*gather(values, self.machinery.plan.uses[id].inputs))
                total += size
        return self.read(sums, total)

    def read(self, sums: Mapping[str, Tensor], total: int) -> Measured:
        """Wait for the device and read the results."""
        results = {id: metric.compute() for id, metric in self.metrics.items()} if total else {}
        values = {id: float(value) / total for id, value in sums.items() if total}
        values |= {id: float(result) for id, result in results.items() if not isinstance(result, list)}
        return Measured(values, {id: result for id, result in results.items() if isinstance(result, list)})

    def batches(self, part: str, limit: int | None = None) -> Iterator[tuple[Values, int]]:
        """The batches of a part in the order of the data: the shortest source says where it ends."""
        sizes = [len(next(iter(self.parts[self.source(id)][part].values()))) for id in self.data]
        end = min([*sizes, limit] if limit else sizes)
        step = max(LEAST_BATCH, *(self.machinery.plan.params(id).batch_size for id in self.data))
        for start in range(0, end, step):
            stop = min(end, start + step)
            yield {id: self.slice(id, part, start, stop) for id in self.data}, stop - start

    def slice(self, id: str, part: str, start: int, stop: int) -> Any:
        """A batch of a Data node: a tensor, or a tuple of one for each field."""
        name = self.source(id)
        columns = list_columns(self.machinery.plan.project.data[name])
        return take_batch(columns, self.parts[name][part], slice(start, stop), self.machinery.device)

    def evaluate(self, batches: Values, nodes: Sequence[str] | None = None) -> Values:
        """The value of these nodes; of every one that losses and metrics need unless told otherwise."""
        values = dict(batches)
        for id in self.plan.nodes if nodes is None else nodes:
            if id not in values:
                use = self.machinery.plan.uses[id]
                module = self.machinery.modules.get(id)
                if use.kind.rests_in_evaluation and module is not None:
                    module.eval()
                with self.machinery.autocast(), torch.set_grad_enabled(id in self.plan.recorded):
                    values[id] = self.machinery.caller(use)(*gather(values, use.inputs))
                if use.kind.rests_in_evaluation and module is not None:
                    module.train()
        return values

    def preview(self) -> dict[str, dict[str, Any]]:
        """The payload of every preview node, on the first samples of validation, or of training where there is none."""
        part = next((name for name in ("validation", "test", "train") if self.has(name)), None)
        if not self.plan.previews or part is None:
            return {}
        uses = {id: self.machinery.plan.uses[id] for id in self.plan.previews}
        count = max(use.params.count for use in uses.values())
        with resting(self.machinery):
            batch, _ = next(self.batches(part, count))
            values = self.evaluate(batch, self.plan.shown)
            return {id: self.payload(use, values) for id, use in uses.items()}

    def payload(self, use: Any, values: Values) -> dict[str, Any]:
        """One preview; a preview with questions of its own has its network asked, or asks it."""
        inputs = [None if v is None else v[: use.params.count] for v in gather(values, use.inputs)]
        if hasattr(use.kind, "queries"):
            queries = use.kind.queries(use.params, self.facts, *inputs).to(self.machinery.device)
            inputs.append(self.machinery.networks[use.params.network](queries))
        asked = {"network": self.network(use.params.network)} if use.kind.asks_network else {}
        payload: dict[str, Any] = use.kind.payload(use.params, self.facts, *inputs, **asked)
        pair = self.pairs.get(use.node)
        diversity = measure_pair(pair, values, use.params.count) if pair else None
        return {**payload, "diversity": diversity} if diversity else payload

    def network(self, name: str) -> Callable[..., Any]:
        """A network as a preview may call it, in the precision of the run."""

        def call(*inputs: Tensor) -> Any:
            with self.machinery.autocast():
                return self.machinery.networks[name](*inputs)

        return call


@contextmanager
def resting(machinery: Machinery) -> Iterator[None]:
    """No gradients, networks at rest, and the random state put back afterwards."""
    devices = [machinery.device] if machinery.device.type == "cuda" else []
    with torch.random.fork_rng(devices), at_rest(machinery.networks), torch.no_grad():
        yield
