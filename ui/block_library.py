"""A person's own blocks: one file each under ``LAYERLOOM_HOME/blocks``, beside those that come with Layerloom."""

from __future__ import annotations

from pathlib import Path

from builder.block_files import BlockFile, dump_block, read_block
from builder.ids import is_legal
from builder.loading import LoadError
from builder.phrases import quote
from runtime.data.home import open_folder
from runtime.trash import Trash
from ui.files import write_atomically

MOST_BLOCKS = 500


class BlockError(Exception):
    """A block cannot be kept or found. The text is a sentence for people."""


def find_file(name: str) -> Path:
    """Where a block of that name lies. Raises BlockError for a name that none can bear."""
    if not is_legal(name):
        raise BlockError(f"There is no block {quote(name[:80])} in your library.")
    return open_folder("blocks") / f"{name}.json"


def list_own() -> tuple[list[BlockFile], list[str]]:
    """The blocks of a person, by name, and a sentence for each file that cannot be opened."""
    found, damaged = [], []
    for file in sorted(open_folder("blocks").glob("*.json"))[:MOST_BLOCKS]:
        try:
            found.append(read_block(file.read_bytes()))
        except LoadError as error:
            damaged.append(f"The block {file.name} cannot be opened and is left as it is. {error}")
        except OSError as error:
            damaged.append(f"The block {file.name} cannot be read: {(error.strerror or str(error)).lower()}.")
    return found, damaged


def keep_block(block: BlockFile) -> bool:
    """Write a block into the library. One of the same name that was there goes to the trash.

    Returns:
        Whether there was one.

    Raises:
        BlockError: no file can bear the name, or there are more blocks than the library holds.
    """
    file = find_file(block.name)
    was_there = file.exists()
    if not was_there and len(list(file.parent.glob("*.json"))) >= MOST_BLOCKS:
        raise BlockError(f"Your library has {MOST_BLOCKS} blocks already. Remove one that you no longer need.")
    if was_there and file.read_text(encoding="utf-8", errors="replace") != dump_block(block):
        Trash().put("block", block.name, [f"blocks/{file.name}"])
    write_atomically(file, dump_block(block))
    return was_there


def discard_block(name: str) -> None:
    """Move a block to the trash. Raises BlockError where there is none."""
    file = find_file(name)
    if not file.exists():
        raise BlockError(f"There is no block {quote(name)} in your library.")
    Trash().put("block", name, [f"blocks/{file.name}"])
