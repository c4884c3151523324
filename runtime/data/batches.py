"""Takes batches out of prepared tensors, the same way for training, validation and looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from builder.columns import Column


def take_batch(
    columns: Sequence[Column], tensors: Mapping[str, Tensor], rows: Tensor | slice, device: torch.device | None = None
) -> Any:
    """The samples of some rows as a Data node gives them: a tensor, or a tuple of one for each column.

    Args:
        columns: in the order of the node's ports.
        tensors: by column name, N samples each.
        rows: numbers of samples (on the tensors' device), or a stretch of them.
        device: where the batch is wanted, if it is somewhere else.
    """
    batch = [send(values, device) if device else values for values in take_named(columns, tensors, rows).values()]
    return batch[0] if len(batch) == 1 else tuple(batch)


def take_named(columns: Sequence[Column], tensors: Mapping[str, Tensor], rows: Tensor | slice) -> dict[str, Tensor]:
    """The samples of some rows by column name.

    Texts and sequences are cut to the longest of the batch, so that no network sees more padding than it has to.
    """
    taken = {column.name: take_rows(tensors[column.name], rows) for column in columns}
    longest = {column.name: int(taken[column.name].max()) for column in columns if column.is_lengths}
    cut = {column.name: longest[column.cut_by] for column in columns if column.cut_by}
    return {name: values[:, : cut[name]] if name in cut else values for name, values in taken.items()}


def take_rows(values: Tensor, rows: Tensor | slice) -> Tensor:
    """Some samples of a tensor."""
    return values[rows] if isinstance(rows, slice) else values.index_select(0, rows)


def send(values: Tensor, device: torch.device) -> Tensor:
    """A batch on a device; a GPU is not waited for, and copies it when it comes to it."""
    if device.type == "cuda" and values.device.type == "cpu":
        return values.pin_memory().to(device, non_blocking=True)
    return values.to(device)


def move(values: Tensor, device: torch.device) -> Tensor:
    """A tensor on a device. Samples that overlap, as windows do, share their memory there as well."""
    if values.device == device or values.is_contiguous():
        return values.to(device)
    base = torch.as_strided(values, (values.untyped_storage().nbytes() // values.element_size(),), (1,), 0)
    return torch.as_strided(base.to(device), values.shape, values.stride(), values.storage_offset())
