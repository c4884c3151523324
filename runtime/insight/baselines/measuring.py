"""Measures a baseline as a network is measured: by the training graph's own losses and metrics, on the same parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch

from builder.document import TRAINING, Edge, Graph
from builder.step_planner import TrainingPlan
from runtime.evaluation import Evaluator
from runtime.insight.baselines.asked import Answer, Asked
from runtime.step import Machinery, Values

BLEU = "BLEU"


class StandIn(Evaluator):
    """Evaluates the nodes of a training graph that can be answered, where somebody else says the value of one of them."""

    def __init__(
        self,
        asked: Asked,
        plan: TrainingPlan,
        node: str,
        output: tuple[int, int],
        answer: Answer,
        answerable: set[str],
    ) -> None:
        parts: Any = dict.fromkeys(plan.project.data, asked.prepared.parts)
        super().__init__(Machinery(plan, {}, torch.device("cpu"), bf16=False), parts, {})
        self.node, self.output, self.answer = node, output, answer
        self.plan = replace(self.plan, nodes=tuple(id for id in self.plan.nodes if id in answerable))

    def batches(self, part: str, limit: int | None = None) -> Iterator[tuple[Values, int]]:
        """The batches of a part with the answers to them."""
        start = 0
        for batch, size in super().batches(part, limit):
            values: list[Any] = [None] * self.output[1]
            values[self.output[0]] = self.answer(part, slice(start, start + size))
            yield {**batch, self.node: values[0] if len(values) == 1 else tuple(values)}, size
            start += size


def measure_answers(asked: Asked, answer: Answer) -> dict[str, dict[str, float]]:
    """What losses and metrics say of answers, by part: only those that look at nothing else of a network."""
    return measure(asked, asked.call, asked.output, lambda part, rows: asked.arrange(answer(part, rows)))


def measure_tokens(asked: Asked, answer: Answer) -> dict[str, dict[str, float]]:
    """What the metrics of written texts say of tokens, by part and name; empty where there is no such metric."""
    found: dict[str, dict[str, float]] = {}
    for id in asked.plan.of_role("metric"):
        edge = asked.plan.view.incoming(id).get("input")
        if asked.plan.nodes[id].kind == BLEU and edge is not None:
            value = asked.plan.value(edge.source, edge.source_port)
            for part, values in measure(asked, edge.source, (value.output, value.count), answer, {id}).items():
                found.setdefault(part, {}).update(values)
    return found


def measure(
    asked: Asked, node: str, output: tuple[int, int], answer: Answer, only: set[str] | None = None
) -> dict[str, dict[str, float]]:
    """Measure validation and test with a node's value as it is answered; where there is neither, the training part."""
    answerable = find_answerable(asked.plan, node, output[0])
    project = asked.plan.project.with_graph(TRAINING, keep_answerable(asked.plan, node, answerable, only))
    evaluator = StandIn(asked, TrainingPlan(project), node, output, answer, answerable)
    parts = [part for part in ("validation", "test") if evaluator.has(part)] or ["train"]
    return {part: evaluator.measure(part).values for part in parts}


def find_answerable(plan: TrainingPlan, node: str, output: int) -> set[str]:
    """The nodes whose values are known where one output of a node is, without asking any network."""
    answered = {node} | {id for id in plan.nodes if plan.role(id) == "data"}
    for id in plan.view.order:
        is_asking = plan.role(id) not in ("operation", "loss", "metric") or plan.uses[id].kind.asks_network
        links = plan.view.incoming(id).values()
        if not is_asking and all(is_known(plan, edge, answered, node, output) for edge in links):
            answered.add(id)
    return answered


def keep_answerable(plan: TrainingPlan, node: str, answerable: set[str], only: set[str] | None) -> Graph:
    """The training graph without optimizers and previews, and without losses and metrics that have no answer."""
    ends = {id for id in answerable if plan.role(id) in ("loss", "metric") and (only is None or id in only)}
    kept = ends | {node} | set().union(*(plan.view.ancestors(id) for id in (*ends, node)))
    graph = plan.project.training
    nodes = tuple(item for item in graph.nodes if item.id in kept)
    edges = tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept)
    return graph.model_copy(update={"nodes": nodes, "edges": edges})


def is_known(plan: TrainingPlan, edge: Edge, answered: set[str], node: str, output: int) -> bool:
    """Whether the value of a link is known without a network."""
    is_other = edge.source == node and plan.value(edge.source, edge.source_port).output != output
    return edge.source in answered and not is_other
