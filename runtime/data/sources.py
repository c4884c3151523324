"""Opens a source: tries its origins in order and tells when one stands in for another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from builder.document import Origin, Source
from builder.phrases import name_origin
from runtime.data import embedded
from runtime.data.errors import DataError
from runtime.data.files import locate_file
from runtime.data.folders import locate_folder
from runtime.data.home import find_dataset, shorten_path
from runtime.data.hub import locate_hub
from runtime.data.located import Located, Report


@dataclass(frozen=True)
class Choice:
    """The origin that a source comes from, at hand but not yet read."""

    index: int
    origin: Origin
    located: Located
    notices: tuple[str, ...]


def choose_origin(source: Source, report: Report | None = None) -> Choice:
    """Take the first origin that is at hand.

    Raises:
        DataError: none is; the message tells the reason of each.
    """
    errors: list[DataError] = []
    for index, origin in enumerate(source.origins):
        try:
            located = locate_origin(origin, report)
        except DataError as error:
            errors.append(error)
            continue
        notices = (describe_stand_in(source.origins[0], origin, errors[0]),) if index else ()
        return Choice(index, origin, located, (*notices, *located.notices))
    raise DataError(" ".join(map(str, errors)) or "This source has no origin yet. Choose a data set on the data page.")


def locate_origin(origin: Origin, report: Report | None = None) -> Located:
    """Find where an origin's data lies. Raises DataError where it is not at hand."""
    locate: dict[str, Callable[[], Located]] = {
        "hub": lambda: locate_hub(origin, report),
        "embedded": lambda: _locate_embedded(origin),
        "file": lambda: locate_file(origin),
        "folder": lambda: locate_folder(origin),
    }
    return locate[origin.kind]()


def _locate_embedded(origin: Origin) -> Located:
    known = embedded.find_embedded(origin.name)
    options = json.dumps(origin.options, sort_keys=True)
    version = f":{known.tell_version()}" if known.tell_version else ""
    fingerprint = f"embedded:{embedded.REVISION}:{origin.name}:{options}{version}"
    return Located(fingerprint, lambda: {"train": embedded.open_embedded(origin.name, origin.options)})


def describe_stand_in(wanted: Origin, used: Origin, error: DataError) -> str:
    """The sentence that tells which data stands in, why, and how to have the data that was wanted."""
    what = f'the embedded set "{name_origin(used)}"' if used.kind == "embedded" else used.name
    if wanted.kind != "hub":
        return f"{error} Until then, {what} stands in."
    place = shorten_path(find_dataset(wanted.name))
    return f"{error.reason} In its place stands {what}. To use {wanted.name}, put its files under {place}."
