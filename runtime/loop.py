"""The training loop. It yields events and knows nothing of files, screens or processes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from builder.document import Every
from runtime.evaluation import Measured
from runtime.events import CheckpointDue, Ended, Event, Phase, Progress, Reason, Sample, Scalars, Split, Table
from runtime.session import Session

FLUSH_SECONDS = 0.25
SAMPLE_SECONDS = 1.0
CHECKPOINT_SECONDS = 5.0
FIRST_CHECKPOINT_SECONDS = 1.0
"""The first checkpoint does not wait for the end of an epoch: with it the network can be tried."""
LONGEST_UNSAVED_SECONDS = 60.0
"""However long an epoch is, no more than this is lost to a power cut."""
DIVERGED = "lower the learning rate, clip gradients with clip_norm, or scale the inputs"

__all__ = ["Session", "train"]


def train(session: Session, command: Callable[[], str]) -> Iterator[Event]:
    """Train until the end, or until ``command`` answers ``pause`` or ``stop``. The last event is always Ended."""
    yield from Loop(session, command).run()


class Loop:
    """One stretch of training, from a fresh or a restored session."""

    def __init__(self, session: Session, command: Callable[[], str]) -> None:
        self.session, self.command = session, command
        self.run_settings = session.project.run
        self.pending: list[tuple[int, float, dict[str, Tensor]]] = []
        self.started = time.perf_counter() - session.seconds
        self.flushed = self.sampled = 0.0
        self.saved = time.perf_counter()
        self.is_saved = session.step > 0
        self.window = (time.perf_counter(), session.step)
        self.sampled_step = self.validated_step = -1

    def run(self) -> Iterator[Event]:
        """The whole run."""
        session = self.session
        yield Phase("warming up")
        if session.step == 0:
            yield from self.sample()
        while session.step < session.steps:
            word = self.command()
            if word != "run":
                yield from self.leave(word)
                return
            self.keep_log(session.run_step())
            if not self.flushed:
                self.saved = time.perf_counter()
                yield Phase("training")
            flushed = self.flushed
            if time.perf_counter() - flushed > FLUSH_SECONDS:
                yield from self.flush()
            yield from self.after_step()
            if self.flushed != flushed and self.is_diverged():
                yield self.diverged()
                return
            if session.best.get("waited", 0) >= self.patience:
                break
        yield from self.finish()

    @property
    def patience(self) -> float:
        """How many validations without improvement end the run."""
        early = self.run_settings.early_stopping
        return early.patience if early else math.inf

    def keep_log(self, log: dict[str, Tensor]) -> None:
        """Keep a step's losses on the device; they are read together later."""
        self.pending.append((self.session.step, self.session.part_of_epoch, log))

    def after_step(self) -> Iterator[Event]:
        """What is due between two steps: the end of an epoch, validation, a checkpoint."""
        session = self.session
        ended = session.lead.position >= session.lead.num_batches
        if self.is_due(self.run_settings.validation, ended) and session.step < session.steps:
            yield from self.validate()
        if ended:
            if time.perf_counter() - self.flushed > FLUSH_SECONDS / 2:
                yield from self.flush()
            if session.step < session.steps:
                for metric in session.machinery.metrics.values():
                    metric.reset()
                session.end_epoch()
        if self.is_checkpoint_due(ended) and session.step < session.steps:
            yield from self.checkpoint("interval")

    def is_checkpoint_due(self, ended: bool) -> bool:
        """Whether a checkpoint is made now: soon after the beginning, then as often as the run's settings say."""
        rested = time.perf_counter() - self.saved
        if not self.is_saved:
            return rested > FIRST_CHECKPOINT_SECONDS
        is_due = rested > CHECKPOINT_SECONDS and self.is_due(self.run_settings.checkpoint, ended)
        return is_due or rested > LONGEST_UNSAVED_SECONDS

    def is_due(self, every: Every, ended: bool) -> bool:
        """Whether something that happens every so often happens now."""
        if every.unit == "step":
            return self.session.step % every.every == 0
        return ended and (self.session.epoch + 1) % every.every == 0

    def flush(self) -> Iterator[Event]:
        """Read what has gathered on the device since the last time and report it."""
        now = time.perf_counter()
        if self.pending:
            yield from self.read_losses()
            results = {id: metric.compute() for id, metric in self.session.machinery.metrics.items()}
            values = {id: r for id, r in results.items() if not isinstance(r, list) and math.isfinite(r)}
            values |= {f"{id}.lr": item.learning_rate for id, item in self.session.machinery.optimizing.items()}
            yield self.scalars("train", values)
            self.session.last_metrics["train"] = {**self.session.last_metrics.get("train", {}), **values}
        yield self.progress(now)
        self.flushed = time.perf_counter()
        if self.flushed - self.sampled > SAMPLE_SECONDS:
            yield from self.sample()

    def read_losses(self) -> Iterator[Event]:
        """One row a step, read in one piece."""
        pending, self.pending = self.pending, []
        names = list(pending[0][2])
        table = torch.stack(
            [torch.stack([log[name].reshape(()).float() for name in names]) for _, _, log in pending]
        ).tolist()
        for (step, epoch, _), row in zip(pending, table, strict=True):
            yield Scalars(step, epoch, self.seconds(), "train", dict(zip(names, row, strict=True)))
        train = self.session.last_metrics.setdefault("train", {})
        train.update(dict(zip(names, table[-1], strict=True)))

    def is_diverged(self) -> bool:
        """Whether the newest losses are no numbers any more."""
        train = self.session.last_metrics.get("train", {})
        return any(not math.isfinite(train[id]) for id in self.session.plan.logged_losses() if id in train)

    def diverged(self) -> Ended:
        """The end of a run whose loss is no number."""
        train = self.session.last_metrics["train"]
        name = next(id for id in self.session.plan.logged_losses() if not math.isfinite(train.get(id, 0.0)))
        word = "infinite" if math.isinf(train[name]) else "not a number"
        reason = f'The loss "{name}" became {word} at step {self.session.step:,}.'
        return Ended("failed", reason, f"The steps were too large: {DIVERGED}.", self.session.last_metrics)

    def seconds(self) -> float:
        """Seconds of training so far."""
        self.session.seconds = time.perf_counter() - self.started
        return self.session.seconds

    def scalars(self, split: Split, values: dict[str, float]) -> Scalars:
        """Numbers at the current step."""
        return Scalars(self.session.step, self.session.part_of_epoch, self.seconds(), split, values)

    def progress(self, now: float) -> Progress:
        """How far and how fast."""
        session = self.session
        since, step = self.window
        speed = (session.step - step) / max(1e-9, now - since)
        if now - since > 2:
            self.window = (now, session.step)
        left = (session.steps - session.step) / speed if speed > 0 else None
        samples = speed * session.lead.params.batch_size
        return Progress(
            session.step, session.steps, session.part_of_epoch, session.epochs, self.seconds(), samples, left
        )

    def sample(self) -> Iterator[Event]:
        """What the previews show now."""
        if self.sampled_step == self.session.step:
            return
        for id, payload in self.session.evaluator.preview().items():
            yield Sample(self.session.step, id, payload)
        self.sampled, self.sampled_step = time.perf_counter(), self.session.step

    def validate(self) -> Iterator[Event]:
        """Measure the validation part, keep the best, tell schedules."""
        if not self.session.evaluator.has("validation"):
            return
        yield Phase("validating")
        measured = yield from self.measure("validation")
        self.validated_step = self.session.step
        for item in self.session.machinery.optimizing.values():
            if item.watched in measured.values:
                item.observe(measured.values[item.watched], self.session.epoch + 1)
        if self.judge(measured.values):
            self.session.keep_best()
            if time.perf_counter() - self.saved > 1:
                yield from self.checkpoint("best")
        yield Phase("training")

    def measure(self, part: Split) -> Any:
        """Measure a part, report it, and return what was found."""
        measured: Measured = self.session.evaluator.measure(part)
        yield self.scalars(part, measured.values)
        for id, value in measured.tables.items():
            yield Table(self.session.step, part, id, value)
        self.session.last_metrics[part] = measured.values
        return measured

    def judge(self, values: dict[str, float]) -> bool:
        """Whether the kept metric is the best so far; counts validations without improvement for early stopping."""
        rule = self.run_settings.keep_best or self.run_settings.early_stopping
        if rule is None or rule.metric not in values:
            return False
        value, best = values[rule.metric], self.session.best
        sign = 1 if rule.mode == "max" else -1
        early = self.run_settings.early_stopping
        is_better = "value" not in best or sign * (value - best["value"]) > 0
        enough = "judged" not in best or sign * (value - best["judged"]) > (early.min_delta if early else 0)
        waited = 0 if enough else best.get("waited", 0) + 1
        judged = value if enough else best["judged"]
        self.session.best = {**best, "waited": waited, "judged": judged}
        if is_better:
            self.session.best |= {"value": value, "step": self.session.step, "metric": rule.metric}
        return is_better

    def checkpoint(self, reason: Reason) -> Iterator[Event]:
        """Ask for a checkpoint; everything measured so far is reported first. Weights that are lost replace none."""
        yield from self.flush()
        if self.is_diverged():
            return
        yield Phase("saving")
        yield self.checkpoint_due(reason)
        self.saved, self.is_saved = time.perf_counter(), True
        yield Phase("training")

    def checkpoint_due(self, reason: Reason) -> CheckpointDue:
        """A checkpoint of this step, with what was measured at this step and at no earlier one."""
        step = self.session.step
        metrics = self.session.last_metrics.get("validation", {}) if self.validated_step == step else {}
        return CheckpointDue(step, reason, metrics, self.session.best.get("step") == step)

    def leave(self, word: str) -> Iterator[Event]:
        """Pause or stop between two steps."""
        yield from self.flush()
        if self.is_diverged():
            yield self.diverged()
            return
        yield self.checkpoint_due("pause" if word == "pause" else "stop")
        if word == "pause":
            yield Ended("paused", "Paused; it goes on from here.", "", self.session.last_metrics)
        else:
            yield Ended("stopped", "Stopped by hand.", "", self.session.last_metrics)

    def finish(self) -> Iterator[Event]:
        """Validate once more, test the weights that are exported, and end."""
        yield from self.flush()
        if self.is_diverged():
            yield self.diverged()
            return
        yield from self.validate()
        yield from self.sample()
        yield self.checkpoint_due("end")
        if self.session.evaluator.has("test"):
            yield Phase("testing")
            last = {name: tensor.clone() for name, tensor in self.session.weight_tensors().items()}
            if self.session.best_tensors:
                self.session.load_weights(self.session.best_tensors)
            yield from self.measure("test")
            self.session.load_weights(last)
        reason = ""
        if self.session.step < self.session.steps:
            reason = f"Ended early: no improvement in {self.run_settings.early_stopping.patience} validations."  # type: ignore[union-attr]
        yield Ended("finished", reason, "", self.session.last_metrics)
