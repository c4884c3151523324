"""What holds for any project, seen on random ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.analysis import analyse
from builder.document import Project
from builder.edits import EditError, apply_edits
from builder.findings import Finding
from builder.layers import CATALOGUE
from builder.rules import RULES, check
from builder.training import TRAINING_CATALOGUE
from tests.builder.mistakes import MISTAKES
from tests.builder.random_graphs import GROWN, LEAST, grow_project
from tests.builder.test_edits import torn_edits, whole_edits

WHOLE_GRAPH = {"S004", "S007", "S008", "S011", "P003", "P006", "L004", "L010", "L012"}
SEEDS = st.integers(0, 2**32)
OFTEN = 100
ROOT = Path(__file__).parents[2]
KINDS = [*CATALOGUE, *GROWN]
PRESETS = sorted((ROOT / "presets").glob("*.json"))
ELSEWHERE = {"Mix", "AugmentMasks"}
"""In tests of training alone."""


def spoil(project: Project, mistakes: list[str], rng: Random) -> Project:
    """Put mistakes into a project, each where the ones before left room for it."""
    data: dict[str, Any] = json.loads(project.model_dump_json())
    for code in mistakes:
        before = json.dumps(data)
        try:
            MISTAKES[code](data, rng)
        except StopIteration:
            data = json.loads(before)
    return Project.model_validate(data)


def errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def names_its_place(project: Project, finding: Finding) -> bool:
    """Whether a finding points at a node that is there, or is of a rule about a graph as a whole."""
    if finding.node is None:
        return finding.code in WHOLE_GRAPH
    return finding.node in {node.id for node in project.graph(finding.graph).nodes}


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_a_project_grown_from_layers_that_fit_has_no_errors(seed: int) -> None:
    project = grow_project(Random(seed))
    assert errors(check(project)) == []
    assert all(len(project.graph(path).nodes) >= LEAST for path in ("networks.model", "training"))


def test_a_seed_grows_the_same_project_in_every_process() -> None:
    """Sets of names have another order in each process, by their hash seed."""
    lines = "from random import Random; from tests.builder.random_graphs import grow_project"
    command = [sys.executable, "-c", f"{lines}; print([grow_project(Random(seed)) for seed in range(4)])"]
    printed = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.lists(st.sampled_from(sorted(MISTAKES)), min_size=1, max_size=4))
def test_whatever_is_wrong_the_check_answers_with_places_and_sentences(seed: int, mistakes: list[str]) -> None:
    project = spoil(grow_project(Random(seed)), mistakes, Random(seed))
    for finding in check(project):
        assert names_its_place(project, finding), finding
        assert finding.message.endswith((".", "?"))
    json.dumps(analyse(project), allow_nan=False)


def test_every_rule_has_a_mistake_of_its_own() -> None:
    assert sorted(MISTAKES) == sorted(rule.code for rule in RULES)


@pytest.mark.parametrize("code", sorted(MISTAKES))
def test_a_mistake_is_found_by_its_rule(code: str) -> None:
    found = [
        code in {f.code for f in check(spoil(grow_project(Random(seed)), [code], Random(seed)))} for seed in range(6)
    ]
    assert sum(found) >= 4


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.lists(whole_edits | torn_edits, max_size=6))
def test_no_edit_makes_the_check_fail(seed: int, edits: list[Any]) -> None:
    project = grow_project(Random(seed % 5))
    for edit in edits:
        try:
            project = apply_edits(project, [edit])
        except EditError:
            continue
    assert isinstance(check(project), list)


def locate(finding: Finding) -> tuple[str, ...]:
    return finding.code, finding.graph, str(finding.node), str(finding.port), finding.message


def count_at(place: tuple[str, ...], findings: list[Finding]) -> int:
    """How many findings say the same of a place: of two links to one lost port each has its own."""
    return [locate(finding) for finding in findings].count(place)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.sampled_from(sorted(MISTAKES)))
def test_every_repair_of_a_random_mistake_removes_its_finding(seed: int, code: str) -> None:
    project = spoil(grow_project(Random(seed)), [code], Random(seed))
    before = check(project)
    for finding in before:
        for repair in finding.repairs:
            after = check(apply_edits(project, repair.edits))
            place = locate(finding)
            assert count_at(place, after) < count_at(place, before), (finding, repair)


@pytest.mark.parametrize("blocks", [1, 3, 8])
def test_networks_that_use_themselves_again_and_again_are_checked_at_once(blocks: int) -> None:
    names = [f"b{i}" for i in range(blocks)]
    graph = {
        "nodes": [
            {"id": "z", "kind": "Input", "params": {"shape": [4]}},
            *({"id": name, "kind": "Block", "params": {"network": "inner"}} for name in names),
            {"id": "y", "kind": "Output"},
        ],
        "edges": [
            *({"source": "z", "target": name, "target_port": "z"} for name in names),
            {"source": "b0", "source_port": "y", "target": "y"},
        ],
    }
    start = perf_counter()
    found = {
        finding.node: finding.code for finding in errors(check(Project.model_validate({"networks": {"inner": graph}})))
    }
    assert {found[name] for name in names} == {"T010"}
    assert perf_counter() - start < 5


def test_every_kind_of_a_training_graph_is_in_random_graphs_or_in_a_preset() -> None:
    shipped = {node["kind"] for path in PRESETS for node in json.loads(path.read_text("utf-8"))["training"]["nodes"]}
    assert set(TRAINING_CATALOGUE) - set(GROWN) - shipped == ELSEWHERE


@pytest.mark.slow
def test_every_kind_and_every_rule_is_met_a_hundred_times_and_a_third_is_accepted() -> None:
    used: Counter[str] = Counter()
    met: Counter[str] = Counter()
    accepted = total = 0
    codes = sorted(MISTAKES)
    while min(met[rule.code] for rule in RULES) < OFTEN or min(used[kind] for kind in KINDS) < OFTEN:
        rng = Random(total)
        project = grow_project(rng, used)
        rare = sorted(codes, key=lambda code: met[code])[:8]
        if rng.random() > 0.4:
            project = spoil(project, rng.sample(rare, rng.randint(1, 3)), rng)
        findings = check(project)
        assert all(names_its_place(project, finding) for finding in findings)
        met.update({finding.code for finding in findings})
        accepted += not errors(findings)
        total += 1
        assert total < 10_000, (met, used)
    assert accepted >= 0.3 * total, (accepted, total)
