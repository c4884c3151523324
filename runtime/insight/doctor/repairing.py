"""The edits that mend what the doctor finds: buttons over the project, as the checker's are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeGuard

from builder.document import TRAINING
from builder.findings import Repair
from builder.phrases import join_words, quote, show_value
from builder.repairs import insert_on_link, set_node, set_param
from runtime.insight.doctor.patient import Json, Patient

USUAL_UPDATE = 1e-2
"""A step that changes weights by a hundredth of their size is a large one that still works; a thousandth is usual.

Reference:
    Karpathy, CS231n: Neural Networks Part 3, "Ratio of weights:updates".
"""
LEAST_FACTOR = 1e-5
ABSURD = 1000.0
"""A rate so many times the usual one, or one that a change by ``LEAST_FACTOR`` leaves too large, tells nothing of a good one."""
BENT = ("Sigmoid", "Tanh")


def change_rates(patient: Patient, optimizers: Iterable[str], *, up: bool = False) -> Repair | None:
    """Give optimizers a tenth of their learning rate, or less where their steps were seen to be larger than that; or more.

    The rate is a power of ten away from the old one: what is usual is known no better than that. In the place of an absurd rate
    comes the optimizer's usual one.
    """
    edits: list[Json] = []
    words: list[str] = []
    for id in optimizers:
        rate = patient.project.training.node(id).params.get("lr", patient.plan.params(id).lr)
        if not isinstance(rate, int | float):
            continue
        new = find_rate(rate, usual_rate(patient, id), patient.find_update(id), up)
        edits += set_param(TRAINING, id, "lr", new).edits
        words.append(f"lr of {quote(id)} to {show_value(new)}")
    return Repair(f"Set {join_words(words)}", tuple(edits)) if edits else None


def usual_rate(patient: Patient, optimizer: str) -> float:
    """The rate that an optimizer of this kind has where nobody gives it one."""
    return float(type(patient.plan.params(optimizer)).model_fields["lr"].default)


def find_rate(rate: float, usual: float, update: float | None, up: bool) -> float:
    """The rate in the place of one whose steps went so far as a part of the weights, at their largest."""
    factor = find_factor(update, up)
    is_absurd = factor < LEAST_FACTOR or (rate >= ABSURD * usual and not has_size(update))
    if not up and is_absurd and usual < rate:
        return usual
    return float(f"{rate * max(LEAST_FACTOR, factor):.6g}")


def has_size(update: float | None) -> TypeGuard[float]:
    """Whether it is known how far steps went."""
    return update is not None and math.isfinite(update) and update > 0


def find_factor(update: float | None, up: bool) -> float:
    """By which power of ten a learning rate is changed."""
    if up:
        return 10.0 ** min(4, max(1, round(math.log10(1e-3 / update)))) if update else 10.0
    if not has_size(update):
        return 0.1
    return 10.0 ** min(-1, math.floor(math.log10(USUAL_UPDATE / update)))


def clip_gradients(patient: Patient, optimizers: Iterable[str]) -> Repair | None:
    """Scale gradients down to a norm of 1 where an optimizer does not clip them yet."""
    free = [id for id in optimizers if patient.plan.params(id).clip_norm is None]
    edits = tuple(edit for id in free for edit in set_param(TRAINING, id, "clip_norm", 1.0).edits)
    return Repair(f"Set clip_norm of {join_words(map(quote, free))} to 1.0", edits) if edits else None


def bend_otherwise(patient: Patient, seen: Json, kind: str) -> Repair:
    """Put another activation in the place of one."""
    edits = set_node(patient.place(seen), seen["node"], "", kind=kind).edits
    if patient.node(seen).params:
        edits = (
            *(
                {"op": "unset_param", "graph": seen["graph"], "id": seen["node"], "name": name}
                for name in patient.node(seen).params
            ),
            *edits,
        )
    return Repair(f"Replace {quote(seen['node'])} by {kind}", edits)


def straighten(patient: Patient, network: str) -> Repair | None:
    """Put ReLU in the place of every activation of a network that lets little gradient through."""
    bent = {(s["graph"], s["node"]): s for s in patient.activations(network, BENT) if patient.is_hidden(s)}
    edits = tuple(edit for seen in bent.values() for edit in bend_otherwise(patient, seen, "ReLU").edits)
    names = join_words(quote(node) for _, node in bent)
    return Repair(f"Replace {names} by ReLU", edits) if edits else None


def normalise(patient: Patient, seen: Json | None) -> Repair | None:
    """Put a batch normalisation behind a layer."""
    kind = (
        {"Linear": "BatchNorm1d", "Conv1d": "BatchNorm1d", "Conv2d": "BatchNorm2d"}.get(seen["kind"]) if seen else None
    )
    edge = patient.after(seen) if seen and kind else None
    if seen is None or kind is None or edge is None:
        return None
    return insert_on_link(patient.place(seen), edge, kind, {}, f"Add {kind} behind {quote(seen['node'])}")
