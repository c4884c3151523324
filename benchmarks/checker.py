"""How long an edit takes until shapes and findings are known: networks of 10, 100, 500 and 1000 nodes, one parameter changed.

Run: ``python benchmarks/checker.py [--edits 31]``
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from builder.analysis import analyse
from builder.document import Project
from builder.edits import apply_edits
from builder.loading import load_project
from builder.rules import check
from builder.shape_flow import infer

PRESET = Path(__file__).parents[1] / "presets" / "mnist_cnn.json"
GRAPH = "networks.model"


def make_project(nodes: int) -> Project:
    """A chain of convolutions, normalisations and activations of this length, with the training graph of a preset."""
    data = json.loads(PRESET.read_text(encoding="utf-8"))
    kinds = [("Conv2d", {"out_channels": 8, "padding": 1}), ("BatchNorm2d", {}), ("ReLU", {})]
    body = [{"id": f"n{i}", "kind": kinds[i % 3][0], "params": kinds[i % 3][1]} for i in range(nodes - 4)]
    ends = data["networks"]["model"]["nodes"]
    chain = [ends[0], *body, *ends[-3:]]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(chain)]
    data["networks"]["model"] = {"nodes": chain, "edges": edges}
    return load_project(json.dumps(data))


def measure(nodes: int, edits: int) -> None:
    """Print the time of the first analysis and of those after one change each."""
    project = make_project(nodes)
    start = time.perf_counter()
    analyse(project)
    first = time.perf_counter() - start
    parts: dict[str, list[float]] = {"shapes": [], "findings": [], "all": []}
    for i in range(edits):
        edit = {"op": "set_param", "graph": GRAPH, "id": "n0", "name": "out_channels", "value": 9 + i}
        project = apply_edits(project, [edit])
        begin = time.perf_counter()
        flows = infer(project)
        middle = time.perf_counter()
        check(project, flows)
        end = time.perf_counter()
        analyse(project)
        for name, seconds in (
            ("shapes", middle - begin),
            ("findings", end - middle),
            ("all", time.perf_counter() - end),
        ):
            parts[name].append(1000 * seconds)
    texts = [
        f"{name} {statistics.median(times):6.1f} (p95 {sorted(times)[int(0.95 * edits)]:6.1f})"
        for name, times in parts.items()
    ]
    print(f"{nodes:5d} nodes: first {1000 * first:7.1f} ms; after one change, ms: {'; '.join(texts)}")


def main() -> None:
    """Measure networks of several sizes."""
    parser = argparse.ArgumentParser(description="Time of shapes and findings after one change.")
    parser.add_argument("--edits", type=int, default=31)
    options = parser.parse_args()
    for nodes in (10, 100, 500, 1000):
        measure(nodes, options.edits)


if __name__ == "__main__":
    main()
