"""When two networks are equal: one says in code what the other says, node by node."""

from __future__ import annotations

from typing import Any

import torch

from builder.importer.feeding import has_weights
from builder.layers.initialise import list_steps
from builder.plan import Call, NetworkPlan, Value

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def describe_network(plan: NetworkPlan) -> dict[str, Any]:
    """What a network is, as far as it can be told from its code.

    Two networks are equal if this is: the same Inputs and Outputs by name and order; the same nodes by id, kind and order of
    evaluation; the same links between them; the same module for each, made with the same arguments and started alike, or the
    same expression; the same node whose weights are shared; and for blocks as many repetitions, each equal.

    So positions, notes and frames do not count, nor whether a number was written out or as a reference, nor a parameter
    where it has no effect, nor names of networks. What is switched off or leads to no Output does not run and is in no code.
    Sharing counts where there are weights. A node that lends its weights and does not run itself is no node of the code: the
    first that borrows them takes its name.
    """
    resting = {call.node for call in plan.calls if not call.runs}
    heirs = {call.shares: call.node for call in reversed(plan.calls) if call.shares in resting}
    names = {heir: owner for owner, heir in heirs.items()}
    made = {call.node: call for call in plan.calls}
    return {
        "inputs": plan.inputs,
        "outputs": [
            (name, *describe_value(value, names)) for name, value in zip(plan.output_names, plan.outputs, strict=True)
        ],
        "nodes": [describe_call(call, names, made) for call in plan.calls if call.runs],
    }


def describe_value(value: Value | None, names: dict[str, str]) -> Any:
    """Where a value comes from."""
    return None if value is None else (names.get(value.node, value.node), value.output)


def describe_call(call: Call, names: dict[str, str], made: dict[str, Call]) -> dict[str, Any]:
    """One node."""
    inputs = [describe_value(value, names) for value in call.inputs]
    while inputs and inputs[-1] is None:
        inputs.pop()
    name = names.get(call.node, call.node)
    shares = call.shares if call.shares != name and has_weights(call.layer.kind) else None
    owner = made[call.shares] if call.shares else call
    return {
        "node": name,
        "kind": call.layer.kind,
        "inputs": inputs,
        "shares": shares,
        "made": None if shares else describe_making(owner, len(inputs)),
        "blocks": [] if shares else [describe_network(plan) for plan in owner.blocks],
    }


def describe_making(call: Call, num_inputs: int) -> Any:
    """How a node's module is made and started, or what it computes without one."""
    if call.blocks:
        return None
    if call.construct is None:
        return call.layer.expression(call.params, *LETTERS[:num_inputs])
    with torch.device("meta"):
        steps = list_steps(call.construct.build(), call.params)
    return call.construct.target, call.construct.args, call.construct.kwargs, steps


def find_difference(first: Any, second: Any, where: str = "") -> str | None:
    """The first place at which two descriptions differ; None where they are equal."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        found = (find_difference(first[key], second[key], f"{where}.{key}") for key in first)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        found = (find_difference(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(first, second, strict=True)))
    else:
        return None if first == second else f"{where}: {first!r} against {second!r}"
    return next((difference for difference in found if difference), None)
