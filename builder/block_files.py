"""Blocks as files: a network that is made to be used inside others, and the networks that it uses itself.

The shipped ones lie in ``builder/blocks``; what a person keeps has the same form.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from builder.document import FORMAT, Graph, Part
from builder.ids import find_fault
from builder.loading import LoadError, check_size, check_values, migrate, read_json, read_text
from builder.phrases import describe_errors, quote
from builder.repetitions import blocks_in, networks_of
from builder.writing import lay_out, strip_graph

FOLDER = Path(__file__).parent / "blocks"
MOST_BYTES = 2 * 2**20
MOST_NODES = 2_000
MOST_NETWORKS = 50
SHIPPED = (
    "residual_basic",
    "residual_basic_downsampling",
    "residual_bottleneck",
    "residual_bottleneck_downsampling",
    "inverted_residual",
    "inverted_residual_downsampling",
    "squeeze_excitation",
    "unet_down",
    "unet_up",
    "transformer_encoder",
    "transformer_decoder",
    "gpt_block",
    "recurrent_encoder",
    "attention_decoder",
    "lstm_classifier_head",
)
"""The names of the shipped blocks, in the order in which they are offered."""


class BlockFile(Part):
    """A block: ``networks`` holds the network of its name, whose ``params`` are the block's, and those used inside it."""

    format: int = FORMAT
    name: str = Field(max_length=80)
    title: str = Field("", max_length=200)
    summary: str = Field("", max_length=500)
    synonyms: tuple[str, ...] = ()
    networks: dict[str, Graph]

    @property
    def network(self) -> Graph:
        """The network that is the block."""
        return self.networks[self.name]


def read_block(content: str | bytes) -> BlockFile:
    """Read a block from the content of its file. Raises LoadError."""
    if len(content) > MOST_BYTES:
        raise LoadError(f"The file has more than the {MOST_BYTES // 2**20} MB that a block may have.")
    return build_block(read_json(read_text(content)))


def build_block(data: dict[str, Any]) -> BlockFile:
    """The block of JSON that was parsed elsewhere. Raises LoadError."""
    check_values(data)
    check_size(data)
    try:
        block = BlockFile.model_validate(migrate(data))
    except ValidationError as error:
        path, phrase = describe_errors(error)[0]
        raise LoadError(f"It is no block that can be used: {quote(path)} {phrase}.") from None
    check_block(block)
    return block


def check_block(block: BlockFile) -> None:
    """Raise LoadError where names do not fit or where there is more than can be worked with."""
    if block.name not in block.networks:
        raise LoadError(f"It is no block that can be used: it holds no network named {quote(block.name)}.")
    for name in block.networks:
        if fault := find_fault(name):
            raise LoadError(f"The network {quote(name)} in it cannot bear that name: {fault}.")
    count = sum(len(graph.nodes) for graph in block.networks.values())
    if len(block.networks) > MOST_NETWORKS or count > MOST_NODES:
        raise LoadError(
            f"It has {count:,} nodes in {len(block.networks)} networks, and a block has at most {MOST_NODES:,}."
        )
    nodes = [node for graph in block.networks.values() for node in graph.nodes]
    unnamed = {""} if any(node.kind == "Block" and not networks_of(node) for node in nodes) else set()
    missing = sorted((blocks_in(nodes) | unnamed) - block.networks.keys())
    if missing:
        raise LoadError(f"It uses the network {quote(missing[0])}, which it does not hold.")


def dump_block(block: BlockFile) -> str:
    """Write a block as the text of its file: always the same for the same block, a node or a link to a line."""
    data = block.model_dump(mode="json", exclude={"networks"})
    data["networks"] = {name: strip_graph(graph) for name, graph in block.networks.items()}
    return lay_out({name: data[name] for name in BlockFile.model_fields}) + "\n"


@cache
def list_shipped() -> tuple[BlockFile, ...]:
    """The blocks that come with Layerloom."""
    return tuple(read_block((FOLDER / f"{name}.json").read_bytes()) for name in SHIPPED)
