"""Verifies take-home files: a fresh process that cannot import Layerloom goes from raw samples to outputs and labels."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from builder.answering import WRITTEN, Question, ask_network, find_question, preparations
from builder.columns import list_columns
from builder.compiler import build_network
from builder.document import Project
from builder.parts.answers import name_answer
from builder.parts.mask_pictures import draw_mask, find_mask
from builder.planner import PlanError
from runtime.data.batches import take_named
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws
from runtime.insight.writing import go_on

SAMPLES = 16
WRITINGS = 3
"""Samples for networks that write: they are asked again for every token."""
SECONDS = 120
TOLERANCE = 1e-5
Meaning = str | list[str | float]
FAILURES = (subprocess.SubprocessError, ValueError, LookupError, TypeError)
"""What comes of a script that fails, or prints something else."""

ALONE = """
import importlib.abc, json, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("builder", "runtime", "ui", "streamlit", "pydantic", "networkx", "datasets", "pandas"):
            raise ImportError(name + " is not to be used here")
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
"""
"""How a process begins that can import neither Layerloom nor what it is built with."""
ASKING = """
import predict
model = predict.load_model()
samples = json.load(open(sys.argv[2], encoding="utf-8"))
answers = [predict.predict(model, sample) for sample in samples]
outputs = [predict.ask(model, sample).flatten().tolist() for sample in samples]
name_picture = lambda picture: f"{picture.mode} {picture.size}"
pictures = [a.get("picture", a.get("mask")) for a in answers]
told = [name_picture(p) if p else a.get("label", a.get("value")) for p, a in zip(pictures, answers)]
print(json.dumps({"outputs": outputs, "answers": told}))
"""


@dataclass(frozen=True)
class Verification:
    """What the fresh process found. ``largest_difference`` is between its outputs and the run's own."""

    verified: bool
    sentence: str
    samples: int = 0
    largest_difference: float | None = None


@dataclass(frozen=True)
class Answers:
    """Outputs for some samples, and what each means: a label, one for each step, or numbers in the units of the data."""

    outputs: list[list[float]]
    answers: list[Meaning]


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
    most = SAMPLES if question.meaning not in WRITTEN else WRITINGS
    count = min(most, len(source.parts[part][question.fields[0]]))
    expected = expect_answers(project, question, weights, source, part, count)
    with tempfile.TemporaryDirectory() as scratch:
        samples = [save_sample(source.raw(part, i), question, Path(scratch), i) for i in range(count)]
        listing = Path(scratch) / "samples.json"
        listing.write_text(json.dumps(samples), encoding="utf-8")
        try:
            found = run_alone(ASKING, folder, listing)
        except FAILURES as error:
            return explain_failure("predict.py", error, count)
    return compare_answers(expected, found)


def expect_answers(
    project: Project,
    question: Question,
    weights: Mapping[str, Mapping[str, Tensor]],
    source: PreparedSource,
    part: str,
    count: int,
) -> Answers:
    """What the run's own network says about prepared samples, one at a time as ``predict.py`` does."""
    with OwnDraws():
        network = build_network(project, question.network)
    network.load_state_dict({name: tensor.cpu() for name, tensor in weights[question.network].items()})
    network.eval()
    with torch.no_grad():
        columns = list_columns(source.source)
        named = [take_named(columns, source.parts[part], slice(i, i + 1)) for i in range(count)]
        rows = [[row[name] for name in question.inputs] for row in named]
        outputs = [ask_network(question, network, row) for row in rows]
    if question.meaning == "continuation":
        known = preparations(project, question.source)
        texts = [source.raw(part, i)[question.fields[0]] for i in range(count)]
        answers: list[Meaning] = [go_on(network, question, known, text, {}) for text in texts]
    elif question.meaning == "mask":
        pictures = [source.raw(part, i)[question.picture] for i in range(count)]
        answers = [name_mask(question, output, picture) for output, picture in zip(outputs, pictures, strict=True)]
    else:
        answers = [name_output(project, question, output) for output in outputs]
    return Answers([output.flatten().tolist() for output in outputs], answers)


def name_output(project: Project, question: Question, output: Tensor) -> Meaning:
    """The label or labels that an output stands for, or its numbers in the units of the data."""
    target = preparations(project, question.source)[question.target]
    if question.meaning == "translation":
        return str(target.tokenizer.decode(output.tolist()))
    if question.meaning == "picture":
        picture = target.draw(output)
        return f"{picture.mode} {picture.size}"  # its pixels are the outputs, which are compared
    if question.meaning == "number":
        return [float(value) for value in target.restore(output).reshape(-1)]
    label: Meaning = name_answer(output, question.meaning, target.classes)["label"]
    return label


def name_mask(question: Question, output: Tensor, picture: Any) -> str:
    """What the mask of a picture is like; which pixels it covers is the outputs, which are compared."""
    mask = draw_mask(find_mask(output, question.scores), picture.size)
    return f"{mask.mode} {mask.size}"


def save_sample(raw: Mapping[str, Any], question: Question, folder: Path, number: int) -> Any:
    """A raw sample as a person would have it: a picture in a file, a row, a number."""
    values = {field: save_value(raw[field], folder / f"{number}-{field}.png") for field in question.fields}
    return values if len(values) > 1 else next(iter(values.values()))


def save_value(value: Any, path: Path) -> Any:
    """A picture as the path of a file without loss; anything else as it is."""
    if hasattr(value, "save"):
        value.save(path)
        return str(path)
    return value


def run_alone(program: str, folder: Path, *arguments: Path | int) -> Answers:
    """Run a program on the files of a folder in a fresh, isolated process."""
    command = [sys.executable, "-I", "-c", ALONE + program, str(folder), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Answers(told["outputs"], told["answers"])


def explain_failure(name: str, error: Exception, count: int) -> Verification:
    """What is told of a script that failed."""
    detail = getattr(error, "stderr", "") or str(error)
    return Verification(False, f"{name} failed in a fresh process: {str(detail).strip().splitlines()[-1][:300]}", count)


def compare_answers(
    expected: Answers, found: Answers, did: str = "took {count} raw samples through predict.py"
) -> Verification:
    """Compare outputs, and what they are said to mean; ``did`` says what the process did."""
    count = len(expected.outputs)
    asked = f"A fresh process without Layerloom {did.format(count=count)}"
    if [len(row) for row in expected.outputs] != [len(row) for row in found.outputs]:
        return Verification(False, f"{asked}: it gave outputs of another size than the run's.", count)
    pairs = [
        (a, b)
        for ours, theirs in zip(expected.outputs, found.outputs, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    ]
    largest = max((measure_difference(a, b) for a, b in pairs), default=0.0)
    good = largest <= allow_difference([a for a, _ in pairs])
    differs = "no difference at all" if largest == 0 else f"a largest difference of {largest:.2g}"
    sentence = f"{asked}: outputs {'equal to' if good else 'not equal to'} the run's, with {differs}"
    other = sum(not is_same(a, b) for a, b in zip(expected.answers, found.answers, strict=True))
    if good and other:
        sentence = f"{sentence}, but {other} of them named otherwise"
    return Verification(good and not other, f"{sentence}.", count, largest)


def measure_difference(a: float, b: float) -> float:
    """How far two numbers are apart; a number is infinitely far from what is none, and that from itself not at all."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    return math.inf if math.isnan(a) or math.isnan(b) else abs(a - b)


def allow_difference(values: list[float]) -> float:
    """The difference up to which numbers of this size count as equal."""
    return TOLERANCE * max([1.0, *(abs(value) for value in values if math.isfinite(value))])


def is_same(a: Meaning, b: Meaning) -> bool:
    """Whether two answers are one: the same label or labels, or equal numbers."""
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return len(a) == len(b) and all(is_equal(x, y) for x, y in zip(a, b, strict=True))


def is_equal(a: str | float, b: str | float) -> bool:
    """Whether two labels are the same, or two numbers equal but for rounding."""
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return measure_difference(a, b) <= allow_difference([a])
