"""Differences between two JSON documents, as the canvas sends them: small for a small change, whatever the document.

A patch is an object with one key:

- ``{"to": value}``: the value is another.
- ``{"in": {name: patch}, "out": [name]}``: an object whose parts changed, and the names that are gone.
- ``{"at": start, "cut": n, "put": [value]}``: a list in which ``n`` items gave way to others.
- ``{"each": {"3": patch}}``: a list of the same length in which some items changed.

What did not change stays the same object, so that whoever compares by identity sees what did. The other side is
``ui/frontend/src/canvas/core/patch.ts``; the files under ``tests/fixtures/patches`` hold the two together.
"""

from __future__ import annotations

from typing import Any

Json = Any


class PatchError(Exception):
    """A patch does not fit the value it is applied to: it was made from another one."""


def apply_patch(value: Json, patch: Json) -> Json:
    """Return the patched value; the old one stays as it is. Raises PatchError."""
    if not isinstance(patch, dict):
        raise PatchError("A patch is an object.")
    if "to" in patch:
        return patch["to"]
    if "put" in patch:
        return splice(value, patch)
    if "each" in patch:
        return patch_items(value, patch["each"])
    return patch_parts(value, patch)


def patch_parts(value: Json, patch: dict[str, Json]) -> Json:
    """Change some parts of an object, and leave out those that are gone."""
    inner, gone = patch.get("in", {}), patch.get("out", [])
    if not isinstance(value, dict) or not isinstance(inner, dict) or not isinstance(gone, list):
        raise PatchError("Parts change in an object.")
    kept = {key: item for key, item in value.items() if key not in gone}
    return kept | {key: apply_patch(kept.get(key), part) for key, part in inner.items()}


def patch_items(value: Json, parts: Json) -> Json:
    """Change some items of a list."""
    if not isinstance(value, list) or not isinstance(parts, dict):
        raise PatchError("Items change in a list.")
    changed = list(value)
    for key, part in parts.items():
        place = int(key) if key.isdecimal() and len(key) < 10 else len(value)
        if place >= len(value):
            raise PatchError(f"There is no item {key[:20]} to change.")
        changed[place] = apply_patch(value[place], part)
    return changed


def splice(value: Json, patch: dict[str, Json]) -> Json:
    """Put items in the place of others."""
    start, cut, put = patch.get("at"), patch.get("cut"), patch["put"]
    if not isinstance(value, list) or not isinstance(put, list) or type(start) is not int or type(cut) is not int:
        raise PatchError("Items give way to others in a list.")
    if start < 0 or cut < 0 or start + cut > len(value):
        raise PatchError("There are fewer items than give way.")
    return [*value[:start], *put, *value[start + cut :]]
