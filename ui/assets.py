"""The compiled front end: where it lies, and the two lines of JavaScript through which Streamlit loads a part of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
MISSING = (
    "The screen's front end has not been compiled. Run `pip install -e .` in Layerloom's folder, then start the "
    "application again."
)


class MissingFrontend(Exception):
    """The compiled front end is not there. The text says which command mends it."""


@cache
def find_bundle(name: str) -> str:
    """Return the address of an entry of the front end (``canvas``), its hash included. Raises MissingFrontend."""
    manifest = STATIC / "manifest.json"
    if not manifest.exists():
        raise MissingFrontend(MISSING)
    for entry in json.loads(manifest.read_text(encoding="utf-8")).values():
        if entry.get("isEntry") and entry.get("name") == name:
            return f"/assets/{entry['file']}"
    raise MissingFrontend(MISSING)


def write_loader(name: str) -> str:
    """Return an inline module that imports an entry of the front end and hands the component over to it."""
    address = json.dumps(find_bundle(name))
    return (
        f"const bundle = import(new URL({address}, window.location.origin).href);\n"
        "export default function (component) { let end; bundle.then((module) => { end = module.default(component); });"
        " return () => end?.(); }"
    )
