"""What was found for the nodes that were inferred last, so that after an edit only what it touches is found again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from builder.document import Node
from builder.flow import NodeFlow
from builder.tensors import TensorSpec

MOST_KNOWN = 20_000
MOST_OF_NODE = 8
"""For how many different inputs one node is known: blocks are used with several."""


class KnownFlows:
    """Flows by the very node and the scope that they were found for. A node is a value: the same object is the same node."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str, bool], tuple[Node, tuple[NodeFlow, ...]]] = OrderedDict()
        self._lock = Lock()

    def find(self, node: Node, scope: str, inputs: Mapping[str, TensorSpec], is_fed: bool) -> NodeFlow | None:
        """What was found for a node with these inputs; None where it is not known. ``is_fed``: each of its links brings one."""
        known = self._known.get((id(node), scope, is_fed))
        if known is not None:
            for flow in known[1]:
                if flow.inputs == inputs:
                    return flow
        return None

    def keep(self, node: Node, scope: str, is_fed: bool, flow: NodeFlow) -> None:
        """Remember what was found for a node. What is known of a node holds it, so that no other has its identity."""
        key = id(node), scope, is_fed
        with self._lock:
            _, others = self._known.get(key, (node, ()))
            self._known[key] = (node, (flow, *others[: MOST_OF_NODE - 1]))
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


known_flows = KnownFlows()
