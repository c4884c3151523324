"""Puts the take-home files of a run into one zip, and verifies them before anybody gets it."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from builder.document import Project
from runtime.data.prepare import PreparedSource, prepare
from runtime.export.card import write_card
from runtime.export.files import list_names, write_files
from runtime.export.sample_verification import verify_scripts
from runtime.export.verification import Verification
from runtime.session import with_facts

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Package:
    """A zip that is ready to be taken home, the folder with the single files, and what verification found.

    Attributes:
        path: the zip.
        folder: with the single files.
        verification: what a fresh process found.
        missing: files that could not be written, each with the sentence that says why.
    """

    path: Path
    folder: Path
    verification: Verification
    missing: Mapping[str, str]

    @property
    def verified(self) -> bool:
        """Whether the files gave the run's own outputs in a fresh process."""
        return self.verification.verified

    @property
    def largest_difference(self) -> float | None:
        """The largest difference between the two."""
        return self.verification.largest_difference


def build_package(
    project: Project,
    weights: Mapping[str, Mapping[str, Tensor]],
    report: dict[str, Any],
    out: Path,
    name: str,
    prepared: Mapping[str, PreparedSource] | None = None,
    progress: Progress = lambda _: None,
) -> Package:
    """Write, verify and zip the files of a run.

    Args:
        project: the run's project.
        weights: tensors by network and name.
        report: what the model card tells of the run.
        out: the folder that gets ``<name>/`` and ``<name>.zip``; what was there under these names is replaced.
        name: of the files.
        prepared: the run's data, prepared again where it is not given.
        progress: told what is being done.
    """
    progress("Preparing the data")
    prepared = prepared or prepare(project)
    project = with_facts(project, prepared)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        progress("Writing code and weights")
        missing = write_files(project, weights, report, folder)
        progress("Verifying in a fresh process")
        verification = verify_scripts(folder, project, weights, prepared)
        told = {**report, "verification": asdict(verification), "missing": missing}
        (folder / "MODEL_CARD.md").write_text(write_card(project, told, missing, list_names(folder)), encoding="utf-8")
        (folder / "run.json").write_text(json.dumps(told, indent=2, default=str), encoding="utf-8")
        shutil.rmtree(folder / "__pycache__", ignore_errors=True)
        progress("Zipping")
        packed = zip_folder(folder, Path(scratch) / f"{name}.zip")
        shutil.rmtree(out / name, ignore_errors=True)
        folder.replace(out / name)
        packed.replace(out / f"{name}.zip")
    return Package(out / f"{name}.zip", out / name, verification, missing)


def zip_folder(folder: Path, path: Path) -> Path:
    """Zip the files of a folder, in a folder of the same name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{folder.name}/{file.name}")
    return path


def write_prepared(project: Project, path: Path, prepared: Mapping[str, PreparedSource] | None = None) -> Path:
    """Write the prepared data for ``train.py --data``: one tensor for each source, part and field."""
    found = prepared or prepare(project)
    tensors = {
        f"{name}.{part}.{field}": tensor.clone(memory_format=torch.contiguous_format)
        for name, source in found.items()
        for part, fields in source.parts.items()
        for field, tensor in fields.items()
    }
    temporary = path.with_suffix(".part")
    save_file(tensors, temporary)
    temporary.replace(path)
    return path
