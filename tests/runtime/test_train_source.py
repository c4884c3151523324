"""``train.py`` repeats a run: every loss and every weight, bit for bit, in a process that knows only model.py and the data."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from builder.codegen import generate_model, generate_train
from runtime.loop import Session
from tests.builder.drawn import classifier, node
from tests.runtime.prepared import make_up
from tests.runtime.test_loop import augmented, losses, run_all, small_cnn

VARIANTS = {
    "plain": {},
    "clipped and accumulated": {"clip_norm": 0.5, "accumulate": 2},
    "cosine": {"schedule": {"kind": "cosine", "warmup": 2}},
    "steps of epochs": {"schedule": {"kind": "step", "size": 1, "gamma": 0.5}},
    "plateau": {"schedule": {"kind": "plateau", "patience": 0}},
    "groups": {"weight_decay": 0.1, "groups": [{"match": "biases_and_norms", "weight_decay": 0.0}]},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_exported_training_repeats_the_run(variant, tmp_path):
    adam = node("adam", "Adam", networks=["model"], lr=0.01, **VARIANTS[variant])
    keep = {"metric": "accuracy", "mode": "max"}
    project = augmented(classifier(small_cnn(), adam, epochs=3, keep_best=keep))
    prepared = make_up(project)
    threads = torch.get_num_threads()
    session = Session.create(project, prepared, torch.device("cpu"))
    events = run_all(session)

    (tmp_path / "model.py").write_text(generate_model(project))
    (tmp_path / "train.py").write_text(f"import torch\ntorch.set_num_threads({threads})\n" + generate_train(project).replace(
        "from __future__ import annotations\n", ""))  # fmt: skip
    parts = prepared["main"].parts
    save_file(
        {f"main.{part}.{f}": t.contiguous() for part, fields in parts.items() for f, t in fields.items()},
        tmp_path / "prepared.safetensors",
    )
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "losses.csv").open() as file:
        assert [float(row["loss"]) for row in csv.DictReader(file)] == losses(events)
    weights = load_file(tmp_path / "trained.safetensors")
    assert all(torch.equal(weights[name], tensor) for name, tensor in session.network_tensors()["model"].items())
