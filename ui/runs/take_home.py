"""Taking a run home: made and verified beside the page, found again after a reload, and downloaded file by file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from runtime.data.errors import DataError
from runtime.data.located import Report
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from ui.jobs import Jobs

FOLDER = "take-home"
DATA = "prepared.safetensors"
WANTED = "take_home"
STAGES = {
    "Reading the weights": 0.05,
    "Preparing the data": 0.15,
    "Writing code and weights": 0.4,
    "Verifying in a fresh process": 0.5,
    "Zipping": 0.95,
}
HELP = {
    "model.py": "the network as PyTorch code",
    "model.safetensors": "the weights",
    "model.pt": "the weights as a state_dict of PyTorch",
    "model_original_names.safetensors": "the weights, by the names of the class or library that the network comes from",
    "train.py": "trains it again",
    "predict.py": "raw sample in, answer out",
    "sample.py": "draws as many new pictures as one likes",
    "project.json": "opens again in the gallery",
    "requirements.txt": "what the code needs",
    "MODEL_CARD.md": "data, settings, metrics, versions",
    "run.json": "metrics, versions and verification, for programs",
    DATA: "the data for train.py --data",
}
JOBS: Final[Jobs[tuple[str, str], Any]] = Jobs(RunError, DataError)
"""The work on the ``files`` or the ``data`` of a run."""


@dataclass(frozen=True)
class Parcel:
    """What lies ready of a run."""

    archive: Path
    files: tuple[Path, ...]
    report: dict[str, Any]

    @property
    def is_verified(self) -> bool:
        """Whether the files gave the run's own outputs in a fresh process."""
        return bool(self.report.get("verification", {}).get("verified"))


def is_being_made(run: str) -> bool:
    """Whether anything is being made of a run."""
    return any(job is not None and job.is_running for job in (JOBS.find((run, "files")), JOBS.find((run, "data"))))


def ask_for(folder: RunFolder) -> None:
    """Have the files made where they were not made before, and show them on the run's page in this tab."""
    st.session_state[WANTED] = folder.id
    if find_parcel(folder) is None:
        begin(folder, None)


def begin(folder: RunFolder, checkpoint: str | None) -> None:
    """Make and verify the files, unless that is being done already."""
    from runtime.export.runs import export_run

    def work(report: Report) -> None:
        export_run(folder, checkpoint=checkpoint, progress=lambda doing: report(doing, STAGES.get(doing, 0.5)))

    JOBS.begin((folder.id, "files"), work)


def begin_data(folder: RunFolder) -> None:
    """Write the prepared data, unless that is being done already."""
    from runtime.export.runs import export_prepared

    JOBS.begin((folder.id, "data"), lambda report: export_prepared(folder, progress=report))


def find_parcel(folder: RunFolder) -> Parcel | None:
    """What was made of a run before; None where nothing was."""
    place = folder.path / FOLDER
    archives = sorted(place.glob("*.zip")) if place.is_dir() else []
    if not archives:
        return None
    single = place / archives[0].stem
    try:
        report = json.loads((single / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        report = {}
    files = sorted(single.iterdir(), key=rank) if single.is_dir() else []
    return Parcel(archives[0], tuple(files), report)


def find_data(folder: RunFolder) -> Path | None:
    """The prepared data of a run; None where it was not written."""
    data = folder.path / FOLDER / DATA
    return data if data.is_file() else None


def rank(file: Path) -> int:
    """Where a file stands in the list."""
    names = list(HELP)
    return names.index(file.name) if file.name in names else len(names)


def find_file(folder: RunFolder, name: str) -> Path | None:
    """A file of what lies ready, by its name alone; None for anything else."""
    parcel, data = find_parcel(folder), find_data(folder)
    found = [parcel.archive, *parcel.files] if parcel else []
    return next((file for file in (*found, data) if file is not None and file.name == name), None)
