"""A project's exported code, run as a person runs it who has nothing of Layerloom."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.codegen import generate_model, generate_train
from builder.document import Project
from runtime.data.prepare import PreparedSource


def train_exported(project: Project, sources: Mapping[str, PreparedSource], folder: Path) -> dict[str, Tensor]:
    """Train with ``train.py`` on prepared data, in a process without Layerloom; returns the trained weights.

    What it prints lies in ``output.txt`` beside it.
    """
    (folder / "model.py").write_text(generate_model(project))
    (folder / "train.py").write_text(generate_train(project))
    parts = sources["main"].parts.items()
    kept = {f"main.{part}.{key}": tensor.contiguous() for part, fields in parts for key, tensor in fields.items()}
    save_file(kept, folder / "prepared.safetensors")
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=folder, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "output.txt").write_text(done.stdout)
    return load_file(folder / "trained.safetensors")
