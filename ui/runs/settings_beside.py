"""What runs have set, beside each other: settings by their paths, and in words how their graphs differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from ui.runs.comparison import Values, is_node, shorten_path

SEED: Final = "run.seed"
FOLD: Final = ".split.fold.index"
LINKS: Final = " links"
WEIGHTS: Final = " weights"
NONE: Final = "–"
MOST_SHOWN: Final = 4
LONGEST: Final = 60
VARIED: Final = re.compile(r" \((seed|fold) \d+\)$")


@dataclass(frozen=True)
class Row:
    """One setting of all runs: its path, in short what it is called, its value in each run, and whether those differ."""

    path: str
    name: str
    values: tuple[str, ...]
    differs: bool

    def as_json(self) -> dict[str, Any]:
        """The row as the screen reads it."""
        return asdict(self)


def list_rows(values: Sequence[Values]) -> list[Row]:
    """How graphs differ first, then every setting.

    The parameters of a node that not all runs have are told with the node, not as settings that differ.
    """
    paths = list(dict.fromkeys(path for own in values for path in own if not path.endswith(LINKS)))
    partial = {path for path in paths if is_node(path) and any(path not in own for own in values if own)}
    graphs = list(dict.fromkeys(path.removesuffix(LINKS) for own in values for path in own if path.endswith(LINKS)))
    told = [tell_graph(graph, values, partial) for graph in graphs]
    settings = [build_row(path, values, partial) for path in paths if path not in partial]
    return [row for row in told if row.differs] + settings


def build_row(path: str, values: Sequence[Values], partial: set[str]) -> Row:
    """One setting."""
    missing = NONE if path.startswith(("run.", "data.")) else "fresh" if path.endswith(WEIGHTS) else "default"
    own = tuple(write_value(one[path]) if path in one else missing if one else NONE for one in values)
    owner = path.rpartition(".")[0]
    return Row(path, shorten_path(path), own, owner not in partial and any(value != own[0] for value in own))


def tell_graph(graph: str, values: Sequence[Values], partial: set[str]) -> Row:
    """In a few words what each run's graph has and lacks beside that of the first."""
    nodes = sorted(path for path in partial if path.rpartition(".")[0] == graph)
    first = next(one for one in values if one)
    words = tuple((one and (tell_nodes(nodes, one, first) or tell_links(graph, one, first))) or NONE for one in values)
    differs = any(word != words[0] for word in words)
    name = "graph" if graph == "networks.model" else f"graph of {graph.removeprefix('networks.')}"
    return Row(f"{graph} graph", name, words, differs)


def tell_nodes(nodes: Sequence[str], values: Values, first: Values) -> str:
    """``+ drop1 Dropout, − fc2 Linear``; empty where both have the same nodes."""
    came = [f"+ {path.rpartition('.')[2]} {values[path]}" for path in nodes if path in values and path not in first]
    went = [f"− {path.rpartition('.')[2]} {first[path]}" for path in nodes if path in first and path not in values]
    all = came + went
    more = f" and {len(all) - MOST_SHOWN} more" if len(all) > MOST_SHOWN else ""
    return ", ".join(all[:MOST_SHOWN]) + more


def tell_links(graph: str, values: Values, first: Values) -> str:
    """How many links are others, where the nodes are the same."""
    links, others = ({json.dumps(link) for link in one.get(graph + LINKS, [])} for one in (values, first))
    count = len(links ^ others)
    return f"{count} link{'' if count == 1 else 's'} changed" if count else ""


def write_value(value: Any) -> str:
    """A setting in few words."""
    text = value if isinstance(value, str) else "none" if value is None else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def group_by_seed(values: Sequence[Values]) -> list[list[int]]:
    """The places of runs that have everything but the seed in common, or everything but the fold, where there are two or more."""
    found = []
    for varies in (is_seed, is_fold):
        groups: dict[str, list[int]] = {}
        for place, own in enumerate(values):
            if own:
                rest = {path: value for path, value in own.items() if not varies(path)}
                groups.setdefault(json.dumps(rest, sort_keys=True), []).append(place)
        found += [places for places in groups.values() if len(places) > 1 and differ(values, places, varies)]
    return found


def differ(values: Sequence[Values], places: Sequence[int], varies: Callable[[str], bool]) -> bool:
    """Whether runs differ in what may vary, and are not the same run twice."""
    return len({json.dumps([value for path, value in values[place].items() if varies(path)]) for place in places}) > 1


def is_seed(path: str) -> bool:
    """Whether a value is the run's seed."""
    return path == SEED


def is_fold(path: str) -> bool:
    """Whether a value says which fold of a source is for validation."""
    return path.startswith("data.") and path.endswith(FOLD)


def name_group(names: Sequence[str]) -> str:
    """What runs of different seeds or folds are called together."""
    bare = list(dict.fromkeys(VARIED.sub("", name) for name in names))
    what = "folds" if all(" (fold " in name for name in names) else "seeds"
    return f"{bare[0]}, {len(names)} {what}"
