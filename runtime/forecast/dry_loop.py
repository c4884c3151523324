"""A run's own loop with a stopwatch in it, which ends as runs do but much sooner, and looks at a part of what it measures."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

from runtime.evaluation import Evaluator, Measured
from runtime.events import Event, Phase, Split
from runtime.forecast.memory import Meter
from runtime.loop import Loop
from runtime.runs.command import Command
from runtime.session import Session
from runtime.step import Values

STEPS = 2
"""No fewer are measured after the first one, which is slower than all others."""
SECONDS = 2.0
"""Short steps are measured for so long."""
SLOW_SECONDS = 3.0
"""Of steps that take so long one is enough."""
TELL_SECONDS = 0.1
EVALUATION_SECONDS = 1.0
"""Of a part of the data so much is measured, and no less than a batch."""

Result = TypeVar("Result")


class Enough(Command):
    """Tells the run to stop once enough steps were seen.

    Args:
        control: the control file.
        tell: hears which step comes next.
    """

    num_asked = -1
    since = told = 0.0
    rows = 0

    def __init__(self, control: Path, tell: Callable[[str], None]) -> None:
        super().__init__(control)
        self.tell = tell

    def begin(self) -> None:
        """From now on it is asked before every step; before that, while data is prepared."""
        self.num_asked = 0

    def __call__(self) -> str:
        """What the run is to do."""
        if self.num_asked < 0:
            return super().__call__()
        self.num_asked += 1
        now = time.perf_counter()
        if self.num_asked == 2:
            self.since = now
        if self.is_enough(now - self.since):
            return "stop"
        self.tell_step(now)
        return super().__call__()

    def is_enough(self, seconds: float) -> bool:
        """Whether the steps after the first one, which took so long, are enough."""
        num_later = self.num_asked - 2
        return num_later > 0 and seconds > (SECONDS if num_later >= STEPS else SLOW_SECONDS)

    def tell_step(self, now: float) -> None:
        """Tell which step comes next, of how many where it may be the last; quick ones now and then."""
        is_last = self.num_asked <= STEPS + 1
        if is_last or now - self.told > TELL_SECONDS:
            self.told = now
            of = f" of {STEPS + 1}" if is_last else ""
            self.tell(f"step {self.num_asked:,}{of} with batches of {self.rows:,}")


class BriefEvaluator(Evaluator):
    """Measures the first batches of a part, and how much of the part they were."""

    share = 1.0

    def batches(self, part: str, limit: int | None = None) -> Iterator[tuple[Values, int]]:
        """The batches of a second, and no less than one."""
        begun, num_seen = time.perf_counter(), 0
        whole = min(len(next(iter(self.parts[self.source(id)][part].values()))) for id in self.data)
        for batch, size in super().batches(part, limit):
            yield batch, size
            num_seen += size
            self.share = num_seen / whole
            if time.perf_counter() - begun > EVALUATION_SECONDS:
                return


class Stopwatch:
    """Seconds by what they were spent on, each without what was measured by itself inside it.

    Args:
        now: the clock; on a machine that others use too, that of the process alone tells more.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now = now
        self.spans: dict[str, list[float]] = defaultdict(list)
        self.inside = 0.0

    def run(self, name: str, work: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
        """Let something happen, with what is done about its events, and keep how long it took."""
        begun, outside = self.now(), self.inside
        self.inside = 0.0
        result = yield from work
        took = self.now() - begun
        self.spans[name].append(took - self.inside)
        self.inside = outside + took
        return result

    def mean(self, name: str) -> float:
        """How long it took on average; 0 where it never happened."""
        spans = self.spans[name]
        return sum(spans) / len(spans) if spans else 0.0


class DryLoop(Loop):
    """The loop of a run, measured."""

    def __init__(self, session: Session, command: Enough, watch: Stopwatch, meter: Meter) -> None:
        super().__init__(session, command)
        self.watch, self.meter = watch, meter
        self.peak = 0
        self.shares: dict[str, list[float]] = defaultdict(list)
        self.first = self.step = 0.0
        self.began = self.spent = 0.0
        self.num_steps = 0
        command.begin()

    def run(self) -> Iterator[Event]:
        """The run; noted is how long its first step takes."""
        entered = self.watch.now()
        for event in super().run():
            if event == Phase("training") and not self.num_steps:
                self.began, self.spent, self.num_steps = self.watch.now(), self.watch.inside, self.session.step
                self.first = self.began - entered - self.spent
            yield event

    def sample(self) -> Iterator[Event]:
        """Show samples, measured."""
        if self.sampled_step != self.session.step:
            yield from self.watch.run("preview", as_generator(super().sample()))

    def flush(self) -> Iterator[Event]:
        """Write down what gathered, measured."""
        yield from self.watch.run("flush", as_generator(super().flush()))

    def validate(self) -> Generator[Event, None, bool]:
        """Measure the validation part, measured."""
        return (yield from self.watch.run("between", super().validate()))

    def checkpoint(self, reason: Any) -> Iterator[Event]:
        """Save, measured."""
        yield from self.watch.run("between", as_generator(super().checkpoint(reason)))

    def measure(self, part: Split) -> Generator[Event, None, Measured]:
        """Measure a part of the data, measured."""
        found = yield from self.watch.run(part, super().measure(part))
        evaluator = self.session.evaluator
        self.shares[part].append(evaluator.share if isinstance(evaluator, BriefEvaluator) else 1.0)
        return found

    def leave(self, word: str) -> Iterator[Event]:
        """End as a whole run does."""
        yield from self.finish()

    def finish(self) -> Iterator[Event]:
        """End as a run does; noted is what the steps took: memory, and time after the first with the loop around them."""
        self.peak = self.meter.peak()
        if self.session.step > self.num_steps > 0:
            spent = self.watch.inside - self.spent
            self.step = (self.watch.now() - self.began - spent) / (self.session.step - self.num_steps)
        yield from super().finish()

    def part(self, name: str) -> float:
        """Seconds of measuring a whole part of the data; 0 where there is none."""
        shares = self.shares[name]
        return sum(self.watch.spans[name]) / sum(shares) if shares else 0.0


def as_generator(events: Iterator[Event]) -> Generator[Event, None, None]:
    """The same events, from something that returns."""
    yield from events
