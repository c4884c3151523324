"""Networks that make pictures of noise leave with a script that draws them, and it is verified."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from builder.answering import preparations
from builder.compiler import build_network
from builder.parts.sheets import lay_out
from builder.sampling import draw_samples, find_sampler
from runtime.data.prepare import prepare
from runtime.export.package import Package
from runtime.export.runs import export_run
from runtime.export.sample_verification import verify_scripts
from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_weights
from runtime.session import with_facts
from tests.runtime.export.test_package import run_python, train_some


@pytest.fixture(scope="module")
def digits(home: Path) -> RunFolder:
    return train_some("conditional_gan", "run.max_steps=2")


@pytest.fixture(scope="module")
def taken(digits: RunFolder, home: Path) -> Package:
    return export_run(digits, home / "digits")


def test_what_draws_is_verified_and_nobody_misses_what_answers(taken: Package) -> None:
    assert taken.verified and taken.largest_difference == 0.0
    assert "drew 16 pictures with sample.py: outputs equal to the run's" in taken.verification.sentence
    assert (taken.folder / "sample.py").is_file() and not (taken.folder / "predict.py").exists() and not taken.missing
    card = (taken.folder / "MODEL_CARD.md").read_text()
    assert "- `sample.py`: draws" in card and "predict.py" not in card and "missing" not in card


def test_it_draws_the_class_that_is_asked_for_as_the_run_would(
    taken: Package, digits: RunFolder, tmp_path: Path
) -> None:
    arguments = ("--count", "5", "--seed", "3", "--label", "7", "--out", "seven.png")
    done = run_python(taken.folder / "sample.py", *arguments, folder=tmp_path)
    assert done.returncode == 0 and done.stdout.strip() == "seven.png", done.stderr
    project = with_facts(digits.read_project(), prepare(digits.read_project()))
    network = build_network(project, "generator").eval()
    network.load_state_dict(read_weights(digits)["generator"])
    with torch.no_grad():
        pictures = draw_samples(find_sampler(project), network, 5, 3, "7")
    drawn, made = preparations(project, "main")["image"].draw(lay_out(pictures)), Image.open(tmp_path / "seven.png")
    assert made.size == (84, 56) and made.tobytes() == drawn.tobytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--label", "eleven"), "invalid choice: 'eleven'"),
        (("--out", "nowhere/samples.png"), "nowhere/samples.png"),
    ],
)
def test_what_it_cannot_draw_is_told_in_a_sentence(taken: Package, tmp_path: Path, arguments, sentence: str) -> None:
    done = run_python(taken.folder / "sample.py", *arguments, folder=tmp_path)
    assert done.returncode and sentence in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("manual_seed(seed)", "manual_seed(seed + 1)", "not equal"),
        ("return model(noise, numbers)", "return None", "sample.py failed in a fresh process"),
    ],
)
def test_a_changed_script_is_not_verified(
    taken: Package, digits: RunFolder, tmp_path: Path, before: str, after: str, word: str
) -> None:
    for name in ("model.py", "model.safetensors"):
        (tmp_path / name).write_bytes((taken.folder / name).read_bytes())
    source = (taken.folder / "sample.py").read_text(encoding="utf-8")
    assert before in source
    (tmp_path / "sample.py").write_text(source.replace(before, after), encoding="utf-8")
    prepared = prepare(digits.read_project())
    found = verify_scripts(tmp_path, with_facts(digits.read_project(), prepared), read_weights(digits), prepared)
    assert not found.verified and word in found.sentence


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["diffusion", "vae"])
def test_pictures_that_are_made_in_steps_or_from_codes_are_drawn_too(home: Path, preset: str) -> None:
    taken = export_run(train_some(preset, "run.max_steps=1"), home / preset)
    assert taken.verified and "drew 16 pictures with sample.py" in taken.verification.sentence
