"""A graph drawn small: blocks where its nodes stand, coloured by family, and the links between them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from builder.document import Graph, Node

WIDTH: Final = 264
HEIGHT: Final = 112
MARGIN: Final = 10.0

Point = tuple[float, float]
Look = Callable[[str], tuple[str, float]]


def draw_graph(graph: Graph, look: Look, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The graph as one ``<svg>``, fitted into the given size.

    Args:
        graph: What to draw; its node's positions are used as they are.
        look: Gives a kind's colour and how tall its block stands, from 0 to 1.
        width: Width in pixels.
        height: Height in pixels.
    """
    place = fit_points([node.position for node in graph.nodes], width, height)
    centres = {node.id: place(node.position) for node in graph.nodes}
    lines = [
        draw_link(centres[e.source], centres[e.target])
        for e in graph.edges
        if e.source in centres and e.target in centres
    ]
    side = max(4.0, min(24.0, 220.0 / max(len(graph.nodes), 1)))
    blocks = [draw_block(node, centres[node.id], side, *look(node.kind)) for node in graph.nodes]
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{len(graph.nodes)} nodes">'
        f'<g fill="none" stroke="currentColor" stroke-opacity="0.35" stroke-width="1.2">{"".join(lines)}</g>'
        f"{''.join(blocks)}</svg>"
    )


def fit_points(points: list[Point], width: float, height: float) -> Callable[[Point], Point]:
    """A map from canvas positions to the picture that keeps left and right, above and below, and fills the room."""
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    spans = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    room = width - 2 * MARGIN - 24, height - 2 * MARGIN - 24
    scales = min(room[0] / spans[0], 0.5), min(room[1] / spans[1], 0.5)
    offsets = width / 2 - (min(xs) + max(xs)) / 2 * scales[0], height / 2 - (min(ys) + max(ys)) / 2 * scales[1]
    return lambda point: (point[0] * scales[0] + offsets[0], point[1] * scales[1] + offsets[1])


def draw_block(node: Node, centre: Point, side: float, colour: str, tall: float) -> str:
    """One node as a rounded block with its name on hover."""
    width, height = side * 0.82, side * (0.6 + 1.4 * tall)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" fill="{escape(colour)}">'
        f"<title>{escape(node.id)}: {escape(node.kind)}</title></rect>"
    )


def draw_link(start: Point, end: Point) -> str:
    """A link as a curve that leaves and arrives level."""
    (x1, y1), (x2, y2), middle = start, end, (start[0] + end[0]) / 2
    return f'<path d="M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"/>'
