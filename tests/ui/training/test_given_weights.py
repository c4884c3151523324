"""Weights that are handed in become what a network starts from; a pickle is refused with the way out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from builder.edits import apply_edits
from runtime.runs.project_file import read_project
from runtime.weights.given import WeightsRefused
from runtime.weights.starting import foresee_start
from ui.projects import create_project
from ui.session import load_preset
from ui.training.given_weights import take_weights


def test_a_safetensors_file_is_what_the_network_starts_from(home: Path) -> None:
    project = read_project("linear_regression")
    (network,) = project.networks
    (node,) = (node.id for node in project.networks[network].nodes if node.kind == "Linear")
    content = save({f"{node}.weight": torch.ones(1, 1), "other": torch.ones(2)})
    edited = apply_edits(project, [take_weights(project, network, "line.safetensors", io.BytesIO(content))])
    (sentence,) = foresee_start(edited)
    assert "starts from line.safetensors: 1 of 2 tensors carried over" in sentence and "Not used: other" in sentence


def test_a_pickle_is_refused_with_the_code_that_turns_it_into_safetensors(home: Path) -> None:
    project = read_project("linear_regression")
    buffer = io.BytesIO()
    torch.save({"weight": torch.ones(1)}, buffer)
    for name in ("weights.pt", "weights.safetensors"):
        buffer.seek(0)
        with pytest.raises(WeightsRefused, match="can run any program") as refused:
            take_weights(project, next(iter(project.networks)), name, buffer)
        assert "safetensors.torch.save_file" in refused.value.snippet


def show(id: str) -> None:
    from ui.projects import load_project
    from ui.training.given_weights import ask_weights

    stored = load_project(id)
    assert stored is not None
    ask_weights(stored)


@pytest.mark.parametrize(("preset", "choices"), [("resnet18_cifar", []), ("gan", ["generator", "discriminator"])])
def test_weights_are_asked_for_what_is_trained_and_not_for_its_blocks(
    home: Path, preset: str, choices: list[str]
) -> None:
    loaded = load_preset(preset)
    assert loaded is not None and len(loaded.networks) > 1
    app = AppTest.from_function(show, args=(create_project(loaded).id,), default_timeout=30).run()
    assert [option for box in app.selectbox for option in box.options] == choices
