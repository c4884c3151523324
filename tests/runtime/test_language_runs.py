"""Networks that write, from the preset to the file that is taken home: what they are asked, shown and verified by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from builder.answering import find_question
from builder.document import Project
from runtime.data.prepare import prepare
from runtime.export.runs import export_prepared, export_run
from runtime.insight.trying import ask, describe_inputs, write
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from runtime.session import Session
from tests.runtime.export.test_package import run_python

PRESETS = Path(__file__).parents[2] / "presets"
NAMES = ("char_gpt", "seq2seq_attention", "transformer_translation")


def shrink(name: str) -> Project:
    """A preset on a little of its embedded data, for a few steps."""
    about: dict[str, Any] = json.loads((PRESETS / f"{name}.json").read_text(encoding="utf-8"))
    source = about["data"]["main"]
    source["origins"] = [origin for origin in source["origins"] if origin["kind"] == "embedded"]
    source["origins"][0]["options"] = {"characters": 4000} if name == "char_gpt" else {"count": 60}
    if name == "char_gpt":
        source["windows"] |= {"length": 16, "stride": 16}
    for node in about["training"]["nodes"]:
        if node["kind"] in ("GreedyDecoding", "TextGeneration"):
            node["params"]["length"] = 6
    about["run"] |= {"max_steps": 4, "threads": 1, "validation": {"every": 2, "unit": "step"}}
    return Project.model_validate(about)


@pytest.fixture(scope="module")
def runs(home: Path) -> dict[str, RunFolder]:
    """A run of each preset."""
    made = {name: create_run(shrink(name)) for name in NAMES}
    assert [work(folder).status for folder in made.values()] == ["finished"] * 3
    return made


def test_what_is_asked_of_a_network_that_writes() -> None:
    questions = {name: find_question(shrink(name)) for name in NAMES}
    assert (questions["char_gpt"].meaning, questions["char_gpt"].fields) == ("continuation", ("text",))
    for name in NAMES[1:]:
        asked = questions[name]
        assert (asked.network, asked.meaning, asked.target, asked.length) == ("translator", "translation", "french", 6)
        assert (asked.inputs, asked.fields) == (("english", "english_lengths"), ("english",))


@pytest.mark.parametrize("name", NAMES)
def test_looking_at_what_is_written_leaves_training_as_it_was(name: str, home: Path) -> None:
    project = shrink(name)
    prepared = prepare(project)
    looked, plain = (Session.create(project, prepared, torch.device("cpu")) for _ in range(2))
    losses = []
    for session in (looked, plain):
        torch.manual_seed(0)
        session.run_step()
        if session is looked:
            assert session.evaluator.preview()
            session.evaluator.measure("validation")
        losses.append([session.run_step()["loss"].item() for _ in range(2)])
    assert losses[0] == losses[1]


def test_a_language_model_goes_on_from_a_prompt_as_it_is_told(runs: dict[str, RunFolder]) -> None:
    run = runs["char_gpt"]
    assert [asked.field for asked in describe_inputs(run.read_project())] == ["text"]
    first, again, other = (write(run, "The ", {"length": 12, "seed": seed}) for seed in (0, 0, 1))
    assert first.label == again.label != other.label
    assert first.label is not None
    assert len(first.label) == 12
    assert ask(run, "The ").label


@pytest.mark.parametrize(
    ("prompt", "options", "sentence"),
    [
        ("", {}, "nothing to go on from"),
        (None, {}, "nothing to go on from"),
        ("a", {"length": 10**9}, '"length" is a number from 1 to 400'),
        ("a", {"temperature": "hot"}, '"temperature" is a number'),
        ("a", {"top_k": True}, '"top_k" is a number'),
        ("a", {"seed": -1}, '"seed" is a number'),
    ],
)
def test_what_a_language_model_cannot_do_is_told(
    runs: dict[str, RunFolder], prompt: Any, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RunError, match=sentence):
        write(runs["char_gpt"], prompt, options)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_sentence_is_translated_with_the_words_that_each_word_looked_at(
    runs: dict[str, RunFolder], name: str
) -> None:
    answer = ask(runs[name], "I have two letters.")
    assert answer.translation is not None
    row = answer.translation
    assert len(row["source"]) == 5
    assert [len(weights) for weights in row["weights"]] == [5] * len(row["output"])
    with pytest.raises(RunError, match="does not go on"):
        write(runs[name], "I have", {})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_taken_home_writes_the_same_and_trains_the_same(
    runs: dict[str, RunFolder], name: str, tmp_path: Path
) -> None:
    taken = export_run(runs[name], tmp_path)
    assert taken.verified, taken.verification.sentence
    done = run_python("predict.py", '"We have two letters."', folder=taken.folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("We have" if name == "char_gpt" else '{"label": ')
    done = run_python("train.py", "--data", export_prepared(runs[name], tmp_path), folder=taken.folder)
    assert done.returncode == 0, done.stderr
    kept, trained = load_file(taken.folder / "model.safetensors"), load_file(taken.folder / "trained.safetensors")
    assert all(torch.equal(trained[key], tensor) for key, tensor in kept.items())
