"""From a file to a project and back. Whatever the file holds, the answer is a project or one sentence; nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from builder import strict_json
from builder.document import FORMAT, Project
from builder.phrases import describe_errors, quote, show_value
from builder.strict_json import JsonError, parse_json
from builder.writing import lay_out, strip_graph

Json = dict[str, Any]

MOST_BYTES = 16 * 2**20
"""The largest project of 20,000 nodes has a quarter of it."""
MOST_NODES = 20_000
"""More cannot be drawn, and each costs the checker its time."""
MOST_EDGES = 100_000
"""Five links a node: more cannot be told apart on a screen."""
MOST_NETWORKS = 500
"""Networks, blocks among them; a project that a person draws has some dozen. Also the sources of its data."""
MOST_MARKS = 5_000
"""Frames, notes and parameters: each is drawn, or looked for in every formula."""
MOST_PIECES = {
    "nodes": ("nodes", MOST_NODES),
    "edges": ("links", MOST_EDGES),
    "frames": ("frames", MOST_MARKS),
    "notes": ("notes", MOST_MARKS),
    "params": ("parameters", MOST_MARKS),
}
"""What graphs hold: its word for people, and how many of it a project has at most."""
MOST_FAULTS = 3
"""Of many faults the first few are said; the rest are counted."""

MIGRATIONS: dict[int, Callable[[Json], Json]] = {}
"""For each older format the step that turns its files into the next one's."""

SIGNATURES: dict[bytes, str] = {
    b"PK\x03\x04": "a zip archive (a download of a trained network is one: open the project.json inside it)",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    **{b"\x80" + bytes([protocol]): "a pickle, which is never opened here" for protocol in range(2, 6)},
}


class LoadError(Exception):
    """A file is no project that can be opened. The text is a sentence for people."""


def load_project(content: str | bytes) -> Project:
    """Read a project from the content of its file.

    Nodes of unknown kinds are kept as they are, with their links.

    Raises:
        LoadError: the content is not a project, is damaged, too large, or of a newer format.
    """
    return build_project(read_json(read_text(content)))


def read_document(data: Json) -> Project:
    """Read a project from JSON that was parsed elsewhere, as strictly as from a file. Raises LoadError."""
    check_size(data)
    check_values(data)
    return build_project(data)


def build_project(data: Json) -> Project:
    """The project of checked JSON of any format that can be read. Raises LoadError."""
    data = migrate(data)
    check_size(data)
    try:
        return Project.model_validate(data)
    except ValidationError as error:
        raise LoadError(describe_faults(error)) from None


def dump_project(project: Project) -> str:
    """Write a project as the text of its file: always the same for the same project, a node or a link to a line."""
    networks = {name: strip_graph(graph) for name, graph in project.networks.items()}
    graphs: Json = {"networks": networks, "training": strip_graph(project.training)}
    data = graphs | project.model_dump(mode="json", exclude=set(graphs))
    return lay_out({name: data[name] for name in Project.model_fields}) + "\n"


def read_text(content: str | bytes) -> str:
    """The content as text. Raises LoadError where it is too large or no text."""
    if len(content) > MOST_BYTES:
        megabytes = len(content) / 2**20
        raise LoadError(f"The file has {megabytes:.0f} MB, and a project has at most {MOST_BYTES // 2**20} MB.")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    for signature, what in SIGNATURES.items():
        if content.startswith(signature):
            raise LoadError(f"The file is {what}, and a project is a JSON file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoadError(
            f"The file is not text in UTF-8 (byte {error.start + 1} is not), and a project is a JSON file in UTF-8."
        ) from None


def read_json(text: str) -> Json:
    """Read a project's JSON strictly. Raises LoadError."""
    try:
        data = parse_json(text)
    except JsonError as error:
        raise LoadError(str(error)) from None
    if not isinstance(data, dict) or not {"format", "networks", "training"} & data.keys():
        raise LoadError("The file is JSON, but no project of Layerloom: it holds no networks and no training graph.")
    return data


def check_values(data: Any) -> None:
    """Raise LoadError for nesting without end, numbers without bound and torn characters."""
    try:
        strict_json.check_values(data)
    except JsonError as error:
        raise LoadError(str(error)) from None


def migrate(data: Json, migrations: Mapping[int, Callable[[Json], Json]] = MIGRATIONS, newest: int = FORMAT) -> Json:
    """Bring the data of an older format up to the newest, one format at a time. Raises LoadError."""
    number = data.get("format", newest)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise LoadError(f"The file says its format is {show_value(number)}, and formats are whole numbers from 1.")
    if number > newest:
        raise LoadError(
            f"The file is of format {number}, and this version of Layerloom reads up to format {newest}. "
            "Open it with a newer version."
        )
    while number < newest:
        if number not in migrations:
            raise LoadError(f"The file is of format {number}, which this version of Layerloom no longer reads.")
        number += 1
        data = {**migrations[number - 1](data), "format": number}
    return data


def check_size(data: Json) -> None:
    """Raise LoadError for more pieces than a project can be worked with."""
    networks = data.get("networks")
    graphs = [*(networks.values() if isinstance(networks, dict) else ()), data.get("training")]
    counted = {"networks": (networks, MOST_NETWORKS), "sources of data": (data.get("data"), MOST_NETWORKS)}
    for what, (pieces, most) in counted.items():
        if isinstance(pieces, dict) and len(pieces) > most:
            raise LoadError(f"The file has {len(pieces):,} {what}, and at most {most:,} are read.")
    for name, (what, most) in MOST_PIECES.items():
        found = [graph.get(name) for graph in graphs if isinstance(graph, dict)]
        count = sum(len(pieces) for pieces in found if isinstance(pieces, list | dict))
        if count > most:
            raise LoadError(f"The file has {count:,} {what}, and at most {most:,} are read.")


def describe_faults(error: ValidationError) -> str:
    """Say the first few places at which a file is not what a project is."""
    faults = [f"{quote(path)} {phrase}" for path, phrase in describe_errors(error)]
    more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
    return f"The file is no project that can be opened: {'; '.join(faults[:MOST_FAULTS])}{more}."
