"""The first steps of a run, taken as its worker takes them, in a folder that nobody keeps: what a forecast is made of."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import torch

from builder.document import Project
from runtime.data.prepare import PreparedSource
from runtime.effort.ceilings import learn_ceilings
from runtime.events import CheckpointDue, Ended
from runtime.fast_path import adapt_project
from runtime.forecast.batches import advise_rows, count_most, count_rows, with_rows
from runtime.forecast.costs import SAFE, Costs, Forecast, Growth, Schedule, find_growth, foresee_seconds
from runtime.forecast.dry_loop import BriefEvaluator, DryLoop, Enough, Stopwatch
from runtime.forecast.memory import Meter, choose_meter, find_room, find_untouched, limit_memory, read_status
from runtime.forecast.writing import expect_ends
from runtime.runs.batch_advice import Prepared, find_fitting, give_free
from runtime.runs.environment import find_device, set_threads
from runtime.runs.errors import RunError
from runtime.runs.failures import is_out_of_memory
from runtime.runs.folder import RunFolder
from runtime.runs.worker import Worker
from runtime.runs.writer import RunWriter
from runtime.session import Session, with_facts

LEAST_BATCH = 2
"""A batch normalisation does not learn from a single row."""
TELLING = 32 * 2**20
"""A difference that the memory of a process shows."""
QUICK_SECONDS = 0.25
TRIAL_STEPS = 2
"""The second one has what optimizers keep beside the weights."""
TIMES = 8
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
"""What a person waits for; and only the process's own work, for machines that others use at the same time."""


class DryRun(Worker):
    """A run's worker that takes a few steps and measures them.

    Args:
        folder: of a run that is made for this and removed afterwards.
        writer: its pen.
        watch: what measures time.
    """

    def __init__(self, folder: RunFolder, writer: RunWriter, watch: Stopwatch) -> None:
        self.watch = watch
        self.enough = Enough(folder.control)
        super().__init__(folder, writer, self.enough, lambda event: None)
        self.savings: list[float] = []
        self.forecast: Forecast | None = None

    def train(self) -> Ended:
        """Measure memory with smaller and larger batches, then time and memory of the run as it stands."""
        project = self.folder.read_project()
        device = find_device(project.run)
        set_threads(project.run, {})
        self.device = device
        room = find_room(device) + (read_status("RssAnon") if device.type == "cpu" else 0)
        if device.type == "cpu":
            limit_memory(int(SAFE * room))
        self.prepared = self.prepare(project)
        project = with_facts(project, self.prepared)
        try:
            self.forecast = self.measure(project, self.prepared, device, room)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            self.session = None
            give_free(error)
            self.forecast = self.find_misfit(project, self.prepared, device, room)
        return Ended("finished")

    def measure(
        self, project: Project, prepared: dict[str, PreparedSource], device: torch.device, room: int
    ) -> Forecast:
        """The forecast of a run that fits. Whoever runs out of memory here does not."""
        trials = Trials(project, prepared, device)
        less = trials.take_steps(trials.fewer)
        more = trials.take_steps(trials.rows) if trials.seconds < QUICK_SECONDS else None
        trials.meter.restart()
        peak, costs, schedule = self.rehearse(project, prepared, trials.meter)
        memory = trials.meter.peak()
        if device.type == "cpu":
            memory += read_status("RssFile") + find_untouched()
        growth = trials.compare(less, peak if more is None else more)
        learn_ceilings(self.folder.read_environment(), device)  # else the run would, in time and memory of its own
        return Forecast(
            seconds=foresee_seconds(costs, schedule),
            memory=memory,
            room=room,
            steps=schedule.steps,
            step=costs.step or costs.first,
            batch=trials.rows,
            largest=max(min(trials.rows, trials.most), growth.fit(SAFE * room, trials.most)),
            most=trials.most,
            device=str(device),
        )

    def rehearse(
        self, project: Project, prepared: dict[str, PreparedSource], meter: Meter
    ) -> tuple[int, Costs, Schedule]:
        """Take the first steps, and end as a run does.

        Returns:
            The most memory of the steps alone, what everything costs, and what happens how often.
        """
        begun = self.watch.now()
        self.prepare(project)  # once more: by now the data is prepared, as it will be for the run
        self.session = session = self.begin(project, prepared)
        evaluator = session.evaluator
        session.evaluator = BriefEvaluator(evaluator.machinery, evaluator.parts, evaluator.facts)
        expect_ends(session)
        self.doctor = self.call_doctor(session)
        loop, loading = DryLoop(session, self.enough, self.watch, meter), self.watch.now() - begun
        for event in loop.run():
            if not isinstance(event, Ended):
                self.handle(event)
        run = project.run
        schedule = Schedule(
            session.steps, session.lead.num_batches, run.validation, run.checkpoint, run.keep_best is not None
        )
        self.session = None
        return loop.peak, self.add_up(loop, loading), schedule

    def save(self, due: CheckpointDue) -> None:
        """Save a checkpoint, and note how long that takes."""
        begun = self.watch.now()
        super().save(due)
        self.savings.append(self.watch.now() - begun)

    def add_up(self, loop: DryLoop, loading: float) -> Costs:
        """What each part of the run costs."""
        return Costs(
            loading=loading,
            first=loop.first,
            step=loop.step,
            flush=self.watch.mean("flush"),
            preview=self.watch.mean("preview"),
            validation=loop.part("validation"),
            test=loop.part("test"),
            saving=sum(self.savings) / max(1, len(self.savings)),
        )

    def find_misfit(self, project: Project, prepared: Prepared, device: torch.device, room: int) -> Forecast:
        """What to say of a run that does not fit: the batch that does."""
        fitting, _ = find_fitting(project, prepared, device, lambda: True)
        rows = max(fitting.values(), default=0)
        advice = advise_rows(project, rows, "that fits")
        return Forecast(
            0.0, 0, room, 0, 0.0, count_rows(project), rows, count_most(project), str(device), advice=advice
        )


class Trials:
    """Steps with smaller and larger batches, to see what their rows add to the memory."""

    def __init__(self, project: Project, prepared: Prepared, device: torch.device) -> None:
        self.project, self.prepared, self.device = adapt_project(project, prepared, device), prepared, device
        self.meter = choose_meter(device)
        self.rows, self.most = count_rows(project), count_most(project)
        self.seconds = 0.0
        self.fewer = max(min(LEAST_BATCH, self.most), self.rows // 2)

    def compare(self, less: float, more: float) -> Growth:
        """The growth from fewer rows to those of the run. Where it cannot be told, and steps are quick, from more rows."""
        if more - less > TELLING or self.seconds >= QUICK_SECONDS or self.rows >= self.most:
            return find_growth((self.fewer, less), (self.rows, more))
        rows, less = self.rows, self.take_steps(self.rows)
        more = less
        while more - less <= TELLING and rows < self.most and self.seconds < QUICK_SECONDS:
            rows = min(rows * TIMES, self.most)
            more = self.take_steps(rows)
        return find_growth((self.rows, less), (rows, more))

    def take_steps(self, rows: int) -> float:
        """The most memory that two steps with batches of so many rows take."""
        self.meter.restart()
        session = Session.create(with_rows(self.project, rows), self.prepared, self.device)
        for _ in range(TRIAL_STEPS):
            begun = time.perf_counter()
            session.run_step()
            if self.device.type == "cuda":
                torch.cuda.synchronize(self.device)
            self.seconds = time.perf_counter() - begun
        peak = self.meter.peak()
        del session
        gc.collect()
        return float(peak)


def measure_run(path: Path, clock: str = "wall") -> Forecast:
    """Measure the run in a folder that was made for it, by one of the clocks.

    Raises:
        RunError: It cannot be trained, for another reason than its memory.
    """
    folder = RunFolder(path)
    with folder.lock(), folder.open_writer() as writer:
        dry = DryRun(folder, writer, Stopwatch(CLOCKS[clock]))
        outcome = dry.work()
    if dry.forecast is None:
        raise RunError(outcome.reason, outcome.advice)
    return dry.forecast
