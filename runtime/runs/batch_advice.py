"""Which batch fits into a memory that was too small for another: on a GPU it is tried, not guessed."""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Mapping

import torch

from builder.document import Project
from builder.training.data import Data
from runtime.data.prepare import PreparedSource
from runtime.fast_path import adapt_project
from runtime.runs.failures import is_out_of_memory
from runtime.session import Session

TRIAL_STEPS = 2
"""The second one has what optimizers keep beside the weights."""
TRIAL_SECONDS = 30.0
OTHERWISE = "or make the network or its input smaller"

Prepared = Mapping[str, PreparedSource]


def advise_batch(project: Project, prepared: Prepared, device: torch.device, is_wanted: Callable[[], bool]) -> str:
    """What to do about a batch that did not fit.

    Beside a GPU nothing is tried: a system that runs out of memory ends processes, and not always the one that asked.
    """
    sizes = read_batch_sizes(project)
    if device.type != "cuda":
        return f"{tell_sizes(halve(sizes))} and train again, {OTHERWISE}."
    return tell_found(*find_fitting(project, prepared, device, is_wanted))


def tell_found(fitting: dict[str, int], failing: dict[str, int]) -> str:
    """The advice that follows from what was tried."""
    if fitting:
        return f"{tell_sizes(fitting)} and train again: that fits, {max(failing.values())} does not."
    if failing and max(failing.values()) == 1:
        return "Not even a batch_size of 1 fits: make the network or its input smaller."
    return f"{tell_sizes(halve(failing))} and train again, {OTHERWISE}."


def find_fitting(
    project: Project, prepared: Prepared, device: torch.device, is_wanted: Callable[[], bool]
) -> tuple[dict[str, int], dict[str, int]]:
    """Halve the batch until training steps go through.

    Returns:
        The largest sizes that were seen to fit, none where none was; and the smallest that were seen not to.
    """
    failing, deadline = read_batch_sizes(project), time.monotonic() + TRIAL_SECONDS
    while max(failing.values(), default=1) > 1 and time.monotonic() < deadline and is_wanted():
        sizes = halve(failing)
        if fits(with_batch_sizes(project, sizes), prepared, device):
            return sizes, failing
        failing = sizes
    return {}, failing


def fits(project: Project, prepared: Prepared, device: torch.device) -> bool:
    """Whether a fresh session of the project has memory for its first steps."""
    try:
        session = Session.create(adapt_project(project, prepared, device), prepared, device)
        for _ in range(TRIAL_STEPS):
            session.run_step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        give_free(error)
        return False
    return True


def give_free(error: BaseException) -> None:
    """Let go of what an error's traceback holds: the tensors of everything that was on its way."""
    traceback.clear_frames(error.__traceback__)
    gc.collect()
    torch.cuda.empty_cache()


def read_batch_sizes(project: Project) -> dict[str, int]:
    """The batch size of every Data node."""
    nodes = [node for node in project.training.nodes if node.kind == Data.kind]
    return {node.id: Data.Params.model_validate(node.params).batch_size for node in nodes}


def with_batch_sizes(project: Project, sizes: Mapping[str, int]) -> Project:
    """The project with other batch sizes."""
    nodes = tuple(
        node.model_copy(update={"params": {**node.params, "batch_size": sizes[node.id]}}) if node.id in sizes else node
        for node in project.training.nodes
    )
    return project.with_graph("training", project.training.model_copy(update={"nodes": nodes}))


def halve(sizes: Mapping[str, int]) -> dict[str, int]:
    """Half of every size, and no less than one."""
    return {id: max(1, size // 2) for id, size in sizes.items()}


def tell_sizes(sizes: Mapping[str, int]) -> str:
    """What to set: ``Set batch_size to 32 in the Data node "data"``."""
    settings = [f'{size} in the Data node "{id}"' for id, size in sizes.items()]
    return f"Set batch_size to {' and '.join(settings)}" if settings else "Use smaller batches"
