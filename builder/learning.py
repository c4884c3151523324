"""What a network learns: its tensors, by the names that optimizers and weights call them."""

from __future__ import annotations

from collections.abc import Iterator

from builder.flow import Flow


def list_tensors(flow: Flow) -> Iterator[tuple[str, int]]:
    """The names that ``named_parameters()`` gives, each with its number of axes, as far as shapes are known."""
    for id, known in flow.nodes.items():
        yield from ((f"{id}.{name}", axes) for name, axes in known.tensors)
        for turn, use in enumerate(known.inner if known.parameters else ()):
            here = f"{id}.{turn}" if known.params.repeat > 1 else id
            yield from ((f"{here}.{name}", axes) for name, axes in list_tensors(use))
