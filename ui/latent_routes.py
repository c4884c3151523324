"""Routes of the latent map: the spaces that a run's networks make pictures of, where samples lie, and what a point shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from runtime.runs.folder import RunFolder
from ui.charts.latents import build_latent_map
from ui.run_routes import answer_json, find_folder
from ui.try_routes import read_checkpoint, write_picture
from ui.warmup import wait_until_loaded

if TYPE_CHECKING:
    from runtime.insight.latent_axes import Axes
    from runtime.insight.latents import Explorer

MOST_BYTES: Final = 20_000
DIGITS: Final = 4
"""As many as a screen shows."""
Json = dict[str, Any]


def list_spaces(request: Request) -> Json:
    """The spaces of a run; none where its networks make no pictures of vectors."""
    wait_until_loaded()
    from runtime.insight.latents import list_latents

    spaces = list_latents(find_folder(request).read_project())
    return {
        "spaces": [
            {"network": each.network, "kind": each.kind, "size": each.size, "classes": list(each.classes)}
            for each in spaces
        ]
    }


def draw_map(request: Request) -> Json:
    """Where samples lie in a space of codes: its figure, and the axes along which one moves."""
    folder, body = find_folder(request), request.state.body
    explorer = open_explorer(folder, body)
    codes = explorer.codes(body.get("space"))
    points = codes.axes.locate(codes.values)[:, :2].tolist()
    labels = [] if codes.labels is None else codes.labels.tolist()
    names = name_axes(codes.axes)
    titles = names if codes.axes.is_direct else [f"component {name}" for name in names]
    figure = build_latent_map(round_points(points), labels, codes.classes, titles) if len(names) > 1 else None
    return {
        "figure": figure,
        "axes": names,
        "direct": codes.axes.is_direct,
        "low": list(codes.axes.low),
        "high": list(codes.axes.high),
        "samples": len(codes.values),
        "step": explorer.step,
    }


def show_points(request: Request) -> Json:
    """What points of a space show."""
    folder, body = find_folder(request), request.state.body
    explorer = open_explorer(folder, body)
    shown = explorer.show(body.get("space"), body.get("points"), body.get("label"))
    pictures = [write_picture(picture) for picture in shown.pictures]
    return {"pictures": pictures, "coordinates": shown.coordinates, "step": shown.step}


def open_explorer(folder: RunFolder, body: Json) -> Explorer:
    """The networks of the checkpoint that is asked about."""
    wait_until_loaded()
    from runtime.insight.latents import SHELF

    return SHELF.take(folder, read_checkpoint(body))


def name_axes(axes: Axes) -> list[str]:
    """What people call the axes; of principal components with the part of the variance that each has."""
    if axes.is_direct:
        return [f"z{number}" for number in range(1, len(axes.shares) + 1)]
    return [f"{number} ({share:.0%})" for number, share in enumerate(axes.shares, 1)]


def round_points(points: list[list[float]]) -> list[list[float]]:
    """Coordinates with as many digits as can be seen."""
    return [[float(f"{value:.{DIGITS}g}") for value in point] for point in points]


LATENT_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/latents", answer_json(list_spaces)),
    Route("/api/runs/{run}/latents/map", answer_json(draw_map, MOST_BYTES), methods=["POST"]),
    Route("/api/runs/{run}/latents/show", answer_json(show_points, MOST_BYTES), methods=["POST"]),
]
