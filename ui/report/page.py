"""The report of a run as HTML: what it was, how it went, its curves, its network and its settings, in one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from builder.document import NETWORKS, Project
from builder.phrases import name_origin
from builder.shape_flow import infer
from builder.summary import summarise
from runtime.export.tensorboard import list_settings
from runtime.runs.folder import RunFolder
from runtime.runs.store import notices, open_run, read_latest, statuses
from ui.cards import draw_project
from ui.report.curves import TitledFigure, build_report_figures
from ui.run_routes import PLOTLY_FILE

STYLE: Final = Path(__file__).parent / "style.css"
CONFIG: Final = {"displaylogo": False, "responsive": True}

Cells = Sequence[object]


def write_report(folder: RunFolder, file: Path) -> None:
    """Write the report of a run, which may still be training.

    Raises:
        RunError: The run's project cannot be read.
        sqlite3.Error: Its database cannot be read.
    """
    file.write_text(build_report(folder), encoding="utf-8")


def build_report(folder: RunFolder) -> str:
    """The report as HTML. Whatever a person wrote stands in it as text. Raises as ``write_report``."""
    project, meta = folder.read_project(), folder.read_meta()
    figures = build_report_figures(folder, project)
    sections = [
        write_head(str(meta["name"]), folder, meta),
        write_section("Results", write_results(folder)),
        write_section("Curves", write_figures(figures)),
        write_section("Networks", draw_project(project) + write_networks(project)),
        write_section("Data", write_data(project)),
        write_section("Settings", write_table(("setting", "value"), list_settings(project))),
        write_section("Environment", write_table(("", ""), folder.read_environment().items())),
    ]
    title = escape(f"{meta['name']} - Layerloom")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE.read_text(encoding="utf-8")}</style></head>'
        f"<body><main>{''.join(sections)}</main>{write_scripts(figures)}</body></html>"
    )


def write_head(name: str, folder: RunFolder, meta: dict[str, Any]) -> str:
    """Name, how it ended, when, tags, notes, and what people must know of it."""
    history = statuses(folder)
    last = history.iloc[-1]
    reason = " ".join(filter(None, (last["reason"], last["advice"])))
    with open_run(folder) as connection:
        progress = read_latest(connection).get("progress") or {}
    done = f"{progress['step']:,} of {progress['steps']:,} steps in {progress['seconds']:,.1f} s" if progress else ""
    facts = [str(last["status"]).capitalize(), done, str(history.iloc[0]["at"])[:16].replace("T", " ") + " UTC"]
    facts += [f"#{tag}" for tag in meta["tags"]]
    lines = [f"<h1>{escape(name)}</h1>", f'<p class="facts">{escape(" · ".join(filter(None, facts)))}</p>']
    lines += [f"<p>{escape(text)}</p>" for text in (reason, *str(meta["notes"]).split("\n\n")) if text]
    lines += [f'<p class="notice">{escape(text)}</p>' for text in notices(folder)]
    return "".join(lines)


def write_section(title: str, content: str) -> str:
    """A part of the report; nothing where there is nothing to say."""
    return f"<section><h2>{title}</h2>{content}</section>" if content else ""


def write_table(head: Sequence[str], rows: Iterable[Cells]) -> str:
    """A table; nothing without rows."""
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return ""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return f"<table>{f'<thead><tr>{names}</tr></thead>' if any(head) else ''}<tbody>{body}</tbody></table>"


def write_results(folder: RunFolder) -> str:
    """Lowest, highest and last value of each curve."""
    sql = (
        "SELECT name, split, MIN(value), MAX(value), "
        "(SELECT value FROM scalars WHERE series = series.id ORDER BY point DESC LIMIT 1) "
        "FROM series JOIN scalars ON series.id = scalars.series GROUP BY series.id ORDER BY series.id"
    )
    with open_run(folder) as connection:
        rows = connection.execute(sql).fetchall()
    values = [(name, split, *map(format_value, numbers)) for name, split, *numbers in rows if not name.endswith(".lr")]
    return write_table(("number", "part", "lowest", "highest", "last"), values)


def format_value(value: float | None) -> str:
    """A number in few digits."""
    return "" if value is None else f"{value:.5g}"


def write_figures(figures: Sequence[TitledFigure]) -> str:
    """A place for each figure, which the script fills."""
    places = (
        f'<figure><figcaption>{escape(title)}</figcaption><div id="figure{number}"></div></figure>'
        for number, (title, _) in enumerate(figures)
    )
    return f'<div class="figures">{"".join(places)}</div>' if figures else ""


def write_scripts(figures: Sequence[TitledFigure]) -> str:
    """The plotting library and the figures; JSON in which nothing can end the script."""
    if not figures:
        return ""
    content = json.dumps([figure for _, figure in figures]).replace("<", "\\u003c")
    draw = (
        f"{content}.forEach((figure, place) => "
        f'Plotly.newPlot("figure" + place, figure.data, figure.layout, {json.dumps(CONFIG)}));'
    )
    library = PLOTLY_FILE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    return f"<script>{library}</script><script>{draw}</script>"


def write_networks(project: Project) -> str:
    """Every network's nodes with what they put out and what they cost."""
    flows = infer(project)
    return "".join(
        f"<h3>{escape(name)}</h3>"
        + write_table(
            ("node", "kind", "output shape", "parameters", "multiply-adds"),
            ((row.node, row.kind, row.shape, f"{row.parameters:,}", f"{row.multiply_adds:,}") for row in rows),
        )
        for name, graph in project.networks.items()
        if (rows := summarise(graph, flows[NETWORKS + name]))
    )


def write_data(project: Project) -> str:
    """Where the data came from and how many samples each part has."""
    rows = []
    for name, source in project.data.items():
        facts = source.facts
        origin = source.stand_in or source.origins[0]
        counts = ", ".join(f"{count:,} {part}" for part, count in (facts.counts if facts else {}).items())
        rows.append((name, f"{origin.kind}: {name_origin(origin)}", counts, ", ".join(source.fields)))
    return write_table(("source", "from", "samples", "fields"), rows)
