"""A data set that was opened to be looked at before it is used."""

from __future__ import annotations

from dataclasses import dataclass

from builder.document import Origin
from runtime.data.located import Report
from runtime.data.sources import locate_origin
from runtime.data.summaries import Summary, summarize
from runtime.data.tables import Table


@dataclass(frozen=True)
class Opened:
    """The tables of an origin, by part, and what the columns of the first one look like."""

    origin: Origin
    tables: dict[str, Table]
    summaries: tuple[Summary, ...]

    @property
    def table(self) -> Table:
        """The table that is learned from."""
        return self.tables["train"]


def open_origin(origin: Origin, report: Report) -> Opened:
    """Read the tables of an origin and look at their columns. Raises DataError."""
    report("looking for data", 0.0)
    located = locate_origin(origin, report)
    report("reading data", 0.2)
    tables = located.open()
    table, summaries = tables["train"], []
    for number, column in enumerate(table.columns):
        report(f"looking at {column[:40]}", 0.5 + 0.5 * number / len(table.columns))
        summaries.append(summarize(table, column))
    return Opened(origin, tables, tuple(summaries))
