"""The rules, and the check that asks them all: it never stops at the first finding, and no project makes it fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from builder.document import Project
from builder.findings import SEVERITIES, Finding
from builder.flow import Flow
from builder.rules.arguments import ArgumentRule
from builder.rules.averages import AverageRule, GroundRule
from builder.rules.base import GraphRule, Rule
from builder.rules.batch import BatchRule
from builder.rules.batch_sizes import LargeBatchRule
from builder.rules.blocks import BlockRule
from builder.rules.bypass import BypassRule
from builder.rules.connections import UnconnectedRule
from builder.rules.cycles import CycleRule
from builder.rules.dtypes import DtypeRule
from builder.rules.ends import NoInputRule, NoOutputRule
from builder.rules.followers import AimlessUpdaterRule, FollowerRule, UntrainedNetworkRule
from builder.rules.groups import EmptyGroupRule
from builder.rules.ignored import NoClassRule, UnevenRule
from builder.rules.images import ChannelsLastRule, LinearOnImageRule
from builder.rules.kinds import UnknownKindRule
from builder.rules.links import CrowdedPortRule, LostLinkRule
from builder.rules.masks import LeftMaskRule
from builder.rules.mentions import MissingNetworkRule, MissingSourceRule, SharedWeightsRule, WatchedMetricRule
from builder.rules.merging import MergeRule
from builder.rules.misfits import MisfitRule, NetworkInputRule
from builder.rules.names import DuplicateIdRule, IllegalIdRule, IllegalNetworkNameRule
from builder.rules.networks import DataRule, LinearPairRule, UnusedNetworkRule
from builder.rules.noising import NoiseScheduleRule
from builder.rules.optimizers import (
    AimlessOptimizerRule,
    IdleLossRule,
    NoLossRule,
    NoOptimizerRule,
    RivalOptimizersRule,
    UnreachedNetworkRule,
)
from builder.rules.parameters import ParameterRule, ReferenceRule, UnopenedSourceRule
from builder.rules.ranks import RankRule
from builder.rules.reach import DeadEndRule, UnreachableRule
from builder.rules.rivals import RivalNetworksRule
from builder.rules.sampling import SamplingRule
from builder.rules.scores import MissingSoftmaxRule, RedundantSoftmaxRule
from builder.rules.targets import TargetRule
from builder.rules.truths import TruthRule
from builder.rules.windows import WindowRule
from builder.rules.within import check_uses
from builder.shape_flow import infer
from builder.survey import Place, Survey

RULES: tuple[Rule, ...] = (
    CycleRule(),
    UnconnectedRule(),
    CrowdedPortRule(),
    LostLinkRule(),
    UnreachableRule(),
    DeadEndRule(),
    NoInputRule(),
    NoOutputRule(),
    DuplicateIdRule(),
    IllegalIdRule(),
    IllegalNetworkNameRule(),
    UnknownKindRule(),
    BypassRule(),
    ParameterRule(),
    ReferenceRule(),
    UnopenedSourceRule(),
    MissingNetworkRule(),
    MissingSourceRule(),
    WatchedMetricRule(),
    SharedWeightsRule(),
    RankRule(),
    DtypeRule(),
    MergeRule(),
    BatchRule(),
    WindowRule(),
    LinearOnImageRule(),
    MisfitRule(),
    NetworkInputRule(),
    ChannelsLastRule(),
    BlockRule(),
    ArgumentRule(),
    TargetRule(),
    TruthRule(),
    RedundantSoftmaxRule(),
    MissingSoftmaxRule(),
    NoOptimizerRule(),
    IdleLossRule(),
    NoLossRule(),
    AimlessOptimizerRule(),
    UnreachedNetworkRule(),
    RivalOptimizersRule(),
    RivalNetworksRule(),
    UnusedNetworkRule(),
    LinearPairRule(),
    DataRule(),
    SamplingRule(),
    FollowerRule(),
    AimlessUpdaterRule(),
    UntrainedNetworkRule(),
    NoiseScheduleRule(),
    LeftMaskRule(),
    AverageRule(),
    GroundRule(),
    NoClassRule(),
    UnevenRule(),
    EmptyGroupRule(),
    LargeBatchRule(),
)

GRAPH_RULES = tuple(rule for rule in RULES if isinstance(rule, GraphRule))


def check(project: Project, flows: Mapping[str, Flow] | None = None) -> list[Finding]:
    """Return all that is wrong or could be better: errors first, then by graph and node in the document's order."""
    known = infer(project) if flows is None else flows
    places = tuple(Place(project, path, project.graph(path), known) for path in project.graph_paths())
    survey = Survey(project, places)
    findings = check_uses(project, known, list(ask(RULES, survey)), partial(ask, GRAPH_RULES))
    return leave_out_echoes(sorted(findings, key=lambda finding: rank(survey, finding)))


def leave_out_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what is mended by the edits of a graver finding at the same node: one mistake, said twice."""
    kept: list[Finding] = []
    for finding in findings:
        graver = [other for other in kept if other.node == finding.node and other.graph == finding.graph]
        if not any(is_echo(finding, other) for other in graver):
            kept.append(finding)
    return kept


def is_echo(finding: Finding, other: Finding) -> bool:
    """Whether every repair of a finding is part of one of another that is graver."""
    if not finding.repairs or finding.severity == other.severity:
        return False
    offered = [repair.edits for repair in other.repairs]
    return all(any(all(edit in edits for edit in repair.edits) for edits in offered) for repair in finding.repairs)


def ask(rules: Iterable[Rule], survey: Survey) -> Iterator[Finding]:
    """Yield what each rule finds."""
    for rule in rules:
        yield from rule.check(survey)


def rank(survey: Survey, finding: Finding) -> tuple[int, int, int, str]:
    """Sort key of a finding: severity, graph, node, code."""
    paths = [place.path for place in survey.drawn]
    place = survey.drawn[paths.index(finding.graph)] if finding.graph in paths else None
    node = place.view.position.get(finding.node or "", -1) if place else -1
    return SEVERITIES.index(finding.severity), paths.index(finding.graph) if place else -1, node, finding.code
