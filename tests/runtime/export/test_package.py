"""What is taken home works without Layerloom, and verification notices when it does not."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from builder.compiler import build_network
from builder.loading import load_project
from runtime.data.prepare import prepare
from runtime.export.card import write_card
from runtime.export.files import write_files
from runtime.export.package import Package
from runtime.export.runs import as_it_ran, describe_run, export_prepared, export_run
from runtime.export.verification import Answers, Verification, compare_answers, verify_files
from runtime.insight.trying import ask
from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.store import scalars
from runtime.runs.weights import read_snapshot, read_weights
from runtime.runs.worker import work
from runtime.session import with_facts

CONTENT = {
    *("model.safetensors", "model.pt", "model.py", "train.py", "predict.py", "project.json", "requirements.txt"),
    *("MODEL_CARD.md", "run.json"),
}
DIGITS = tuple("0123456789")
HOSTILE = "Nice\"\"\"\nimport os\n''' \\ {0} %s </script> `rm` ../../up | a\r\u2028"
ONLY_TORCH = """
import importlib.abc, sys
import torch, safetensors.torch
allowed = {*sys.stdlib_module_names, *(name.split(".")[0] for name in sys.modules), "model"}
class Only(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in allowed:
            raise ImportError(name + " is not to be used here")
sys.meta_path.insert(0, Only())
assert not {"builder", "runtime", "ui", "streamlit", "pydantic", "networkx", "pandas", "PIL"} & allowed
sys.path.insert(0, sys.argv[1])
import model
network = model.Model()
network.load_state_dict(safetensors.torch.load_file(sys.argv[1] + "/model.safetensors"))
network.eval()
with torch.no_grad():
    safetensors.torch.save_file({"output": network(torch.ones(2, *map(int, sys.argv[2:])))}, "output.safetensors")
"""


def train_some(preset: str, *settings: str) -> RunFolder:
    """A run of a preset that took a few steps, in the home of the test."""
    project = change_project(read_project(preset), ["run.checkpoint.every=1", *settings])
    source = project.data["main"]
    embedded = tuple(origin for origin in source.origins if origin.kind == "embedded")
    data = {"main": source.model_copy(update={"origins": embedded, "limit": 60})}
    folder = create_run(project.model_copy(update={"data": data}))
    assert work(folder).status == "finished"
    return folder


@pytest.fixture(scope="module")
def digits(home: Path) -> RunFolder:
    return train_some("mnist_cnn", "run.max_steps=3")


@pytest.fixture(scope="module")
def taken(digits: RunFolder, home: Path) -> Package:
    return export_run(digits, home / "digits")


def run_python(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with nothing of this project on its path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_files_of_a_classifier_of_pictures_are_verified(taken):
    assert taken.verified, taken.verification.sentence
    assert taken.largest_difference is not None
    assert taken.largest_difference < 1e-6
    assert taken.verification.samples > 0
    assert not taken.missing


def test_the_zip_holds_everything_in_one_folder(taken):
    with zipfile.ZipFile(taken.path) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {f"{taken.folder.name}/{name}" for name in CONTENT}
        card = archive.read(f"{taken.folder.name}/MODEL_CARD.md").decode()
    assert taken.verification.sentence in card
    assert {path.name for path in taken.folder.iterdir()} == CONTENT


def test_the_project_in_the_zip_opens_again(taken, digits):
    project = load_project((taken.folder / "project.json").read_bytes())
    assert project.networks == digits.read_project().networks


def test_both_files_of_weights_are_the_run_s(taken, digits):
    weights = read_weights(digits)["model"]
    for found in (
        load_file(taken.folder / "model.safetensors"),
        torch.load(taken.folder / "model.pt", weights_only=True),
    ):
        assert found.keys() == weights.keys()
        assert all(torch.equal(found[name], tensor) for name, tensor in weights.items())


def test_predict_answers_for_a_picture_what_the_network_says(taken, digits, tmp_path):
    prepared = prepare(digits.read_project())
    prepared["main"].raw("validation", 0)["image"].save(tmp_path / "digit.png")
    done = run_python("predict.py", tmp_path / "digit.png", folder=taken.folder)
    assert done.returncode == 0, done.stderr
    network = build_network(with_facts(digits.read_project(), prepared), "model")
    network.load_state_dict(read_weights(digits)["model"])
    with torch.no_grad():
        scores = network.eval()(prepared["main"].parts["validation"]["image"][:1])[0]
    answer = json.loads(done.stdout)
    assert answer["label"] == str(int(scores.argmax()))
    assert answer["confidence"] == pytest.approx(float(scores.softmax(0).max()), abs=1e-5)


def test_the_model_and_its_weights_need_torch_and_safetensors_alone(taken, digits, tmp_path):
    done = run_python("-I", "-c", ONLY_TORCH, taken.folder, 1, 28, 28, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    network = build_network(with_facts(digits.read_project(), prepare(digits.read_project())), "model")
    network.load_state_dict(read_weights(digits)["model"])
    with torch.no_grad():
        expected = network.eval()(torch.ones(2, 1, 28, 28))
    assert torch.allclose(load_file(tmp_path / "output.safetensors")["output"], expected, atol=1e-6)


def test_changed_weights_are_not_verified(taken, digits, tmp_path):
    project, weights, prepared = copy_files(digits, tmp_path)
    assert verify_files(tmp_path, project, weights, prepared).verified
    tensors = load_file(tmp_path / "model.safetensors")
    tensors["linear1.bias"][3] += 0.01
    save_file(tensors, tmp_path / "model.safetensors")
    found = verify_files(tmp_path, project, weights, prepared)
    assert not found.verified
    assert found.largest_difference == pytest.approx(0.01, rel=1e-3)
    assert "not equal" in found.sentence


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ('scaling="unit"', 'scaling="none"', "not equal"),
        (str(DIGITS).replace("'", '"'), str(DIGITS[::-1]).replace("'", '"'), "named otherwise"),
        ("model.eval()", "model.evl()", "evl"),
    ],
    ids=["another preparation", "other names of classes", "a mistake in the code"],
)
def test_a_changed_predict_is_not_verified(digits, tmp_path, before, after, word):
    project, weights, prepared = copy_files(digits, tmp_path)
    source = (tmp_path / "predict.py").read_text(encoding="utf-8")
    assert before in source
    (tmp_path / "predict.py").write_text(source.replace(before, after), encoding="utf-8")
    found = verify_files(tmp_path, project, weights, prepared)
    assert not found.verified
    assert word in found.sentence


def copy_files(run: RunFolder, out: Path):
    """Write a run's files without verifying them, and return what verification needs."""
    prepared = prepare(run.read_project())
    project, weights = with_facts(run.read_project(), prepared), read_weights(run)
    assert not write_files(project, weights, {}, out)
    return project, weights, prepared


@pytest.mark.slow
def test_a_network_that_makes_pictures_writes_them(home, tmp_path):
    run = train_some("pix2pix", "run.max_steps=1", "run.threads=1")
    taken = export_run(run, home / "pictures")
    assert taken.verified, taken.verification.sentence
    Image.new("L", (28, 28), 255).save(tmp_path / "mine.png")
    done = run_python(taken.folder / "predict.py", tmp_path / "mine.png", folder=tmp_path)
    assert done.returncode == 0 and done.stdout.strip() == "mine-answer.png", done.stderr
    made, answered = Image.open(tmp_path / "mine-answer.png"), ask(run, Image.new("L", (28, 28), 255)).picture
    assert made.size == answered.size and made.tobytes() == answered.tobytes()


@pytest.mark.slow
def test_a_network_that_finds_masks_writes_them_as_large_as_the_picture(home, tmp_path):
    run = train_some("unet_masks", "run.max_steps=1", "run.threads=1")
    taken = export_run(run, home / "masks")
    assert taken.verified, taken.verification.sentence
    picture = Image.radial_gradient("L").resize((90, 60)).convert("RGB")
    picture.save(tmp_path / "mine.png")
    done = run_python(taken.folder / "predict.py", tmp_path / "mine.png", "--out", "made", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["mask"] == str(Path("made/mine-mask.png")) and sum(told["shares"].values()) == pytest.approx(1)
    found = ask(run, picture).mask
    with Image.open(tmp_path / told["mask"]) as mask:
        assert (mask.mode, mask.size) == ("P", (90, 60)) and mask.tobytes() == found.mask.tobytes()
    with Image.open(tmp_path / told["overlay"]) as overlay:
        assert overlay.tobytes() == found.overlay.tobytes()
    assert told["shares"] == {one.name: one.share for one in found.classes}


def test_a_regression_is_verified_and_its_training_repeats_from_the_prepared_data(home, tmp_path):
    run = train_some("linear_regression", "run.max_steps=40", "run.threads=1")
    taken = export_run(run, tmp_path)
    assert taken.verified, taken.verification.sentence
    data = export_prepared(run, tmp_path)
    done = run_python("train.py", "--data", data, folder=taken.folder)
    assert done.returncode == 0, done.stderr
    trained = load_file(taken.folder / "trained.safetensors")
    kept = load_file(taken.folder / "model.safetensors")
    assert all(torch.equal(trained[name], tensor) for name, tensor in kept.items())


@pytest.mark.parametrize(
    ("recorded", "threads", "precision"),
    [
        ({"threads": 3, "precision": "bfloat16", "device": "cpu"}, 3, "bfloat16"),
        ({"threads": 1, "precision": "float32", "device": "NVIDIA H200"}, 1, "float32"),
        ({"threads": "1); import os", "precision": "os.system"}, None, "auto"),
        ({}, None, "auto"),
    ],
)
def test_threads_and_precision_are_those_that_were_recorded_not_those_of_the_machine_that_exports(
    home, recorded, threads, precision
):
    run = create_run(read_project("linear_regression"))
    run.write_environment(recorded)
    assert (as_it_ran(run).run.threads, as_it_ran(run).run.precision) == (threads, precision)


@pytest.mark.slow
def test_the_metrics_of_a_package_are_those_of_the_weights_in_it(home, tmp_path):
    settings = ["run.epochs=30", "training.adam.lr=0.5", "run.keep_best.metric=loss", "run.keep_best.mode=min"]
    folder = create_run(change_project(read_project("mlp_iris"), settings))
    assert work(folder).status == "finished"
    told = describe_run(folder, None, read_snapshot(folder).step)
    curve = scalars(folder).query("split == 'validation' and name == 'loss'")
    assert told["step"] == curve.loc[curve["value"].idxmin(), "step"] < curve["step"].max()
    assert told["metrics"]["validation"]["loss"] == curve["value"].min()
    card = write_card(folder.read_project(), told, {})
    assert f"Results after {told['step']} steps" in card and f"{curve['value'].min():.4g}" in card
    last = list_checkpoints(folder.checkpoints)[-1]
    told = describe_run(folder, last["name"], last["step"])
    assert told["metrics"]["validation"]["loss"] == curve.iloc[-1]["value"] and "test" not in told["metrics"]


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [
        ("nope.png", 'There is no file "nope.png", and it is no JSON value either.'),
        ("torn.png", 'The picture "torn.png" cannot be read: it is damaged, too large or of a kind not known here.'),
        ("torn.json", 'The file "torn.json" holds no JSON.'),
    ],
)
def test_predict_says_in_a_sentence_what_it_cannot_read(taken, tmp_path, sample, sentence):
    for name in ("torn.png", "torn.json"):
        (tmp_path / name).write_bytes(b"{torn")
    command = [sys.executable, str(taken.folder / "predict.py"), sample]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip(), done.stdout) == (1, sentence, "")


def test_a_hostile_name_is_words_and_nothing_else(home, tmp_path):
    project = change_project(read_project("mlp_iris"), ["run.max_steps=2"])
    run = create_run(project.model_copy(update={"name": HOSTILE, "description": HOSTILE}))
    assert work(run).status == "finished"
    taken = export_run(run, tmp_path)
    assert taken.verified, taken.verification.sentence
    assert taken.path.parent == tmp_path
    assert {path.name for path in tmp_path.iterdir()} == {taken.path.name, taken.folder.name}
    for name in ("model.py", "train.py", "predict.py"):
        tree = ast.parse((taken.folder / name).read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert "os" not in imported
    card = (taken.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "</script>" not in card
    assert load_project((taken.folder / "project.json").read_bytes()).name == HOSTILE


def test_numbers_that_are_none_are_not_equal_to_numbers():
    good = Answers([[1.0, 2.0]], ["a"])
    assert compare_answers(good, good) == Verification(
        True,
        "A fresh process without Layerloom took 1 raw samples through predict.py: outputs equal to the run's, with no "
        "difference at all.",
        1,
        0.0,
    )
    for outputs in ([[1.0, float("nan")]], [[float("nan"), 2.0]], [[1.0]], [], [[1.0, float("inf")]]):
        assert not compare_answers(good, replace(good, outputs=outputs)).verified
    assert not compare_answers(good, replace(good, answers=["b"])).verified
