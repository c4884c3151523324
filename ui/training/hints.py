"""What the checker says of the settings on the train page: quietly, with what would mend it as buttons."""

from __future__ import annotations

from typing import Any

import streamlit as st

from builder.document import TRAINING, Project
from ui.markdown import escape
from ui.projects import Stored
from ui.training.fields import list_settings
from ui.training.settings import save_edits


def find_hints(project: Project, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings about settings of the page that do not keep it from training."""
    shown = {(setting.node, setting.name) for setting in list_settings(project).values() if setting.node}
    own = [finding for finding in findings if finding["graph"] == TRAINING and finding["severity"] != "error"]
    return [finding for finding in own if (finding["node"], finding["param"]) in shown]


def show_hints(stored: Stored, findings: list[dict[str, Any]]) -> None:
    """A line for each, with a button for every repair."""
    for number, finding in enumerate(find_hints(stored.project, findings)):
        with st.container(horizontal=True, vertical_alignment="center", key=f"hint-{number}"):
            st.caption(escape(str(finding["message"])), width="content")
            for repair in finding["repairs"]:
                st.button(
                    escape(repair["title"]),
                    key=f"hint-{number}-{repair['title']}",
                    type="tertiary",
                    on_click=mend,
                    args=(stored, list(repair["edits"])),
                )


def mend(stored: Stored, edits: list[dict[str, Any]]) -> None:
    """Save what mends it, before anything of the page runs."""
    save_edits(stored, edits)
