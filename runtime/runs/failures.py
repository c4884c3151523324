"""What a person is told when a run fails: a reason and what to try. The traceback goes to the log, never to the screen."""

from __future__ import annotations

import traceback
from pathlib import Path

import torch

from builder.planner import PlanError
from runtime.data.errors import DataError
from runtime.events import Ended
from runtime.runs.disk import FULL, explain_disk
from runtime.runs.errors import RunError

Words = tuple[str, str]

SMALLER = "Lower batch_size in the Data node, or make the network or its input smaller."


def explain_failure(error: BaseException, step: int, log: Path) -> Ended:
    """Say how a run failed."""
    reason, advice = find_words(error) or (
        f"Something in Layerloom failed at step {step:,}.",
        f"Resume from the last checkpoint; what happened is in {log.name} in the folder of the run.",
    )
    return Ended("failed", reason, advice)


def find_words(error: BaseException) -> Words | None:
    """Reason and advice for what is known to happen; None for everything else."""
    if isinstance(error, RunError):
        return error.reason, error.advice
    if isinstance(error, DataError | PlanError):
        return str(error), FULL.advice if is_disk_full(error) else ""
    return find_resource(error)


def find_resource(error: BaseException) -> Words | None:
    """Reason and advice where memory, disk or GPU let the run down; None for everything else."""
    if is_out_of_memory(error):
        where = "of the GPU " if isinstance(error, torch.OutOfMemoryError) else ""
        return f"The memory {where}is too small for this run.", SMALLER
    if (refusal := explain_disk(error)) is not None:
        return refusal.reason, refusal.advice
    if isinstance(error, RuntimeError) and "CUDA" in str(error):
        return (
            "The GPU reported an error.",
            "Resume from the last checkpoint; if it comes again, set run.device to cpu.",
        )
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on the GPU or beside it."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def is_disk_full(error: BaseException) -> bool:
    """Whether the disk took no more."""
    return explain_disk(error) is FULL


def log_traceback(log: Path, error: BaseException) -> None:
    """Keep the traceback for those who can read it; a disk that takes nothing must not hide the first error."""
    try:
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        traceback.print_exception(error)
