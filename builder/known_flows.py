"""What was found for the nodes that were inferred last, so that after an edit only what it touches is found again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from builder.document import Node
from builder.flow import NodeFlow

MOST_KNOWN = 20_000


class KnownFlows:
    """Flows by the very node and the scope that they were found for. A node is a value: the same object is the same node."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str], tuple[Node, NodeFlow]] = OrderedDict()
        self._lock = Lock()

    def find(self, node: Node, scope: str) -> NodeFlow | None:
        """What was found for a node; None where it is not known. It counts only for the inputs that it holds."""
        known = self._known.get((id(node), scope))
        return known[1] if known and known[0] is node else None

    def keep(self, node: Node, scope: str, flow: NodeFlow) -> None:
        """Remember what was found for a node."""
        with self._lock:
            self._known[id(node), scope] = (node, flow)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


known_flows = KnownFlows()
