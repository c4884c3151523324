"""The ground every figure stands on: margins, axes and what stays as the person left it."""

from __future__ import annotations

from typing import Any

Figure = dict[str, Any]


def build_axis(title: str = "", **options: Any) -> dict[str, Any]:
    """An axis with a short title and no zero line; its colours come from the browser's theme."""
    return {"title": {"text": title, "standoff": 6}, "zeroline": False, "automargin": True, **options}


def build_layout(x: dict[str, Any], y: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A quiet layout. ``uirevision`` keeps zoom and hidden traces while data arrives."""
    return {
        "margin": {"l": 44, "r": 12, "t": 8, "b": 36},
        "xaxis": x,
        "yaxis": y,
        "showlegend": False,
        "uirevision": "kept",
        **options,
    }
