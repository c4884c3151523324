"""Compares a run with baselines: made and measured on the run's own data, and kept in its folder."""

from __future__ import annotations

import time
from typing import Any

from runtime.data.errors import DataError
from runtime.data.located import Report
from runtime.data.prepare import PreparedSource, prepare
from runtime.insight.baselines.asked import Asked, Unfit, find_asked
from runtime.insight.baselines.base import Baseline
from runtime.insight.baselines.catalogue import BASELINES
from runtime.insight.baselines.measuring import measure_answers, measure_tokens
from runtime.insight.baselines.reading import FILE
from runtime.runs.environment import compare_data
from runtime.runs.errors import RunError
from runtime.runs.files import write_json
from runtime.runs.folder import RunFolder
from runtime.session import with_facts

CHANGED = "The data changed since the run began: the baselines saw other samples than it did."


def compare_run(folder: RunFolder, report: Report = lambda doing, done: None) -> dict[str, Any]:
    """Make every baseline that suits a run, measure it, and keep the result in the run's folder.

    Returns:
        ``notices``, and ``baselines``: for each ``name``, ``title``, ``about`` and ``metrics`` by part of the data and
        name; where it could not be made there is a ``reason`` in place of the numbers.

    Raises:
        RunError: the run's question is none that a baseline answers, or its data cannot be used any more.
    """
    project = folder.read_project()
    try:
        prepared = prepare(project, lambda doing, done: report(doing, done / 2))
    except DataError as error:
        raise RunError(str(error)) from None
    current = with_facts(project, prepared)
    asked = find_first(current, prepared)
    suiting = [baseline for baseline in BASELINES if baseline.suits(asked)]
    results = []
    for number, baseline in enumerate(suiting):
        report(baseline.title, 0.5 + number / len(suiting) / 2)
        results.append(make_result(baseline, asked))
    notices = [CHANGED] if compare_data(project, current) else []
    compared = {"notices": notices, "baselines": [result for result in results if result]}
    write_json(folder.path / FILE, compared)
    return compared


def find_first(project: Any, prepared: dict[str, PreparedSource]) -> Asked:
    """What is asked of the first source that anything is asked of. Raises RunError."""
    reasons = []
    for name, source in prepared.items():
        try:
            return find_asked(project, source, name)
        except Unfit as unfit:
            reasons.append(str(unfit))
    raise RunError(f"There is no baseline to compare with. {reasons[0] if reasons else 'The project has no data.'}")


def make_result(baseline: Baseline, asked: Asked) -> dict[str, Any] | None:
    """What a baseline reaches, or why it cannot be made; None where nothing measures it."""
    about = {"name": baseline.name, "title": baseline.title}
    start = time.perf_counter()
    try:
        fitted = baseline.fit(asked)
    except Unfit as unfit:
        return {**about, "reason": f"Not made: {unfit}."}
    measured = (measure_tokens if fitted.is_text else measure_answers)(asked, fitted.answer)
    if not any(measured.values()):
        return None
    return {**about, "about": fitted.about, "seconds": round(time.perf_counter() - start, 3), "metrics": measured}
