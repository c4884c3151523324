"""A run as it went, for whoever looks into it: how every node did at each look, what was found, what was kept and when."""

from __future__ import annotations

import json
import math
import sqlite3
import zlib
from functools import lru_cache
from typing import Any

from builder.document import TRAINING
from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.doctor_rows import has_table, read_diagnoses
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder
from runtime.runs.store import open_run, read_ended, read_ends, read_latest, read_points, shorten

FACTS = (
    ("weights", "update"),
    ("gradients", "norm"),
    ("output", "silent"),
    ("output", "saturated"),
    ("output", "deviation"),
    ("output", "zeros"),
)
"""What of a look is told of each node, in this order; None where it was not measured or is no finite number."""
PLACE = ("network", "name", "graph", "node", "trail", "kind")
PARTS = ("weights", "gradients", "output")
CURVE_POINTS = 240

Json = dict[str, Any]


def read_film(folder: RunFolder, seen: int = 0) -> Json:
    """What a run is and was, with every look whose number is beyond ``seen``.

    ``looks`` give for each place a row of ``FACTS`` and whether a number was no number any more. The curve of the loss comes
    with the first answer only, the loss itself with each. Raises RunError where the run cannot be read.
    """
    try:
        with open_run(folder) as connection:
            film = {
                "progress": read_latest(connection).get("progress"),
                "ended": read_ended(connection),
                **read_looks(connection, seen),
                "diagnoses": read_diagnoses(connection)[1],
                "samples": read_moments(connection),
                "loss": read_loss(connection, find_loss(folder), 1 if seen else CURVE_POINTS),
            }
    except sqlite3.Error as error:
        raise RunError(f'What the run "{folder.id}" recorded cannot be read: {error}.') from error
    kept = [
        {name: entry[name] for name in ("name", "step", "is_best")} for entry in list_checkpoints(folder.checkpoints)
    ]
    return {"run": folder.id, "status": tell_status(folder), "checkpoints": kept, "limits": list_limits(), **film}


def read_looks(connection: sqlite3.Connection, seen: int) -> Json:
    """The looks after a number, the places that they speak of, and the number of the last one."""
    if not has_table(connection, "looks"):
        return {"places": [], "looks": [], "last": seen}
    rows = connection.execute("SELECT id, step, light FROM looks WHERE id > ? ORDER BY id", (seen,)).fetchall()
    places: dict[tuple[str, str], int] = {}
    described: list[Json] = []
    looks = []
    for _, step, light in rows:
        values = []
        for node in json.loads(light)["nodes"]:
            key = node["network"], node["name"]
            if key not in places:
                places[key] = len(described)
                described.append({name: node[name] for name in PLACE})
            values.append([places[key], *measure(node)])
        looks.append({"step": step, "values": values})
    return {"places": described, "looks": looks, "last": rows[-1][0] if rows else seen}


def measure(node: Json) -> list[float | bool | None]:
    """A row of facts, and at its end whether something at the node is no finite number."""
    facts = [node.get(part, {}).get(fact) for part, fact in FACTS]
    is_faulty = any(node.get(part, {}).get("faulty", False) for part in PARTS)
    return [*(value if value is None else shorten(value) for value in facts), is_faulty]


def list_limits() -> Json:
    """From where on the doctor worries: a node beyond does not do well, though it takes several looks to say so."""
    from runtime.insight.doctor.silence import LOST
    from runtime.insight.doctor.updates import LARGE, PROVEN, SMALL

    return {"silent": LOST, "large": LARGE, "small": SMALL, "proven": PROVEN}


def read_moments(connection: sqlite3.Connection) -> list[Json]:
    """Which samples there are and when they were taken."""
    rows = connection.execute("SELECT id, node, step FROM samples ORDER BY id")
    return [{"id": id, "node": node, "step": step} for id, node, step in rows]


def read_loss(connection: sqlite3.Connection, name: str | None, points: int) -> Json | None:
    """The curve of a loss in so many points, or its last point; None where it has none."""
    sql = "SELECT id FROM series WHERE split = 'train' AND name = ?"
    row = connection.execute(sql, (name,)).fetchone()
    end = read_ends(connection)[row[0]] if row else 0
    if not end:
        return None
    found = read_points(connection, row[0], 0 if points > 1 else end - 1, end, points // 2 or 1)
    return {"name": name, "steps": [point[0] for point in found], "values": [shorten(point[3]) for point in found]}


@lru_cache(64)
def find_loss(folder: RunFolder) -> str | None:
    """The loss that a run is told by: the first that its project draws. A run's project never changes."""
    from builder.training import TRAINING_CATALOGUE

    try:
        nodes = folder.read_project().graph(TRAINING).nodes
    except RunError:
        return None
    kinds = ((node, TRAINING_CATALOGUE.get(node.kind)) for node in nodes if not node.bypassed)
    return next((node.id for node, kind in kinds if kind is not None and kind.role == "loss"), None)


def read_spreads(folder: RunFolder, network: str, name: str) -> list[Json]:
    """How weights, gradients and outputs of a node were spread at each look that measured it. Raises RunError."""
    try:
        with open_run(folder) as connection:
            if not has_table(connection, "looks"):
                return []
            rows = connection.execute("SELECT step, whole FROM looks ORDER BY id").fetchall()
    except sqlite3.Error as error:
        raise RunError(f'What the run "{folder.id}" recorded cannot be read: {error}.') from error
    found = []
    for step, whole in rows:
        nodes = json.loads(zlib.decompress(whole))["nodes"]
        node = next((node for node in nodes if (node["network"], node["name"]) == (network, name)), None)
        if node is not None:
            found.append({"step": step, **{part: slim(node[part]) for part in PARTS if part in node}})
    return found


def slim(part: Json) -> Json:
    """A part of what was measured, without what is no finite number."""
    return {
        fact: None if isinstance(value, float) and not math.isfinite(value) else value for fact, value in part.items()
    }
