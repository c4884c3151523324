"""Single nodes, seen by themselves: what a node tells without a look around is found once, however often it is checked."""

from __future__ import annotations

from collections.abc import Callable

from builder.document import Node
from builder.flow import NodeFlow
from builder.remembered import remember
from builder.topology import Links


class Closeup(dict["Trait", bool]):
    """A node, what is known of it, and which of its ports have links: values that never change.

    As a mapping it says of every trait that was asked for whether the node bears it.
    """

    def __init__(self, node: Node, flow: NodeFlow, links: Links) -> None:
        super().__init__()
        self.node, self.flow, self.links = node, flow, links

    def __missing__(self, trait: Trait) -> bool:
        """Look, and remember."""
        self[trait] = found = trait(self)
        return found


Trait = Callable[[Closeup], bool]
"""Something that a node bears or not, whatever else there is in the project."""


@remember
def look_at(node: Node, flow: NodeFlow, links: Links) -> Closeup:
    """The close-up of a node: the same one as long as nothing of it changed."""
    return Closeup(node, flow, links)
