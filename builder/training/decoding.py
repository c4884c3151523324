"""Operations that write with a network, step by step."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from builder import kinds
from builder.document import Project
from builder.kinds import Construct, Port
from builder.layers.base import Specs
from builder.parts import generation
from builder.tensors import BATCH, TIME, TIMES, TensorSpec
from builder.training.base import TrainingKind


class GreedyDecoding(TrainingKind):
    """Lets a network write: it is called again and again, and what it finds likeliest stands there the next time.

    While training a decoder is told what the right words before are; here it has only its own. It is done where a metric or
    a preview needs it, and never for a loss. The network's last Input is what is written so far, from a begin mark on; its
    first Output are the scores of what follows. The Inputs before take what is linked here, in order.

    Shapes:
        source: (B, S) tokens. lengths: (B), where the network has an Input for them.
        output: (B, T) tokens: begin, what is written, end, padding.

    Reference:
        Sutskever, Vinyals and Le, Sequence to Sequence Learning with Neural Networks, 2014.
    """

    kind = "GreedyDecoding"
    family = "Networks"
    title = "Greedy decoding"
    role = "operation"
    cuts_gradient = True
    asks_network = True
    bypass = "gone"
    synonyms = ("translate", "generate", "autoregressive", "inference", "seq2seq")
    shown = ("network", "length")
    inputs = (
        Port("source", ranks=(2,), dtype="integer", help="What is translated, as tokens."),
        Port("lengths", ranks=(1,), dtype="integer", optional=True, help="How many tokens each source has."),
    )

    class Params(kinds.Params):
        """Who writes, and how much at most."""

        network: str = Field("model", max_length=80, description="The network that writes.")
        length: int = Field(64, ge=1, le=2000, description="The most tokens that are written.")

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """Tokens, as many as the network's last Input takes: how many is known when the last text has ended."""
        graph = project.networks.get(params.network)
        inputs = [node for node in graph.nodes if node.kind == "Input"] if graph else []
        shape = inputs[-1].params.get("shape") if inputs else None
        steps = shape[0] if isinstance(shape, list | tuple) and shape else "T"
        return {"output": TensorSpec((BATCH, TIMES.get(str(steps), TIME)), "int64")}

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that writes."""
        return Construct(generation.GreedyDecoding, kwargs={"length": params.length})
