"""How long Python takes from an edit to shapes and findings: networks of 10 to 1000 nodes, one parameter changed.

``python -m benchmarks.edit_latency [--edits 31] [--clock wall|processor]``. What the browser adds (the way
up and down, drawing) is not in it.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.record import CLOCKS, record
from builder.analysis import analyse
from builder.document import Project
from builder.edits import apply_edits
from builder.loading import load_project
from builder.probing import cached_probe
from builder.rules import check
from builder.shape_flow import infer

PRESET = Path(__file__).parents[1] / "presets" / "mnist_cnn.json"
GRAPH = "networks.model"
SIZES = (10, 100, 500, 1000)
EXPLANATION = (
    "A chain of convolutions, normalisations and activations with the training graph of a preset; milliseconds. *Cold* is the "
    "first `analyse` with nothing remembered of any layer; equal layers with equal inputs are probed once, and a chain has "
    "many of them. After that `out_channels` of the first or of the middle "
    "convolution gets a value it never had, again and again: *shapes* is `infer`, *findings* is `check`, *analysis* is the "
    "whole answer to the canvas, with the shapes remembered; *edit* is all of it, from `apply_edits` to JSON, with nothing "
    "prepared. Medians, and the 95th percentile for *edit*."
)


def make_project(nodes: int) -> Project:
    """A chain of convolutions, normalisations and activations of this length, with the training graph of a preset."""
    data = json.loads(PRESET.read_text(encoding="utf-8"))
    kinds = [("Conv2d", {"out_channels": 8, "padding": 1}), ("BatchNorm2d", {}), ("ReLU", {})]
    body = [{"id": f"n{i}", "kind": kinds[i % 3][0], "params": kinds[i % 3][1]} for i in range(nodes - 4)]
    ends = data["networks"]["model"]["nodes"]
    chain = [{**node, "position": [240 * i, 0]} for i, node in enumerate([ends[0], *body, *ends[-3:]])]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(chain)]
    data["networks"]["model"] = {"nodes": chain, "edges": edges}
    return load_project(json.dumps(data))


def change(project: Project, node: str, value: int) -> Project:
    """Give a convolution another number of channels."""
    edit = {"op": "set_param", "graph": GRAPH, "id": node, "name": "out_channels", "value": value}
    return apply_edits(project, [edit])


class Stopwatch:
    """Measures with one of the clocks."""

    def __init__(self, clock: str) -> None:
        self.clock = CLOCKS[clock]

    def measure(self, work: Callable[..., Any], *arguments: Any) -> float:
        """How many seconds something takes."""
        start = self.clock()
        work(*arguments)
        return self.clock() - start


def answer_edit(project: Project, node: str, value: int) -> str:
    """Everything between an edit and the answer to the canvas."""
    return json.dumps(analyse(change(project, node, value)))


def measure_cold(watch: Stopwatch, project: Project) -> float:
    """The time of the first analysis, with nothing remembered of any layer."""
    cached_probe.cache_clear()
    return watch.measure(analyse, project)


def measure_parts(watch: Stopwatch, project: Project, node: str, edits: int) -> dict[str, list[float]]:
    """The time of each part of an analysis after one change, many times."""
    parts: dict[str, list[float]] = {"shapes": [], "findings": [], "analysis": []}
    for i in range(edits):
        changed = change(project, node, 9 + i)
        parts["shapes"].append(watch.measure(infer, changed))
        flows = infer(changed)
        parts["findings"].append(watch.measure(check, changed, flows))
        parts["analysis"].append(watch.measure(analyse, changed))
    return parts


def measure_edits(watch: Stopwatch, project: Project, node: str, edits: int) -> list[float]:
    """The time of a whole edit with a value that was never seen, many times."""
    return [watch.measure(answer_edit, project, node, value) for value in range(9 + edits, 9 + 2 * edits)]


def measure(nodes: int, where: str, edits: int, clock: str) -> dict[str, Any]:
    """A row of the table."""
    project, watch = make_project(nodes), Stopwatch(clock)
    node = "n0" if where == "first" else f"n{(nodes - 4) // 6 * 3}"
    cold = measure_cold(watch, project)
    parts = measure_parts(watch, project, node, edits)
    whole = sorted(measure_edits(watch, project, node, edits))
    return {
        "network": f"{nodes} nodes, {where} changed, {clock} clock",
        "cold": round(1000 * cold, 1),
        **{name: round(1000 * statistics.median(times), 1) for name, times in parts.items()},
        "edit": round(1000 * statistics.median(whole), 1),
        "edit p95": round(1000 * whole[int(0.95 * len(whole))], 1),
        "edits": edits,
    }


def main() -> None:
    """Measure networks of several sizes."""
    parser = argparse.ArgumentParser(description="Time of shapes and findings after one change.")
    parser.add_argument("--edits", type=int, default=31)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    analyse(make_project(SIZES[0]))
    gc.collect()
    gc.freeze()
    for nodes in SIZES:
        for where in ("first", "middle"):
            row = measure(nodes, where, options.edits, options.clock)
            record("edit_latency", [row], "network", EXPLANATION)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
