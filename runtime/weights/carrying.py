"""Carrying weights over into a network: by name and shape, with a sentence for what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

MOST_NAMED = 6
"""How many tensors a sentence names before it only counts the rest."""


@dataclass(frozen=True)
class Carried:
    """What becomes of each tensor of a network.

    Attributes:
        names: for each tensor that is carried over, its name in the file.
        misshapen: tensors whose shapes differ, as ``fc.weight (10×128 here, 100×128 there)``.
        fresh: tensors of the network that the file has none for.
        unused: tensors of the file that the network has no place for.
    """

    names: dict[str, str]
    misshapen: tuple[str, ...]
    fresh: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every tensor of the network is carried over."""
        return not self.misshapen and not self.fresh

    def describe(self, network: str, origin: str) -> str:
        """One sentence for people, or a few."""
        total = len(self.names) + len(self.misshapen) + len(self.fresh)
        count = f"all {total}" if self.is_whole else f"{len(self.names)} of {total}"
        sentences = [f'Network "{network}" starts from {origin}: {count} tensors carried over.']
        if total and not self.names:
            sentences = [f'Nothing of {origin} fits network "{network}", so all of it starts fresh.']
        if self.misshapen:
            sentences.append(f"Of another shape, so they start fresh: {name_some(self.misshapen)}.")
        if self.fresh:
            sentences.append(f"Not among them, so they start fresh: {name_some(self.fresh)}.")
        if self.unused:
            sentences.append(f"Not used: {name_some(self.unused)}.")
        return " ".join(sentences)


def carry_over(own: Mapping[str, Tensor], given: Mapping[str, Tensor], names: Mapping[str, str]) -> Carried:
    """Find out which tensors fit.

    Args:
        own: the network's ``state_dict``; only names and shapes are looked at, so it may be on the meta device.
        given: the tensors of the file.
        names: what tensors are called in the file where that differs: a tensor's whole name, or the dotted beginning of
            several, such as a node's. A file that has all of the network's own names and not all of those needs none.
    """
    found: dict[str, str] = {}
    misshapen, fresh = [], []
    called = call_elsewhere(own, names)
    if own.keys() <= given.keys() and not set(called.values()) <= given.keys():
        called = {name: name for name in own}
    for name, tensor in own.items():
        other = called[name]
        if other not in given:
            fresh.append(name)
        elif given[other].shape != tensor.shape:
            misshapen.append(f"{name} ({write_shape(tensor)} here, {write_shape(given[other])} there)")
        else:
            found[name] = other
    used = set(called.values())
    return Carried(found, tuple(misshapen), tuple(fresh), tuple(name for name in given if name not in used))


def call_elsewhere(own: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """What each tensor is called in the file; empty for one that is called there what the map says of another tensor.

    A node that was added under the name that another one bears elsewhere is not that one.
    """
    called = {name: find_name(name, names) for name in own}
    taken = {other for name, other in called.items() if other != name}
    return {name: "" if other == name and other in taken else other for name, other in called.items()}


def find_name(name: str, names: Mapping[str, str]) -> str:
    """What a tensor is called in the file: the longest dotted beginning that the map knows is replaced."""
    beginning, rest = name, ""
    while beginning:
        if beginning in names:
            return names[beginning] + rest
        beginning, dot, last = beginning.rpartition(".")
        rest = dot + last + rest
    return name


def write_shape(tensor: Tensor) -> str:
    """A shape as people read it."""
    return "×".join(map(str, tensor.shape)) or "one number"


def name_some(names: tuple[str, ...]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
