"""Whose turn it is in a step, as conditions in printed source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.codegen.printing import Names
from builder.plan import StepPlan, Turn
from builder.step_planner import TrainingPlan
from builder.training.base import When
from builder.training.schedules import construct_schedule

ALWAYS = ""


def accumulation(params: Any) -> int:
    """How many turns an updater adds up before it changes anything; what is no optimizer adds nothing up."""
    return int(getattr(params, "accumulate", 1))


@dataclass(frozen=True)
class Question:
    """A condition on which it depends what a step does."""

    condition: str


class TurnPrinter:
    """Knows which questions decide what a step of a training graph does, and plans the step for given answers."""

    def __init__(self, plan: TrainingPlan, names: Names, variables: Mapping[str, str]) -> None:
        self.step_plan = plan
        counted = [id for id in plan.updaters if self.is_counted(id)]
        self.counters = {id: names.claim(f"{variables[id]}_turns") for id in counted}
        due = [self.due(id) for id in plan.updaters]
        steps = [self.steps_now(id) for id in plan.updaters if self.asks_whether_it_steps(id)]
        self.questions = [Question(condition) for condition in dict.fromkeys([*due, *steps]) if condition]

    def plan(self, answers: Mapping[Question, bool]) -> StepPlan:
        """The step for these answers; a question that is open is answered with yes."""
        turns = []
        for id in self.step_plan.updaters:
            steps = not self.asks_whether_it_steps(id) or answers.get(Question(self.steps_now(id)), True)
            if answers.get(Question(self.due(id)), True):
                turns.append(Turn(id, step=steps))
        return self.step_plan.plan_step(turns)

    def is_counted(self, id: str) -> bool:
        """Whether an updater's turns must be counted: the steps of the run do not tell their number."""
        params = self.step_plan.params(id)
        return params.when is not None and (accumulation(params) > 1 or self.counts_steps(id))

    def counts_steps(self, id: str) -> bool:
        """Whether an optimizer's schedule counts its steps."""
        schedule = getattr(self.step_plan.params(id), "schedule", None)
        return (
            schedule is not None
            and construct_schedule(schedule) is not None
            and getattr(schedule, "unit", "epoch") == "step"
        )

    def number(self, id: str, plus: int = 0) -> str:
        """The number of this turn of an updater, from 0, or what it is after so many more."""
        number = self.counters.get(id, "step")
        return f"{number} + {plus}" if plus else number

    def due(self, id: str) -> str:
        """The condition under which it is an updater's turn; nothing where it always is."""
        when: When | None = self.step_plan.params(id).when
        if when is None:
            return ALWAYS
        parts = [f"({when.unit} + 1) % {when.every} == 0"] if when.every > 1 else []
        parts += [f"{when.unit} >= {when.start}"] if when.start else []
        parts += [f"{when.unit} < {when.until}"] if when.until is not None else []
        return " and ".join(parts)

    def steps_now(self, id: str) -> str:
        """The condition under which an optimizer that adds up gradients steps in its turn."""
        return f"({self.number(id, 1)}) % {self.step_plan.params(id).accumulate} == 0"

    def asks_whether_it_steps(self, id: str) -> bool:
        """Whether a step of this optimizer changes what follows in the same step: others act after it."""
        params = self.step_plan.params(id)
        later = any(self.step_plan.params(other).order > params.order for other in self.step_plan.updaters)
        return accumulation(params) > 1 and later

    def total(self, id: str) -> str:
        """How many steps an optimizer will take."""
        params = self.step_plan.params(id)
        every = params.when.every if params.when is not None and params.when.unit == "step" else 1
        parts = [f" // {number}" for number in (every, params.accumulate) if number > 1]
        return f"max(1, total{''.join(parts)})" if parts else "total"

    def print_start(self) -> list[str]:
        """Before the first step nobody had a turn."""
        return [f"{counter} = 0" for counter in self.counters.values()]

    def print_counting(self) -> list[str]:
        """Count the turns, once nothing in the step asks for their number any more."""
        lines = []
        for id, counter in self.counters.items():
            due = self.due(id)
            lines += [f"if {due}:", f"    {counter} += 1"] if due else [f"{counter} += 1"]
        return lines
