"""Routes of the library of blocks: what can be added, keeping a block, removing one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from builder.block_files import MOST_BYTES, BlockFile, build_block, list_shipped
from builder.loading import LoadError
from ui.block_library import BlockError, discard_block, keep_block, list_own
from ui.run_routes import RefusedRequestError, answer_json

Json = dict[str, Any]


def list_blocks(request: Request) -> Json:
    """Every block that can be added to any project, and what is wrong with files that cannot be opened."""
    own, damaged = list_own()
    blocks = [describe_block(block, "own") for block in own] + [
        describe_block(block, "shipped") for block in list_shipped()
    ]
    return {"blocks": blocks, "damaged": damaged}


def describe_block(block: BlockFile, origin: str) -> Json:
    """A block as the canvas offers it."""
    return {"origin": origin, **block.model_dump(mode="json", exclude={"format"})}


def receive_block(request: Request) -> Json:
    """Keep a block that the canvas sent."""
    try:
        block = build_block(request.state.body)
        return {"name": block.name, "replaced": keep_block(block)}
    except (LoadError, BlockError) as error:
        raise RefusedRequestError(400, f"This block could not be kept. {error}") from None
    except OSError as error:
        raise RefusedRequestError(
            507, f"This block could not be kept: {(error.strerror or str(error)).lower()}."
        ) from None


def remove_block(request: Request) -> Json:
    """Move a block to the trash."""
    try:
        discard_block(request.path_params["name"])
    except BlockError as error:
        raise RefusedRequestError(404, str(error)) from None
    return {}


BLOCK_ROUTES: list[BaseRoute] = [
    Route("/api/blocks", answer_json(list_blocks)),
    Route("/api/blocks", answer_json(receive_block, MOST_BYTES), methods=["POST"]),
    Route("/api/blocks/{name}", answer_json(remove_block), methods=["DELETE"]),
]
