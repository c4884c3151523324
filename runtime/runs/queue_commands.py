"""The commands of a shell for the queue and the trash: what they print is one line for each run or deletion."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from runtime.runs.control import ask_run
from runtime.runs.errors import RunError
from runtime.runs.folder import find_named
from runtime.runs.queue import WORDS, Queue
from runtime.runs.store import read_status
from runtime.runs.turns import list_turns
from runtime.trash import Trash, TrashError, tell_bytes


def add_commands(commands: Any) -> None:
    """Add ``queue`` and ``trash`` to the commands of the runtime."""
    queue = commands.add_parser("queue", help="the runs that wait for their device").add_subparsers(
        required=True, metavar="ACTION"
    )
    listing = queue.add_parser("list", help="list them in their order")
    listing.set_defaults(command=print_queue)
    move = queue.add_parser("move", help="give one of them another place")
    move.add_argument("run", metavar="RUN", help="the id of a run")
    move.add_argument("to", metavar="PLACE", help=f"{', '.join(WORDS)}, or a number from 1")
    move.set_defaults(command=move_run)
    cancel = queue.add_parser("cancel", help="take one of them out of the queue")
    cancel.add_argument("run", metavar="RUN", help="the id of a run")
    cancel.set_defaults(command=cancel_run)
    for command in (listing, move, cancel):
        command.add_argument("--runs", type=Path, metavar="DIR", help="the folder of all runs")
    add_trash(commands)


def add_trash(commands: Any) -> None:
    """Add the commands of the trash."""
    trash = commands.add_parser("trash", help="what was deleted in the last 30 days").add_subparsers(
        required=True, metavar="ACTION"
    )
    trash.add_parser("list", help="list it, the newest first").set_defaults(command=print_trash)
    restore = trash.add_parser("restore", help="bring something back under its old name")
    restore.add_argument("entry", metavar="ENTRY", help="what `trash list` calls it")
    restore.set_defaults(command=restore_entry)


def print_queue(options: argparse.Namespace) -> int:
    """Print the runs that wait."""
    turns = list_turns(Queue(options.runs))
    for place, (folder, turn) in enumerate(turns, 1):
        print(f"{place:3}  {folder.id}  {folder.read_meta()['name']}: {turn}")
    if not turns:
        print("No run waits.")
    return 0


def move_run(options: argparse.Namespace) -> int:
    """Give a waiting run another place."""
    number = int(options.to) - 1 if options.to.isdecimal() else options.to
    Queue(options.runs).move(options.run, number)
    return print_queue(options)


def cancel_run(options: argparse.Namespace) -> int:
    """Take a waiting run out of the queue."""
    folder = find_named(options.run, options.runs)
    status = read_status(folder)
    if status != "queued":
        raise RunError(f'The run "{folder.id}" is {status}, so it does not wait.')
    ask_run(folder, "stop", Queue(folder.path.parent))
    print(f'"{folder.read_meta()["name"]}" is cancelled. `resume {folder.id}` trains it.')
    return 0


def print_trash(options: argparse.Namespace) -> int:
    """Print what is in the trash."""
    entries = Trash().list_entries()
    for entry in entries:
        at = datetime.fromtimestamp(entry.at)
        print(f"{entry.id}  {at:%Y-%m-%d %H:%M}  {entry.kind:8} {tell_bytes(entry.num_bytes):>9}  {entry.name}")
    if not entries:
        print("The trash is empty.")
    return 0


def restore_entry(options: argparse.Namespace) -> int:
    """Bring something back."""
    try:
        entry = Trash().restore(options.entry)
    except TrashError as error:
        raise RunError(str(error)) from None
    print(f"The {entry.kind} “{entry.name}” is back.")
    return 0
