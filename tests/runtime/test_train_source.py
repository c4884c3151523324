"""``train.py`` repeats a run: every loss and every weight, bit for bit, in a process that knows only model.py and the data."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from builder.codegen import generate_model, generate_train
from builder.document import Project
from builder.planner import PlanError
from runtime.events import Scalars
from runtime.loop import Session
from tests.builder.drawn import classifier, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.algorithms import ALGORITHMS
from tests.runtime.prepared import make_up
from tests.runtime.preset_algorithms import PRESET_ALGORITHMS
from tests.runtime.test_loop import augmented, run_all, small_cnn
from tests.runtime.test_turns import flat, two_losses, with_params
from tests.runtime.wider_algorithms import WIDER_ALGORITHMS

KEEP = {"metric": "accuracy", "mode": "max"}
STOP = {"metric": "loss", "mode": "min", "patience": 2}
ADAM = {"networks": ["model"], "lr": 0.01}
BETWEEN = {"every": 2, "unit": "step"}
TRAIN_ALL = """
import os, runpy, sys, traceback
for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.path[0], sys.argv = folder, ["train.py"]
    sys.modules.pop("model", None)
    try:
        runpy.run_path("train.py", run_name="__main__")
    except Exception:
        with open("error.txt", "w") as file:
            traceback.print_exc(file=file)
"""

OPTIMIZERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "clipped and accumulated": {"clip_norm": 0.5, "accumulate": 2},
    "cosine": {"schedule": {"kind": "cosine", "warmup": 2}},
    "cosine of steps, accumulated": {"schedule": {"kind": "cosine", "unit": "step"}, "accumulate": 2},
    "steps of epochs": {"schedule": {"kind": "step", "size": 1, "gamma": 0.5}},
    "plateau": {"schedule": {"kind": "plateau", "patience": 0}},
    "groups": {"weight_decay": 0.1, "groups": [{"match": "biases_and_norms", "weight_decay": 0.0}]},
    "every second step": {"when": {"every": 2}},
    "from a step on": {"when": {"from": 2, "until": 7}},
    "every second epoch": {"when": {"every": 2, "unit": "epoch"}},
    "counted turns": {"when": {"every": 2}, "accumulate": 2, "schedule": {"kind": "one_cycle"}},
    "never": {"when": {"from": 10_000}},
}
RUNS: dict[str, dict[str, Any]] = {
    "ends early by another metric": {"epochs": 40, "early_stopping": {**STOP, "min_delta": 0.05}},
    "ends early in an epoch": {"epochs": 40, "early_stopping": {**STOP, "min_delta": 0.05}, "validation": BETWEEN},
    "ends early and keeps nothing": {"epochs": 40, "early_stopping": {**STOP, "min_delta": 0.05}, "keep_best": None},
    "validated every third epoch": {"epochs": 5, "validation": {"every": 3, "unit": "epoch"}},
    "validated in an epoch": {"validation": BETWEEN},
    "cut short": {"max_steps": 7, "validation": {"every": 2, "unit": "epoch"}},
    "cut short and validated in an epoch": {"max_steps": 7, "validation": {"every": 4, "unit": "step"}},
    "in mixed precision": {"precision": "bfloat16", "epochs": 2},
    "with fused kernels and channels last": {"optimizer_kernels": "fused", "memory_format": "channels_last"},
}
TAKING_TURNS = """
            y = train["y"][rows]
            if (step + 1) % 2 == 0:
                predict = model(x)
                loss = criterion(predict, y)
                adam.zero_grad()
                loss.backward()
                adam.step()
                log.append({"loss": loss.detach()})
            else:
                log.append({})
            step += 1
"""
PLATEAU = {"schedule": {"kind": "plateau", "patience": 1, "factor": 0.5, "metric": "loss"}}


def with_two(second_when: dict[str, Any], **first: Any) -> Project:
    """Two optimizers with losses of their own; the second one takes turns."""
    orders = (0, 1) if first.pop("in_turn", True) else (0, 0)
    project = with_params(two_losses(two_optimizers(*orders)), "second", when=second_when)
    run = classifier(flat(), epochs=3).run
    return with_params(project, "first", **first).model_copy(update={"run": run})


def in_two_modes() -> Project:
    """One network called in training mode by the loss and in eval mode by another loss that is only logged in part."""
    project = classifier(small_cnn(), node("adam", "Adam", **ADAM), epochs=3, keep_best=KEEP)
    old = project.training
    rested = [node("rested", "Network", network="model", mode="eval"), node("calm", "CrossEntropyLoss")]
    rested += [node("both", "Formula", expression="a + b")]
    links = [edge for edge in old.edges if edge.target != "adam"]
    pairs = [("data", "x", "rested", "x"), ("rested", "scores", "calm", "input"), ("data", "y", "calm", "target"),
             ("loss", "output", "both", "a"), ("calm", "output", "both", "b"), ("both", "output", "adam", "loss")]  # fmt: skip
    made = [links[0].model_copy(update=dict(zip(("source", "source_port", "target", "target_port"), pair, strict=True)))
            for pair in pairs]  # fmt: skip
    changed = old.model_copy(update={"nodes": (*old.nodes, *rested), "edges": (*links, *made)})
    return project.model_copy(update={"training": changed})


def in_bfloat16(project: Project) -> Project:
    """The project in mixed precision, its second source in an order of classes."""
    run = project.run.model_copy(update={"precision": "bfloat16", "epochs": 2})
    return with_params(project.model_copy(update={"run": run}), "b", shuffle=False, batch_size=15, drop_last=False)


def make_projects() -> dict[str, Project]:
    """Every project whose training is printed here."""
    base = {"epochs": 3, "keep_best": KEEP}
    projects = {
        name: augmented(classifier(small_cnn(), node("adam", "Adam", **ADAM, **params), **base))
        for name, params in OPTIMIZERS.items()
    }
    projects |= {
        name: classifier(small_cnn(), node("adam", "Adam", **ADAM, **PLATEAU), **{**base, **run})
        for name, run in RUNS.items()
    }
    plain = classifier(small_cnn(), node("adam", "Adam", **ADAM), **base)
    several = ALGORITHMS | WIDER_ALGORITHMS | PRESET_ALGORITHMS
    projects |= {f"{name} of several networks": drawn for name, (drawn, _) in several.items()}
    return projects | {
        "fewer samples than a batch": with_params(plain, "data", batch_size=100, drop_last=True),
        "balanced classes": with_params(plain, "data", sampling="balanced"),
        "a network in eval mode": with_params(plain, "predict", mode="eval"),
        "a network in two modes": in_two_modes(),
        "two in turn": with_two({"every": 2}),
        "two together": with_two({"every": 2}, in_turn=False),
        "two, each with turns": with_two({"every": 2}, when={"from": 3}),
        "unpaired sources in mixed precision": in_bfloat16(WIDER_ALGORITHMS["cyclegan"][0]),
        "two, the first adds up gradients": with_two({"every": 3}, accumulate=2),
    }


PROJECTS = make_projects()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The printed training of all of them, done in one process that has never heard of this project."""
    root = tmp_path_factory.mktemp("trained")
    threads = torch.get_num_threads()
    for name, project in PROJECTS.items():
        folder = root / name
        folder.mkdir()
        run = project.run.model_copy(update={"threads": threads})
        (folder / "model.py").write_text(generate_model(project))
        (folder / "train.py").write_text(generate_train(project.model_copy(update={"run": run})))
        sources = make_up(project).items()
        tensors = {f"{name}.{part}.{field}": tensor.contiguous() for name, source in sources
                   for part, fields in source.parts.items() for field, tensor in fields.items()}  # fmt: skip
        save_file(tensors, folder / "prepared.safetensors")
    folders = [str(root / name) for name in PROJECTS]
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_ALL, *folders], cwd=root, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return root


def read_losses(path: Path) -> list[dict[str, float]]:
    """What each step logged; nothing for one in which nobody acted."""
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row.pop("step")) for row in rows] == list(range(1, len(rows) + 1))
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


@pytest.mark.parametrize("name", PROJECTS)
def test_the_exported_training_repeats_the_run(name, trained):
    folder = trained / name
    assert not (folder / "error.txt").exists(), (folder / "error.txt").read_text()
    project = PROJECTS[name]
    session = Session.create(project, make_up(project), torch.device("cpu"))
    logged: list[dict[str, float]] = []
    losses = set(session.plan.logged_losses())
    for event in run_all(session):
        if isinstance(event, Scalars) and event.split == "train" and losses & event.values.keys():
            logged += [{}] * (event.step - 1 - len(logged)) + [event.values]
    logged += [{}] * (session.step - len(logged))
    assert read_losses(folder / "losses.csv") == logged
    weights = load_file(folder / "trained.safetensors")
    networks = session.network_tensors()
    kept = {key if len(networks) == 1 else f"{network}.{key}": tensor
            for network, tensors in networks.items() for key, tensor in tensors.items()}  # fmt: skip
    assert weights.keys() == kept.keys()
    assert [key for key in kept if not torch.equal(weights[key], kept[key])] == []


@pytest.mark.parametrize("name", [name for name in RUNS if name.startswith("ends early")])
def test_these_runs_do_end_early(name, trained):
    assert len(read_losses(trained / name / "losses.csv")) < 40 * 3


def test_classes_are_balanced_in_what_is_printed_as_in_the_run():
    assert 'balance_samples(train["y"], SEED, epoch)' in generate_train(PROJECTS["balanced classes"])


def test_a_step_with_turns_reads_as_a_person_would_write_it():
    adam = node("adam", "Adam", **ADAM, when={"every": 2})
    source = generate_train(classifier(small_cnn(), adam))
    assert TAKING_TURNS in source


@pytest.mark.parametrize(
    ("wish", "chosen"), [("cpu", '"cpu"'), ("auto", '"cuda" if torch.cuda.is_available() else "cpu"')]
)
def test_a_run_that_asks_for_the_cpu_is_repeated_there(wish, chosen):
    source = generate_train(classifier(small_cnn(), device=wish))
    assert f"    device = torch.device({chosen})\n" in source


def test_what_two_branches_share_is_printed_once():
    source = generate_train(PROJECTS["two in turn"])
    assert source.count("first.step()") == 1 and source.count("second.step()") == 1


def test_so_many_different_turns_that_nobody_would_read_the_branches_are_refused(monkeypatch):
    monkeypatch.setattr("builder.codegen.train_source.MOST_QUESTIONS", 1)
    with pytest.raises(PlanError, match="up to 1 different turns"):
        generate_train(PROJECTS["two, each with turns"])
