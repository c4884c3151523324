"""Runs that repeat each other, as one: how many have finished, and the mean of each number with how far it can be trusted."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from runtime.runs.folder import RunFolder
from runtime.runs.groups import Group, Summary, find_group, list_groups
from runtime.runs.listing import list_runs

STYLE = Path(__file__).parent / "style.css"
MOST_GROUPS = 20
ABOUT = "Means with 95% t-intervals. Folds share training samples, so that theirs are a little too narrow."


def show_groups(runs: pd.DataFrame) -> None:
    """On the page of all runs: a line for each group."""
    groups = list_groups(runs)[:MOST_GROUPS]
    if not groups:
        return
    kept = {str(row["id"]): row["metric"] for row in runs.to_dict("records")}
    st.html(STYLE)
    with st.expander(f"Repeats and cross-validations ({len(groups)})", expanded=True):
        rows = "".join(write_group(group, choose_number(group, kept.get(group.runs[0]))) for group in groups)
        st.html(f'<table class="ll-beside ll-groups"><tbody>{rows}</tbody></table>')
        st.caption(ABOUT)


def show_group(folder: RunFolder) -> None:
    """On the page of one run: the numbers of all runs of its group."""
    own = folder.read_meta()["group"]
    group = find_group(str(own), list_runs()) if own else None
    if group is None:
        return
    with st.expander(f"{tell_what(group)} of “{group.name}”"):
        rows = "".join(
            f"<tr><th>{escape(f'{number.split} {number.name}')}</th>{write_number(number)}</tr>"
            for number in group.numbers
        )
        st.html(f'<table class="ll-beside"><tbody>{rows}</tbody></table>' if rows else "<p>None has finished yet.</p>")
        st.caption(ABOUT)


def choose_number(group: Group, kept: object) -> Summary | None:
    """The number that a group is told by: the kept metric, else the first, on validation where that was measured."""
    ranked = sorted(group.numbers, key=lambda number: (number.split != "validation", number.name != kept))
    return ranked[0] if ranked else None


def write_group(group: Group, number: Summary | None) -> str:
    """A group as a row."""
    link = f'<a href="/runs?compare={",".join(group.runs)}" target="_self">{escape(group.name)}</a>'
    told = f"<td>{escape(number.split)} {escape(number.name)}</td>{write_number(number)}" if number else "<td></td>" * 3
    return f"<tr><th>{link}</th><td>{tell_what(group)}</td>{told}</tr>"


def write_number(number: Summary) -> str:
    """The mean with its interval, and each value."""
    half = f" ± {number.half:.2g}" if math.isfinite(number.half) else ""
    values = ", ".join(f"{value:.4g}" for value in number.values)
    return f"<td><b>{number.mean:.4g}{half}</b></td><td><small>{values}</small></td>"


def tell_what(group: Group) -> str:
    """``5 folds``, or ``3 of 5 folds`` while some train."""
    count = len(group.runs)
    return f"{count} {group.kind}" if group.finished == count else f"{group.finished} of {count} {group.kind}"
