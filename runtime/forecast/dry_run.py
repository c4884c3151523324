"""The first steps of a run, taken as its worker takes them, in a folder that nobody keeps: what a forecast is made of."""

from __future__ import annotations

import time
from pathlib import Path

import torch

from builder.document import Project
from runtime.data.prepare import PreparedSource
from runtime.effort.ceilings import learn_ceilings
from runtime.events import CheckpointDue, Ended, Event, Phase
from runtime.forecast.batches import advise_rows, count_most, count_rows, with_rows
from runtime.forecast.costs import SAFE, Costs, Forecast, Schedule, foresee_seconds
from runtime.forecast.dry_loop import BriefEvaluator, DryLoop, Enough, Stopwatch
from runtime.forecast.memory import Meter, find_room, find_untouched, limit_memory, read_status
from runtime.forecast.trials import QUICK_SECONDS, Tell, Trials
from runtime.forecast.writing import expect_ends
from runtime.runs.batch_advice import Prepared, find_fitting, give_free, read_batch_sizes
from runtime.runs.environment import find_device, set_threads
from runtime.runs.errors import RunError
from runtime.runs.failures import is_out_of_memory
from runtime.runs.folder import RunFolder
from runtime.runs.worker import Worker
from runtime.runs.writer import RunWriter
from runtime.session import Session, with_facts

CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
"""What a person waits for; and only the process's own work, for machines that others use at the same time."""
PHASES = {
    "validating": "measuring the validation part",
    "testing": "measuring the test part",
    "saving": "saving a checkpoint",
}
"""What is told of what a run is busy with, beside its steps."""


class DryRun(Worker):
    """A run's worker that takes a few steps and measures them.

    Args:
        folder: of a run that is made for this and removed afterwards.
        writer: its pen.
        watch: what measures time.
        tell: hears what is being done.
    """

    def __init__(self, folder: RunFolder, writer: RunWriter, watch: Stopwatch, tell: Tell) -> None:
        self.watch, self.tell = watch, tell
        self.enough = Enough(folder.control, tell)
        super().__init__(folder, writer, self.enough, self.hear)
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

    def hear(self, event: Event) -> None:
        """Tell what the run is busy with."""
        if isinstance(event, Phase):
            doing = event.detail or PHASES.get(event.name)
            if doing:
                self.tell(doing)

    def measure(
        self, project: Project, prepared: dict[str, PreparedSource], device: torch.device, room: int
    ) -> Forecast:
        """The forecast of a run that fits. Whoever runs out of memory here does not."""
        trials = Trials(project, prepared, device, self.tell)
        less = trials.approach()
        more = trials.take_steps(trials.rows) if trials.seconds < QUICK_SECONDS else None
        rows = trials.rows if more is not None else trials.choose_rows()
        trials.meter.restart()
        peak, costs, schedule = self.rehearse(project, rows, prepared, trials.meter)
        memory = trials.meter.peak()
        if device.type == "cpu":
            memory += read_status("RssFile") + find_untouched()
        growth = trials.compare(less, rows, peak if more is None else more)
        memory += int(growth.row * (trials.rows - rows))
        largest = growth.fit(SAFE * room, trials.most)
        has_room = rows == trials.rows or memory <= SAFE * room
        learn_ceilings(self.folder.read_environment(), device)  # else the run would, in time and memory of its own
        return Forecast(
            seconds=foresee_seconds(costs, schedule),
            memory=memory,
            room=room,
            steps=schedule.steps,
            step=costs.step or costs.first,
            batch=count_rows(project),
            largest=max(trials.rows, largest) if has_room else largest,
            most=trials.most,
            device=str(device),
            advice="" if has_room else advise_rows(project, largest, "that may fit"),
        )

    def rehearse(
        self, project: Project, rows: int, prepared: dict[str, PreparedSource], meter: Meter
    ) -> tuple[int, Costs, Schedule]:
        """Take the first steps with batches of so many rows, and end as a run does.

        Returns:
            The most memory of the steps alone, what everything costs, and what happens how often.
        """
        begun = self.watch.now()
        self.prepare(project)  # once more: by now the data is prepared, as it will be for the run
        whole = min(count_rows(project), count_most(project))
        self.session = session = self.begin(with_rows(project, rows) if rows < whole else project, prepared)
        evaluator = session.evaluator
        session.evaluator = BriefEvaluator(evaluator.machinery, evaluator.parts, evaluator.facts)
        expect_ends(session)
        self.doctor = self.call_doctor(session)
        self.enough.rows = rows
        loop, loading = DryLoop(session, self.enough, self.watch, meter), self.watch.now() - begun
        for event in loop.run():
            if not isinstance(event, Ended):
                self.handle(event)
        self.session = None
        return loop.peak, self.add_up(loop, loading, whole / rows), plan_schedule(session, project)

    def save(self, due: CheckpointDue) -> None:
        """Save a checkpoint, and note how long that takes."""
        begun = self.watch.now()
        super().save(due)
        self.savings.append(self.watch.now() - begun)

    def add_up(self, loop: DryLoop, loading: float, times: float) -> Costs:
        """What each part of the run costs, whose batches have so many times the rows of those that were measured."""
        return Costs(
            loading=loading,
            first=loop.first * times,
            step=loop.step * times,
            flush=self.watch.mean("flush"),
            preview=self.watch.mean("preview"),
            validation=loop.part("validation"),
            test=loop.part("test"),
            saving=sum(self.savings) / max(1, len(self.savings)),
        )

    def find_misfit(self, project: Project, prepared: Prepared, device: torch.device, room: int) -> Forecast:
        """What to say of a run that does not fit: the batch that does."""
        self.tell("looking for a batch that fits")
        fitting, _ = find_fitting(project, prepared, device, lambda: True)
        rows = max(fitting.values(), default=0)
        advice = advise_rows(project, rows, "that fits")
        return Forecast(
            0.0, 0, room, 0, 0.0, count_rows(project), rows, count_most(project), str(device), advice=advice
        )


def plan_schedule(session: Session, project: Project) -> Schedule:
    """What happens how often in a run of the project, of which a session may have smaller batches."""
    id, run = next(iter(session.feeds)), project.run
    batches = session.lead.count_batches(read_batch_sizes(project)[id])
    return Schedule(session.count_steps(batches), batches, run.validation, run.checkpoint, run.keep_best is not None)


def measure_run(path: Path, clock: str = "wall", tell: Tell = lambda doing: None) -> Forecast:
    """Measure the run in a folder that was made for it, by one of the clocks, and tell what is being done.

    Raises:
        RunError: It cannot be trained, for another reason than its memory.
    """
    folder = RunFolder(path)
    with folder.lock(), folder.open_writer() as writer:
        dry = DryRun(folder, writer, Stopwatch(CLOCKS[clock]), tell)
        outcome = dry.work()
    if dry.forecast is None:
        raise RunError(outcome.reason, outcome.advice)
    return dry.forecast
