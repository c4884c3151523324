"""What a run reported before it was resumed, as events, for who looks after it and has to know how it went."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

from runtime.events import Look, Sample, Scalars
from runtime.runs.folder import RunFolder
from runtime.runs.look_rows import HISTOGRAM, NEWEST, list_looks, read_look
from runtime.runs.store import load_payload, open_run

CURVES = """
SELECT step, epoch, seconds, split, name, value FROM scalars JOIN series ON series.id = series
WHERE split IN ('train', 'validation') AND step <= ? ORDER BY series, point
"""
SAMPLES = "SELECT step, node, payload, file FROM samples WHERE step <= ? ORDER BY id DESC LIMIT ?"


def list_reported(folder: RunFolder, names: Collection[str], step: int) -> Iterator[Scalars | Sample | Look]:
    """Some curves up to a step, one after the other, the newest samples, then the first look and the newest ones.

    Raises sqlite3.Error.
    """
    with open_run(folder) as connection:
        for at, epoch, seconds, split, name, value in connection.execute(CURVES, (step,)):
            if name in names:
                yield Scalars(at, epoch, seconds, split, {name: math.nan if value is None else value})
        for at, node, payload, file in reversed(connection.execute(SAMPLES, (step, NEWEST)).fetchall()):
            yield Sample(at, node, load_payload(folder, payload, file) or {})
        kept = [look for look in list_looks(connection) if look.step <= step]
        for look in [*kept[: max(0, min(1, len(kept) - NEWEST))], *kept[-NEWEST:]]:
            whole = read_look(connection, look.step)
            if whole is not None:
                yield Look(look.step, with_faults(whole["nodes"]), with_faults(whole["rates"]))


def with_faults(value: Any) -> Any:
    """Data as it was before it was kept: a number that was none is kept as null, and so is a histogram that there was none of."""
    if isinstance(value, dict):
        return {key: inner if key == HISTOGRAM else with_faults(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_faults(inner) for inner in value]
    return math.nan if value is None else value
