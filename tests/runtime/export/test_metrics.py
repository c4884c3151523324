"""What another program reads of a run is what the run recorded."""

from __future__ import annotations

import math
import struct
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from tensorboardX.proto.event_pb2 import Event

from runtime.events import Ended
from runtime.export.metrics import write_csv, write_parquet
from runtime.export.tensorboard import MOST_POINTS, write_archive, write_events
from runtime.runs.folder import RunFolder
from runtime.runs.store import scalars
from tests.runtime.runs.made import make_folder, point


@pytest.fixture
def measured(tmp_path: Path) -> RunFolder:
    """A run of 300 steps with two curves, one of which became no number."""
    folder = make_folder(tmp_path)
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step in range(1, 301):
            writer.write(point(step, 1 / step))
        writer.write(point(100, 0.5, "accuracy", "validation"))
        writer.write(point(200, math.nan, "accuracy", "validation"))
        writer.write(Ended("finished"))
    return folder


def test_csv_holds_every_point(measured: RunFolder, tmp_path: Path) -> None:
    write_csv([measured], tmp_path / "metrics.csv")
    table = pd.read_csv(tmp_path / "metrics.csv")
    assert list(table.columns) == ["run", "split", "name", "step", "epoch", "seconds", "value"]
    assert len(table) == 302 and set(table["run"]) == {measured.id}
    losses = table[table["name"] == "loss"]["value"].tolist()
    assert losses == [1 / step for step in range(1, 301)]


def test_parquet_gives_the_same_table(measured: RunFolder, tmp_path: Path) -> None:
    write_parquet([measured], tmp_path / "metrics.parquet")
    table = pd.read_parquet(tmp_path / "metrics.parquet")
    assert table["value"].equals(scalars(measured)["value"])
    assert set(table["split"]) == {"train", "validation"}


def test_several_runs_make_one_table(measured: RunFolder, tmp_path: Path) -> None:
    other = make_folder(tmp_path, "Other")
    with other.lock(), other.writer() as writer:
        writer.write(point(1, 4.0))
    write_csv([measured, other], tmp_path / "metrics.csv")
    counts = pd.read_csv(tmp_path / "metrics.csv").groupby("run").size()
    assert counts[measured.id] == 302 and counts[other.id] == 1


def read_events(file: Path) -> list[Event]:
    """The records of an event file: length, checksum, content, checksum."""
    content, events = file.read_bytes(), []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        events.append(Event.FromString(content[12 : 12 + length]))
        content = content[16 + length :]
    return events


def test_tensorboard_reads_the_curves_by_name_and_part(measured: RunFolder, tmp_path: Path) -> None:
    write_events(measured, tmp_path / "log")
    (file,) = (tmp_path / "log").iterdir()
    points = [
        (value.tag, event.step, value.simple_value)
        for event in read_events(file)
        for value in event.summary.value
        if value.HasField("simple_value")
    ]
    assert [step for tag, step, _ in points if tag == "loss/train"] == list(range(1, 301))
    assert next(value for tag, step, value in points if (tag, step) == ("loss/train", 4)) == 0.25
    assert math.isnan(next(value for tag, step, value in points if (tag, step) == ("accuracy/validation", 200)))


def test_a_long_curve_keeps_its_extremes_in_tensorboard(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    with folder.lock(), folder.writer() as writer:
        for step in range(1, 3 * MOST_POINTS):
            writer.write(point(step, 7.0 if step == 31_337 else math.sin(step)))
    write_events(folder, tmp_path / "log")
    (file,) = (tmp_path / "log").iterdir()
    steps = [event.step for event in read_events(file) for value in event.summary.value if value.tag == "loss/train"]
    assert len(steps) <= MOST_POINTS + 2 and 31_337 in steps
    assert steps[0] == 1 and steps[-1] == 3 * MOST_POINTS - 1


def test_the_archive_unpacks_into_a_folder_of_the_run(measured: RunFolder, tmp_path: Path) -> None:
    write_archive(measured, tmp_path / "tensorboard.zip")
    with zipfile.ZipFile(tmp_path / "tensorboard.zip") as archive:
        (name,) = archive.namelist()
    assert name.startswith(f"{measured.id}/events.out.tfevents.")
