from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from builder.document import Project
from builder.edits import apply_edits
from builder.findings import Finding
from builder.loading import load_project
from builder.phrases import quote
from builder.rules import RULES, check

EXAMPLES = sorted(path for path in (Path(__file__).parent / "examples").iterdir() if path.is_dir())
PRESETS = sorted((Path(__file__).parents[3] / "presets").glob("*.json"))


def read(folder: Path) -> Project:
    return load_project((folder / "project.json").read_bytes())


def write_finding(finding: Finding) -> str:
    where = ".".join(part for part in (finding.graph, finding.node) if part) or "project"
    titles = "".join(f"\n  [{repair.title}]" for repair in finding.repairs)
    return f"{where} {finding.severity} {finding.code}: {finding.message}{titles}\n"


def identify(finding: Finding) -> tuple[str, str, str | None]:
    return finding.code, finding.graph, finding.node


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_a_bad_example_gets_exactly_the_sentences_that_stand_beside_it(folder: Path) -> None:
    written = "".join(write_finding(finding) for finding in check(read(folder)))
    assert written == (folder / "expected.txt").read_text(encoding="utf-8")
    assert f" {folder.name[:4]}: " in written


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_every_repair_removes_its_finding_and_brings_no_new_error(folder: Path) -> None:
    project = read(folder)
    before = check(project)
    for finding in before:
        for repair in finding.repairs:
            after = check(apply_edits(project, repair.edits))
            assert identify(finding) not in {identify(other) for other in after}, repair.title
            named = {edit["to"] for edit in repair.edits if edit["op"] == "rename_node"}  # it was hidden before
            new = [other for other in after if other.severity == "error" and other.node not in named]
            assert {identify(other) for other in new} <= {identify(other) for other in before}, repair.title


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_has_no_findings(path: Path) -> None:
    assert check(load_project(path.read_bytes())) == []


def test_every_rule_has_an_example() -> None:
    shown = {folder.name[:4] for folder in EXAMPLES}
    assert shown == {rule.code for rule in RULES}


def test_no_code_is_used_twice() -> None:
    assert Counter(rule.code for rule in RULES).most_common(1)[0][1] == 1


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_sentences_say_who_and_end_with_what_to_do(folder: Path) -> None:
    project = read(folder)
    for finding in check(project):
        assert finding.message.endswith((".", "?"))
        assert not {"please", "invalid", "error"} & set(finding.message.lower().split())
        if finding.node is not None and finding.graph in project.graph_paths():
            assert quote(finding.node) in finding.message


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_one_mistake_does_not_become_many_findings(folder: Path) -> None:
    assert len(check(read(folder))) <= 2
