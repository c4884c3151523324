"""The live view of a run: a component that asks our own route for what is new, with no rerun of the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from ui.assets import write_loader
from ui.run_routes import PLOTLY_ADDRESS


@cache
def register(name: str) -> Callable[..., Any]:
    """Register an entry of the front end that lives in the page itself: plotly.js breaks inside a shadow root."""
    return st.components.v2.component(f"layerloom_{name}", js=write_loader(name), isolate_styles=False)


def prepare_live_view() -> None:
    """Load what draws while a person still looks at the settings, so that a click on Train shows curves at once."""
    register("livechart")(key="live-none", data={"run": "", "plotly": PLOTLY_ADDRESS})


def show_live_view(run: str, view: dict[str, Any], on_change: Callable[[], None]) -> None:
    """Show a run as it happens.

    Args:
        run: The run's id.
        view: What does not change while it runs: panels of curves and titles of previews.
        on_change: Called when a run that is watched has ended, when one that had ended goes on, and when the
            doctor's button has changed its project.
    """
    data = {"run": run, "plotly": PLOTLY_ADDRESS, **view}
    changes = {f"on_{change}_change": on_change for change in ("ended", "resumed", "mended")}
    register("livechart")(key=f"live-{run}", data=data, **changes)
