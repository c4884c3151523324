"""Verifies take-home files: a fresh process that cannot import Layerloom goes from raw samples to outputs and labels."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from builder.answering import Question, find_question
from builder.compiler import build_network
from builder.document import Project
from builder.planner import PlanError
from runtime.data.prepare import PreparedSource

SAMPLES = 16
SECONDS = 120
TOLERANCE = 1e-5

ASKING = """
import importlib.abc, json, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("builder", "runtime", "ui", "streamlit", "pydantic", "networkx", "datasets", "pandas"):
            raise ImportError(name + " is not to be used here")
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
import predict
model = predict.load_model()
samples = json.load(open(sys.argv[2], encoding="utf-8"))
answers = [predict.predict(model, sample) for sample in samples]
outputs = [predict.ask(model, sample).flatten().tolist() for sample in samples]
print(json.dumps({"outputs": outputs, "labels": [answer.get("label") for answer in answers]}))
"""


@dataclass(frozen=True)
class Verification:
    """What the fresh process found. ``largest_difference`` is between its outputs and the run's own."""

    verified: bool
    sentence: str
    samples: int = 0
    largest_difference: float | None = None


def verify_files(
    folder: Path, project: Project, weights: Mapping[str, Mapping[str, Tensor]], prepared: Mapping[str, PreparedSource]
) -> Verification:
    """Ask the take-home files in ``folder`` about raw samples and compare with the run's network on prepared ones."""
    try:
        question = find_question(project)
    except PlanError as error:
        return Verification(False, f"There is no predict.py to verify: {error}")
    source = prepared[question.source]
    part = next(name for name in ("validation", "test", "train") if source.parts.get(name))
    count = min(SAMPLES, len(source.parts[part][question.inputs[0]]))
    expected = expect_outputs(project, question, weights, source, part, count)
    with tempfile.TemporaryDirectory() as scratch:
        samples = [save_sample(source.raw(part, i), question, Path(scratch), i) for i in range(count)]
        listing = Path(scratch) / "samples.json"
        listing.write_text(json.dumps(samples), encoding="utf-8")
        try:
            found = ask_files(folder, listing)
        except (subprocess.SubprocessError, ValueError) as error:
            detail = getattr(error, "stderr", "") or str(error)
            return Verification(
                False, f"predict.py failed in a fresh process: {str(detail).strip().splitlines()[-1][:300]}", count
            )
    return compare_outputs(expected, found, project, question)


def expect_outputs(
    project: Project,
    question: Question,
    weights: Mapping[str, Mapping[str, Tensor]],
    source: PreparedSource,
    part: str,
    count: int,
) -> list[list[float]]:
    """What the run's own network says about prepared samples, one at a time as ``predict.py`` does."""
    with torch.random.fork_rng([]):
        network = build_network(project, question.network)
    network.load_state_dict({name: tensor.cpu() for name, tensor in weights[question.network].items()})
    network.eval()
    with torch.no_grad():
        rows = [[source.parts[part][field][i : i + 1] for field in question.inputs] for i in range(count)]
        outputs = [network(*row) for row in rows]
    return [(out[question.output] if isinstance(out, tuple) else out)[0].flatten().tolist() for out in outputs]


def save_sample(raw: Mapping[str, Any], question: Question, folder: Path, number: int) -> Any:
    """A raw sample as a person would have it: a picture in a file, a row, a number."""
    values = {field: save_value(raw[field], folder / f"{number}-{field}.png") for field in question.inputs}
    return values if len(values) > 1 else next(iter(values.values()))


def save_value(value: Any, path: Path) -> Any:
    """A picture as the path of a file without loss; anything else as it is."""
    if hasattr(value, "save"):
        value.save(path)
        return str(path)
    return value


def ask_files(folder: Path, listing: Path) -> dict[str, Any]:
    """Run ``predict.py`` of a folder in a fresh, isolated process."""
    command = [sys.executable, "-I", "-c", ASKING, str(folder), str(listing)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def compare_outputs(
    expected: list[list[float]], found: dict[str, Any], project: Project, question: Question
) -> Verification:
    """Compare outputs and labels."""
    pairs = [
        (a, b)
        for ours, theirs in zip(expected, found["outputs"], strict=True)
        for a, b in zip(ours, theirs, strict=True)
    ]
    largest = max((abs(a - b) for a, b in pairs), default=0.0)
    scale = max((abs(a) for a, _ in pairs), default=1.0)
    good = largest <= TOLERANCE * max(1.0, scale)
    count = len(expected)
    differs = "no difference at all" if largest == 0 else f"a largest difference of {largest:.2g}"
    verdict = "equal to" if good else "not equal to"
    asked = f"A fresh process without Layerloom took {count} raw samples through predict.py"
    sentence = f"{asked}: outputs {verdict} the run's, with {differs}."
    return Verification(good, sentence, count, largest)
