"""Groups of parameters: some learn at a rate of their own, without decay of their weights, later or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from torch import Tensor

BIASES_AND_NORMS = "biases_and_norms"


def is_matched(match: str, name: str, parameter: Tensor) -> bool:
    """Whether a parameter is of a group: by its name or that of its node or block, or by being a bias or a norm's scale."""
    if match == BIASES_AND_NORMS:
        return parameter.ndim < 2
    return fnmatchcase(name, match) or fnmatchcase(name, f"{match}.*")


def find_group(groups: Sequence[Mapping[str, Any]], name: str, parameter: Tensor) -> int:
    """The number of the first group that takes the parameter; the number of groups where none does."""
    return next((i for i, group in enumerate(groups) if is_matched(group["match"], name, parameter)), len(groups))


def split_parameters(
    named: Iterable[tuple[str, Tensor]], groups: Sequence[Mapping[str, Any]], lr: float
) -> list[dict[str, Any]]:
    """Divide parameters into what an optimizer takes.

    Args:
        named: names and parameters, as ``module.named_parameters()`` gives them.
        groups: ``match`` (a glob such as ``layer1`` or ``conv*.weight``, or ``biases_and_norms``) and, where it differs,
            ``lr_scale`` and ``weight_decay``. A parameter belongs to the first group that matches it.
        lr: the optimizer's learning rate.

    Returns:
        One dictionary for each group that has parameters; the last one holds those that no group matched.
    """
    members: list[list[Tensor]] = [[] for _ in range(len(groups) + 1)]
    for name, parameter in named:
        if parameter.requires_grad:
            members[find_group(groups, name, parameter)].append(parameter)
    settings = [*(read_settings(group, lr) for group in groups), {}]
    return [{"params": params, **setting} for params, setting in zip(members, settings, strict=True) if params]


def let_learn(named: Iterable[tuple[str, Tensor]], groups: Sequence[Mapping[str, Any]], epoch: int) -> None:
    """Let the parameters of each group learn in this epoch or leave them as they are; nothing is computed for those.

    Args:
        named: names and parameters, as ``module.named_parameters()`` gives them.
        groups: as for ``split_parameters``, with ``frozen`` and ``from_epoch`` where a group does not always learn.
        epoch: the epoch that begins, counted from 0.
    """
    for name, parameter in named:
        number = find_group(groups, name, parameter)
        group = groups[number] if number < len(groups) else {}
        parameter.requires_grad_(not group.get("frozen") and epoch >= group.get("from_epoch", 0))


def read_settings(group: Mapping[str, Any], lr: float) -> dict[str, Any]:
    """What a group sets for itself, in the optimizer's words."""
    settings: dict[str, Any] = {}
    if group.get("lr_scale") is not None:
        settings["lr"] = lr * group["lr_scale"]
    if group.get("weight_decay") is not None:
        settings["weight_decay"] = group["weight_decay"]
    return settings
