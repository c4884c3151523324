"""The pen of a run: takes events from the loop, keeps them for a moment, and writes them to ``run.db`` together."""

from __future__ import annotations

import gzip
import json
import math
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from runtime.events import Diagnosis, Ended, Event, Look, Phase, Progress, Sample, Scalars, Status, Table
from runtime.runs.doctor_rows import NOTE_DIAGNOSIS
from runtime.runs.files import sync_file
from runtime.runs.look_rows import MOST_LOOKS, describe_look, thin_looks
from runtime.runs.pyramid import PyramidBuilder
from runtime.runs.schema import open_for_writing
from runtime.runs.standing import Series, load_last_steps, load_series, read_number
from runtime.runs.thinning import thin_samples

FLUSH_SECONDS = 0.25
LARGEST_PAYLOAD = 16_384
THIN_AFTER, THIN_AFTER_BYTES = 50, 8 * 2**20
"""How many samples, or bytes of them, are added before the earlier ones are thinned out again."""

Row = tuple[Any, ...]


class RunWriter:
    """Writes what a run reports, in batches, from a thread of its own, so that the loop waits for no disk.

    A curve only grows. A resumed run that passes over steps which were recorded before it was cut writes them a second time
    nowhere: its numbers are the same ones, and who reads along never sees a point vanish.
    """

    def __init__(self, database: Path, samples: Path) -> None:
        self.connection = open_for_writing(database)
        self.log = database.with_name(f"{database.name}-wal")
        self.samples = samples
        self.waiting: list[Event | str] = []
        self.guard = threading.Lock()
        self.flushing = threading.Lock()
        self.failure: Exception | None = None
        self.recall()
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self.flush_again_and_again, name="run-writer", daemon=True)
        self.thread.start()

    def recall(self) -> None:
        """Learn from the database where every curve and sample stands."""
        self.series = load_series(self.connection)
        self.last_steps: dict[tuple[str, str, str], int] = load_last_steps(self.connection)
        self.next_sample = read_number(self.connection, "SELECT MAX(id) FROM samples") + 1
        self.is_ahead = False
        self.num_unthinned, self.bytes_unthinned = THIN_AFTER, 0
        self.num_looks = read_number(self.connection, "SELECT COUNT(*) FROM looks")

    def write(self, event: Event) -> None:
        """Take in an event; it is on disk within a quarter of a second. Raises what made an earlier one fail."""
        if self.failure is not None:
            raise self.failure
        with self.guard:
            self.waiting.append(event)

    def write_notice(self, text: str) -> None:
        """Record a sentence that people must see beside the run."""
        with self.guard:
            self.waiting.append(text)

    def write_status(
        self, status: Status, reason: str = "", advice: str = "", metrics: dict[str, dict[str, float]] | None = None
    ) -> None:
        """Record what became of the run, and see it on disk, even if something could not be written before."""
        with self.guard:
            self.waiting.append(Ended(status, reason, advice, metrics or {}))
        self.flush()

    def write_end_alone(self, ended: Ended) -> None:
        """Record how the run ended where the disk does not take all that waits: that is given up.

        Nobody has read it, and no checkpoint stands behind it, so a resumed run does it and reports it again. Raises
        sqlite3.Error or OSError where the disk does not take even this.
        """
        with self.flushing, self.guard:
            self.waiting.clear()
            self.write_batch([ended])

    def settle(self) -> None:
        """Write everything that waits and make it outlast a power cut: what follows will take it for granted."""
        self.flush()
        with self.flushing, suppress(FileNotFoundError):
            sync_file(self.log)

    def flush(self) -> None:
        """Write everything that waits. Raises sqlite3.Error or OSError where the disk does not take it."""
        with self.flushing:
            with self.guard:
                events, self.waiting = self.waiting, []
            try:
                if events:
                    self.write_batch(events)
            except Exception:
                with self.guard:
                    self.waiting = [*events, *self.waiting]
                raise
            if self.num_unthinned >= THIN_AFTER or self.bytes_unthinned >= THIN_AFTER_BYTES:
                self.thin()
            if self.num_looks > 2 * MOST_LOOKS:
                self.thin_looks()

    def thin(self) -> None:
        """Let go of samples that need not stay. Where that fails nothing is lost, and it is tried again later."""
        self.num_unthinned = self.bytes_unthinned = 0
        with suppress(sqlite3.Error, OSError):
            thin_samples(self.connection, self.samples)

    def thin_looks(self) -> None:
        """Let go of looks that need not stay, as of samples."""
        with suppress(sqlite3.Error):
            thin_looks(self.connection)
        self.num_looks = MOST_LOOKS

    def write_batch(self, events: Sequence[Event | str]) -> None:
        """Write events as one transaction: all of them or none.

        What the writer knows of the curves runs ahead of the database while a batch is made. After a failure it is read
        from there again, before the same events come a second time: they would be taken for written otherwise.
        """
        if self.is_ahead:
            self.recall()
        batch = Batch(self)
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self.is_ahead = True
            for event in events:
                batch.add(event)
            batch.store()
            self.connection.execute("COMMIT")
            self.is_ahead = False
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def flush_again_and_again(self) -> None:
        """The thread's work until the writer is closed. A failure is kept for the loop, which hears of it at its next event.

        A stranger who holds the database, such as a backup, is waited for.
        """
        while not self.closed.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except Exception as error:
                if is_busy(error):
                    continue
                self.failure = error
                return

    def close(self) -> None:
        """Write what waits and let go of the database."""
        self.closed.set()
        self.thread.join()
        try:
            self.flush()
        finally:
            self.connection.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Batch:
    """The rows of one transaction."""

    def __init__(self, writer: RunWriter) -> None:
        self.writer = writer
        self.scalars: list[Row] = []
        self.buckets: list[Row] = []
        self.others: list[tuple[str, Row]] = []
        self.latest: dict[str, Any] = {}

    def add(self, event: Event | str) -> None:
        """Turn an event into rows."""
        match event:
            case str():
                sql = (
                    "INSERT INTO notices (at, text) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM notices WHERE text = ?)"
                )
                self.others.append((sql, (now(), event, event)))
            case Scalars():
                self.add_scalars(event)
            case Progress():
                self.latest["progress"] = asdict(event)
            case Phase():
                self.latest |= {"phase": event.name, "detail": event.detail}
                self.others.append(
                    ("INSERT INTO phases (at, name, detail) VALUES (?, ?, ?)", (now(), event.name, event.detail))
                )
            case Table():
                self.add_table(event)
            case Sample():
                self.add_sample(event)
            case Look():
                self.add_look(event)
            case Diagnosis():
                self.add_diagnosis(event)
            case Ended():
                self.latest["status"] = event.status
                row = (now(), event.status, event.reason, event.advice, to_json(event.metrics))
                sql = "INSERT INTO statuses (at, status, reason, advice, metrics) VALUES (?, ?, ?, ?, ?)"
                self.others.append((sql, row))

    def add_scalars(self, event: Scalars) -> None:
        """Add a point to each curve that has not passed this step yet."""
        for name, value in event.values.items():
            series = self.find_series(event.split, name)
            if event.step <= series.last_step:
                continue
            point, series.last_step = series.pyramid.num_points, event.step
            self.scalars.append((series.id, point, event.step, event.epoch, event.seconds, float(value)))
            for bucket in series.pyramid.add(float(value)):
                self.buckets.append((series.id, bucket.level, bucket.number, bucket.low, bucket.high))

    def find_series(self, split: str, name: str) -> Series:
        """Return the curve of that name, a new one where it has its first point."""
        known = self.writer.series
        if (split, name) not in known:
            known[split, name] = Series(len(known) + 1, -1, PyramidBuilder())
            self.others.append(("INSERT INTO series (id, split, name) VALUES (?, ?, ?)", (len(known), split, name)))
        return known[split, name]

    def add_table(self, event: Table) -> None:
        """Add a metric that is not one number."""
        if self.is_new("tables", event.split, event.node, event.step):
            row = (event.step, event.split, event.node, to_json(event.value))
            self.others.append(("INSERT INTO tables (step, split, node, value) VALUES (?, ?, ?, ?)", row))

    def add_sample(self, event: Sample) -> None:
        """Add a sample; a large one becomes a file, which is there before a row speaks of it."""
        if not self.is_new("samples", "", event.node, event.step):
            return
        id, self.writer.next_sample = self.writer.next_sample, self.writer.next_sample + 1
        payload, file = to_json(event.payload), None
        if len(payload) > LARGEST_PAYLOAD:
            file = f"{id:08d}.json.gz"
            (self.writer.samples / file).write_bytes(gzip.compress(payload.encode(), compresslevel=1))
        self.writer.num_unthinned += 1
        self.writer.bytes_unthinned += len(payload)
        row = (id, event.step, event.node, None if file else payload, file)
        self.others.append(("INSERT INTO samples (id, step, node, payload, file) VALUES (?, ?, ?, ?, ?)", row))

    def add_look(self, event: Look) -> None:
        """Add a look, with its light part apart from the whole."""
        if self.is_new("looks", "", "", event.step):
            self.writer.num_looks += 1
            self.others.append(
                ("INSERT INTO looks (step, light, whole) VALUES (?, ?, ?)", describe_look(event, to_json))
            )

    def add_diagnosis(self, event: Diagnosis) -> None:
        """Note that something was found, or is found no more."""
        row = (event.key, event.step, event.step, event.is_open, to_json(event.finding))
        self.others.append((NOTE_DIAGNOSIS, row))

    def is_new(self, table: str, split: str, node: str, step: int) -> bool:
        """Whether this step is past what was recorded before, and from now on it is recorded."""
        key = (table, split, node)
        if step <= self.writer.last_steps.get(key, -1):
            return False
        self.writer.last_steps[key] = step
        return True

    def store(self) -> None:
        """Execute the statements."""
        connection = self.writer.connection
        for sql, row in self.others:
            connection.execute(sql, row)
        connection.executemany("INSERT INTO scalars VALUES (?, ?, ?, ?, ?, ?)", self.scalars)
        connection.executemany("INSERT INTO pyramid VALUES (?, ?, ?, ?, ?)", self.buckets)
        latest = [(name, to_json(value)) for name, value in self.latest.items()]
        connection.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?)", latest)


def is_busy(error: BaseException) -> bool:
    """Whether somebody else holds the database."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def now() -> str:
    """This moment, as it is written everywhere in a run. Clocks are set back: the order of rows is that of their ids."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def to_json(value: Any) -> str:
    """Write JSON that every reader takes: what is not a finite number becomes null."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(without_infinities(value), allow_nan=False, separators=(",", ":"))


def without_infinities(value: Any) -> Any:
    """Replace NaN and infinities by None, however deep they lie."""
    if isinstance(value, dict):
        return {key: without_infinities(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_infinities(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
