"""Faults of ours that nobody foresaw: their trace goes to a log, a sentence with the fault's number to the person."""

from __future__ import annotations

import logging
import secrets
from contextlib import closing, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import streamlit as st

from runtime.data.errors import DataError
from runtime.data.home import find_home, open_folder, shorten_path
from runtime.runs.errors import RunError
from ui.assets import MissingFrontend
from ui.projects import UnreadableProject

FILE: Final = "faults.log"
MOST_BYTES: Final = 512 * 1024
MOST_FILES: Final = 3
SENTENCE: Final = (
    "Something went wrong here that should not. Your project is saved as of your last change, and what is being trained "
    "goes on. Reload the page, or go back to the gallery."
)
TOLD: Final = (UnreadableProject, MissingFrontend, RunError, DataError)
"""Errors whose texts are sentences for people: they are no faults, wherever they come up."""


def show_fault(error: Exception) -> bool:
    """Show a person what to do about an error in a page, in a part of one, or after a click. Streamlit calls this.

    Returns:
        True, which has Streamlit show nothing of its own.
    """
    st.warning(str(error) if isinstance(error, TOLD) else explain_fault(error), icon=":material/info:")
    st.html('<a href="./" target="_self">Open the gallery</a>')
    return True


def explain_fault(error: BaseException) -> str:
    """Log a fault, and say what happened and where more is told."""
    number = log_fault(error)
    return f"{SENTENCE} If it comes again: {shorten_path(find_log())} tells more of fault {number}."


def log_fault(error: BaseException) -> str:
    """Write the trace of a fault to the log, and return the number that it has there."""
    number = secrets.token_hex(3)
    with suppress(OSError):
        open_folder("logs")
        with closing(open_log(find_log())) as log:
            log.handle(make_record(number, error))
    return number


def find_log() -> Path:
    """The newest file of the log."""
    return find_home() / "logs" / FILE


def open_log(path: Path) -> SilentHandler:
    """A log of a few small files. Where the disk takes nothing, the terminal is told by Streamlit all the same."""
    handler = SilentHandler(path, maxBytes=MOST_BYTES, backupCount=MOST_FILES - 1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    return handler


def make_record(number: str, error: BaseException) -> logging.LogRecord:
    """A fault as a line of the log, with its trace."""
    trace = (type(error), error, error.__traceback__)
    return logging.LogRecord("faults", logging.ERROR, "", 0, "fault %s", (number,), trace)


class SilentHandler(RotatingFileHandler):
    """A log that a full disk does not make a second fault of."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Let the record go."""
