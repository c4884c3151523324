from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.canvas.patch import PatchError, apply_patch

FIXTURES = Path(__file__).parents[2] / "fixtures" / "patches"


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*.json")), ids=lambda file: file.stem)
def test_a_patch_makes_the_document_that_stands_beside_it(file: Path) -> None:
    case = json.loads(file.read_bytes())
    before = json.dumps(case["before"])
    assert apply_patch(case["before"], case["patch"]) == case["after"]
    assert json.dumps(case["before"]) == before


@pytest.mark.parametrize("file", sorted((FIXTURES / "refused").glob("*.json")), ids=lambda file: file.stem)
def test_a_patch_of_something_else_is_refused(file: Path) -> None:
    case = json.loads(file.read_bytes())
    with pytest.raises(PatchError):
        apply_patch(case["before"], case["patch"])


def test_what_does_not_change_stays_the_same_object() -> None:
    nodes = [{"id": "a"}, {"id": "b"}]
    document = {"networks": {"model": {"nodes": nodes}}, "training": {"nodes": []}}
    patch = {"in": {"networks": {"in": {"model": {"in": {"nodes": {"each": {"1": {"in": {"id": {"to": "c"}}}}}}}}}}}
    patched = apply_patch(document, patch)
    assert patched["training"] is document["training"]
    assert patched["networks"]["model"]["nodes"][0] is nodes[0]
