"""The training loop. It yields events and knows nothing of files, screens or processes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from builder.document import Every
from runtime.evaluation import Measured
from runtime.events import CheckpointDue, Ended, Event, Phase, Progress, Reason, Sample, Scalars, Split, Table
from runtime.looks.replay import Memory, has_fault, remember, replay
from runtime.session import Session

FLUSH_SECONDS = 0.25
SAMPLE_SECONDS = 1.0
SAMPLE_SHARE = 0.03
"""The part of the time that previews may take: those of large networks are drawn less often."""
CHECKPOINT_SECONDS = 5.0
FIRST_CHECKPOINT_SECONDS = 1.0
"""The first checkpoint does not wait for the end of an epoch: with it the network can be tried."""
BEST_CHECKPOINT_SECONDS = 1.0
"""While every validation is better than the last, no checkpoint is made for each."""
LONGEST_UNSAVED_SECONDS = 60.0
"""However long an epoch is, no more than this is lost to a power cut."""
WINDOW_SECONDS = 2.0
"""How far back the speed is measured."""
LEAST_SECONDS = 1.0
"""How long steps are watched before it is said how long the rest takes."""
DIVERGED = "lower the learning rate, clip gradients with clip_norm, or scale the inputs"

__all__ = ["Session", "train"]


def train(session: Session, command: Callable[[], str]) -> Iterator[Event]:
    """Train until the end, or until ``command`` answers ``pause`` or ``stop``. The last event is always Ended."""
    yield from Loop(session, command).run()


@dataclass(frozen=True)
class Lost:
    """A loss that is no finite number any more: its name, the first step at which it was none, and what it was then."""

    name: str
    step: int
    value: float


class Loop:
    """One stretch of training, from a fresh or a restored session."""

    def __init__(self, session: Session, command: Callable[[], str]) -> None:
        self.session, self.command = session, command
        self.run_settings = session.project.run
        self.pending: list[tuple[int, float, dict[str, Tensor]]] = []
        self.started = time.perf_counter() - session.seconds
        self.flushed = self.sampled = 0.0
        self.sample_pause = SAMPLE_SECONDS
        self.saved = time.perf_counter()
        self.is_saved = session.step > 0
        self.begun = self.window = (time.perf_counter(), session.step)
        self.sampled_step = -1
        self.lost: dict[str, Lost] = {}
        self.memory: Memory | None = None

    def run(self) -> Iterator[Event]:
        """The whole run."""
        session = self.session
        yield Phase("warming up")
        if session.step == 0:
            yield from self.sample()
        while session.step < session.steps and not session.judgement.is_over:
            word = self.command()
            if word != "run":
                yield from self.leave(word)
                return
            self.keep_log(session.looker.run_step(session.run_step, session.step))
            if session.looker.taken:
                yield from self.report_looks()
            if not self.flushed:
                self.saved = time.perf_counter()
                self.begun = self.window = (self.saved, session.step)
                session.effort.restart()
                yield Phase("training")
            flushed = self.flushed
            if time.perf_counter() - flushed > FLUSH_SECONDS:
                yield from self.flush()
            yield from self.after_step()
            if self.flushed != flushed and self.lost:
                yield from self.end_lost()
                return
        yield from self.finish()

    def report_looks(self) -> Iterator[Event]:
        """Report looks with the losses that led to them, and keep how things stand where all numbers still are numbers."""
        start, looks = time.perf_counter(), self.session.looker.take()
        losses = list(self.read_losses())
        if not any(map(has_fault, looks)):
            self.memory = remember(self.session)
        self.session.looker.pace.add(time.perf_counter() - start)
        yield from losses
        yield from looks

    def keep_log(self, log: dict[str, Tensor]) -> None:
        """Keep a step's losses on the device; they are read together later."""
        self.pending.append((self.session.step, self.session.part_of_epoch, log))

    def after_step(self) -> Iterator[Event]:
        """What is due between two steps: validation, the end of an epoch, a checkpoint.

        A checkpoint comes last: it is what a resumed run begins with, so all that belongs to this step is done before.
        """
        session = self.session
        if session.step >= session.steps:
            return
        ended = session.lead.position >= session.lead.num_batches
        is_best = False
        if self.is_due(self.run_settings.validation, ended):
            is_best = yield from self.validate()
        reason = self.find_reason(is_best, ended)
        if ended:
            if reason or time.perf_counter() - self.flushed > FLUSH_SECONDS / 2:
                yield from self.flush()
            session.end_epoch()
        if reason:
            yield from self.checkpoint(reason)

    def find_reason(self, is_best: bool, ended: bool) -> Reason | None:
        """Why a checkpoint is made now, if one is."""
        if is_best and time.perf_counter() - self.saved > BEST_CHECKPOINT_SECONDS:
            return "best"
        return "interval" if self.is_checkpoint_due(ended) else None

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
            if not self.lost:
                yield from self.read_metrics()
        yield self.progress(now)
        self.flushed = time.perf_counter()
        if self.flushed - self.sampled > self.sample_pause:
            yield from self.sample()
            self.sample_pause = max(SAMPLE_SECONDS, (self.sampled - self.flushed) / SAMPLE_SHARE)

    def read_metrics(self) -> Iterator[Event]:
        """What metrics found in this epoch so far, and the learning rates."""
        results = {id: metric.compute() for id, metric in self.session.machinery.metrics.items()}
        values = {id: r for id, r in results.items() if not isinstance(r, list) and math.isfinite(r)}
        values |= {f"{id}.lr": item.learning_rate for id, item in self.session.machinery.optimizers.items()}
        yield self.scalars("train", values)
        self.session.last_metrics["train"] = {**self.session.last_metrics.get("train", {}), **values}

    def read_losses(self) -> Iterator[Event]:
        """A row for each step that logged something, all read in one piece. Not every step logs the same losses."""
        pending, self.pending = self.pending, []
        logged = [value.reshape(()).float() for _, _, log in pending for value in log.values()]
        numbers = iter(torch.stack(logged).tolist() if logged else ())
        train = self.session.last_metrics.setdefault("train", {})
        for step, epoch, log in pending:
            if log:
                values = {name: next(numbers) for name in log}
                train.update(values)
                yield Scalars(step, epoch, self.seconds(), "train", values)
                self.watch_losses(step, values)

    def watch_losses(self, step: int, values: dict[str, float]) -> None:
        """Note which losses have become no finite number, and which are one again."""
        for id in self.session.plan.logged_losses():
            if math.isfinite(values.get(id, math.inf)):
                self.lost.pop(id, None)
            elif id in values:
                self.lost.setdefault(id, Lost(id, step, values[id]))

    def diverged(self) -> Ended:
        """The end of a run whose loss is no number."""
        lost = min(self.lost.values(), key=lambda lost: lost.step)
        word = "infinite" if math.isinf(lost.value) else "not a number"
        reason = f'The loss "{lost.name}" became {word} at step {lost.step:,}.'
        return Ended("failed", reason, f"The steps were too large: {DIVERGED}.", self.session.last_metrics)

    def end_lost(self) -> Iterator[Event]:
        """End a run whose loss is no number, after another look at the steps that led there, if there is room for it."""
        ended = self.diverged()
        if self.memory is not None:
            with suppress(RuntimeError, MemoryError):
                yield from replay(self.session, self.memory, min(lost.step for lost in self.lost.values()))
        yield ended

    def seconds(self) -> float:
        """Seconds of training so far."""
        self.session.seconds = time.perf_counter() - self.started
        return self.session.seconds

    def scalars(self, split: Split, values: dict[str, float]) -> Scalars:
        """Numbers at the current step."""
        return Scalars(self.session.step, self.session.part_of_epoch, self.seconds(), split, values)

    def progress(self, now: float) -> Progress:
        """How far and how fast. What is left is not guessed from the first steps, which are slower than the others."""
        session = self.session
        since, step = self.window
        speed = (session.step - step) / max(1e-9, now - since)
        if now - since > WINDOW_SECONDS:
            self.window = (now, session.step)
        is_known = speed > 0 and now - self.begun[0] > LEAST_SECONDS
        left = (session.steps - session.step) / speed if is_known else None
        return self.describe_progress(speed, left)

    def last_progress(self) -> Progress:
        """How far it came, and how fast on average."""
        return self.describe_progress(self.session.step / max(1e-9, self.seconds()), None)

    def describe_progress(self, speed: float, left: float | None) -> Progress:
        """Progress at so many steps a second."""
        session, lead = self.session, self.session.lead
        samples = speed * min(lead.params.batch_size, lead.size)
        epoch, seconds = session.part_of_epoch, self.seconds()
        effort = session.effort.describe(time.perf_counter() - self.begun[0], session.step - self.begun[1])
        return Progress(session.step, session.steps, epoch, session.epochs, seconds, samples, left, effort)

    def sample(self) -> Iterator[Event]:
        """What the previews show now."""
        if self.sampled_step == self.session.step:
            return
        for id, payload in self.session.evaluator.preview().items():
            yield Sample(self.session.step, id, payload)
        self.sampled, self.sampled_step = time.perf_counter(), self.session.step

    def validate(self) -> Generator[Event, None, bool]:
        """Measure the validation part, tell schedules, keep the best; returns whether these weights are the best so far."""
        session = self.session
        if session.validated_step == session.step or not session.evaluator.has("validation"):
            return False
        yield Phase("validating")
        measured = yield from self.measure("validation")
        session.validated_step = session.step
        for item in session.machinery.optimizers.values():
            if item.watched in measured.values:
                item.observe(measured.values[item.watched], session.epoch + 1)
        is_best = session.judgement.observe(measured.values, session.step)
        if is_best:
            session.keep_best()
        yield Phase("training")
        return is_best

    def measure(self, part: Split) -> Generator[Event, None, Measured]:
        """Measure a part, report it, and return what was found."""
        measured = self.session.evaluator.measure(part)
        yield self.scalars(part, measured.values)
        for id, value in measured.tables.items():
            yield Table(self.session.step, part, id, value)
        self.session.last_metrics[part] = measured.values
        return measured

    def checkpoint(self, reason: Reason) -> Iterator[Event]:
        """Ask for a checkpoint; everything measured so far is reported first. Weights that are lost replace none."""
        yield from self.flush()
        if self.lost:
            return
        yield Phase("saving")
        yield self.checkpoint_due(reason)
        self.saved, self.is_saved = time.perf_counter(), True
        yield Phase("training")

    def checkpoint_due(self, reason: Reason) -> CheckpointDue:
        """A checkpoint of this step, with what was measured at this step and at no earlier one."""
        step = self.session.step
        metrics = self.session.last_metrics.get("validation", {}) if self.session.validated_step == step else {}
        return CheckpointDue(step, reason, metrics, self.session.judgement.best.get("step") == step)

    def leave(self, word: str) -> Iterator[Event]:
        """Pause or stop between two steps."""
        yield from self.flush()
        yield self.last_progress()
        if self.lost:
            yield from self.end_lost()
            return
        yield self.checkpoint_due("pause" if word == "pause" else "stop")
        if word == "pause":
            yield Ended("paused", "Paused; it goes on from here.", "", self.session.last_metrics)
        else:
            yield Ended("stopped", "Stopped by hand.", "", self.session.last_metrics)

    def finish(self) -> Iterator[Event]:
        """Validate once more, test the weights that are exported, and end."""
        yield from self.flush()
        yield self.last_progress()
        if self.lost:
            yield from self.end_lost()
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
            reason = f"Ended early: no improvement in {self.session.judgement.patience} validations."
        yield Ended("finished", reason, "", self.session.last_metrics)
