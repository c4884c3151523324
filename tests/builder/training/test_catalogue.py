"""What holds for every kind of the training graph."""

from __future__ import annotations

import inspect
import json

import pytest
import torch

from builder.document import FieldFacts
from builder.kinds import Port
from builder.training import TRAINING_CATALOGUE, TRAINING_FAMILIES, TrainingKind
from builder.training.base import Loss, Metric, Preview, Updater
from builder.training.optimizers import SGD, Adam, AdamW, Optimizer

KINDS = list(TRAINING_CATALOGUE.values())
NAMES = list(TRAINING_CATALOGUE)
DEFAULTS = {kind.kind: kind.Params.model_validate({}) for kind in KINDS}

ISSUE = {
    "flow": {"Data", "Network", "Augment", "Formula", "Detach"},
    "classes": {"CrossEntropyLoss", "NLLLoss", "BCEWithLogitsLoss", "BCELoss"},
    "numbers": {"MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"},
    "penalties": {"L1Penalty", "L2Penalty"},
    "optimizers": {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam"},
    "metrics": {"Accuracy", "TopKAccuracy", "Precision", "Recall", "F1", "AUROC", "ConfusionMatrix"},
    "errors": {"MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsoluteScaledError", "R2Score"},
    "texts and rankings": {"AveragePrecision", "Perplexity", "BLEU", "EntityF1", "HitRate", "NDCG"},
    "previews": {"ImageGrid", "PredictionTable", "PredictedVsActual", "DecisionSurface", "Forecast"},
}


@pytest.fixture(params=KINDS, ids=NAMES)
def kind(request: pytest.FixtureRequest) -> type[TrainingKind]:
    found: type[TrainingKind] = request.param
    return found


def test_the_issue_lists_no_kind_that_is_missing() -> None:
    wanted = set().union(*ISSUE.values())
    assert wanted <= set(NAMES)


def test_a_kind_describes_itself_as_json(kind: type[TrainingKind]) -> None:
    described = json.loads(json.dumps(kind.describe()))
    assert described["kind"] == kind.kind
    assert described["family"] in TRAINING_FAMILIES


def test_a_kind_has_help_that_ends_its_first_line_with_a_full_stop(kind: type[TrainingKind]) -> None:
    text = inspect.getdoc(kind) or ""
    assert kind.summary().endswith(".")
    assert "Shapes:" in text or issubclass(kind, Updater)
    assert "`" not in kind.summary() or kind.kind == "Formula"


def test_every_parameter_has_a_default_and_a_line_of_help(kind: type[TrainingKind]) -> None:
    for name, info in kind.Params.model_fields.items():
        assert not info.is_required(), name
        assert info.description
        assert info.description.endswith(".") or ";" in info.description


def test_parameters_survive_json(kind: type[TrainingKind]) -> None:
    dumped = DEFAULTS[kind.kind].model_dump_json(by_alias=True)
    assert kind.Params.model_validate_json(dumped) == DEFAULTS[kind.kind]


def test_what_is_shown_on_a_node_is_a_parameter_of_it(kind: type[TrainingKind]) -> None:
    assert set(kind.shown) <= set(kind.Params.model_fields)


def test_unknown_parameters_are_refused(kind: type[TrainingKind]) -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        kind.Params.model_validate({"no_such_parameter": 1})


@pytest.mark.parametrize("loss", [k for k in KINDS if issubclass(k, Loss)], ids=lambda k: k.kind)
def test_a_loss_is_one_number_with_a_gradient(loss: type[Loss]) -> None:
    module = loss.construct(DEFAULTS[loss.kind], (None, None)).build()
    classes = loss.kind in ("CrossEntropyLoss", "NLLLoss")
    scores = torch.rand(6, 3 if classes else 1, requires_grad=True)
    value = module(scores, torch.randint(0, 3, (6,)) if classes else torch.rand(6, 1))
    value.backward()
    assert value.shape == ()
    assert scores.grad is not None


def draw_for(port: Port, kind: str) -> torch.Tensor:
    """A batch for a metric's port: scores of classes or numbers, and as many truths."""
    if kind == "EntityF1":
        return torch.rand(6, 3, 4) if port.name == "input" else torch.randint(0, 3, (6, 4))
    if kind == "BLEU" or (port.name == "target" and kind in COUNTING):
        return torch.randint(0, 3, (6, 5) if kind == "BLEU" else (6,))
    return torch.randint(0, 3, (6, 3)) if port.dtype == "integer" else torch.rand(6, 3)


COUNTING = {name for name in NAMES if "classes" in inspect.getdoc(TRAINING_CATALOGUE[name])} | {"Perplexity"}  # type: ignore[operator]


@pytest.mark.parametrize("metric", [k for k in KINDS if issubclass(k, Metric)], ids=lambda k: k.kind)
def test_a_metric_counts_and_has_a_goal(metric: type[Metric]) -> None:
    construct = metric.construct(DEFAULTS[metric.kind], (None, None))
    if metric.asks_truth:
        truth = FieldFacts(kind="category", classes=("O", "B-x", "I-x"), naive_errors=(0.5,))
        construct = metric.construct_for_truth(DEFAULTS[metric.kind], (None, None), truth)
    counter = construct.build()
    counter.update(*(draw_for(port, metric.kind) for port in metric.inputs if not port.optional))
    assert isinstance(counter.compute(), float | list)
    assert metric.goal in ("min", "max")


@pytest.mark.parametrize("optimizer", [k for k in KINDS if issubclass(k, Optimizer)], ids=lambda k: k.kind)
def test_an_optimizer_has_pytorchs_defaults_and_makes_a_loss_smaller(optimizer: type[Optimizer]) -> None:
    construct = optimizer.construct_optimizer(DEFAULTS[optimizer.kind])
    assert list(construct.kwargs) == ["lr"]
    assert construct.kwargs["lr"] == inspect.signature(construct.target.__init__).parameters["lr"].default
    weight = torch.nn.Parameter(torch.ones(3))
    made = construct.target([weight], **construct.kwargs)
    weight.square().sum().backward()
    made.step()
    assert (weight < 1).all()


def test_an_optimizer_passes_on_what_differs_from_pytorch() -> None:
    params = SGD.Params.model_validate({"lr": 0.1, "momentum": 0.9, "nesterov": True, "clip_norm": 1.0})
    assert SGD.construct_optimizer(params).kwargs == {"lr": 0.1, "momentum": 0.9, "nesterov": True}
    betas = Adam.Params.model_validate({"betas": [0.5, 0.999]})
    assert Adam.construct_optimizer(betas).kwargs == {"lr": 1e-3, "betas": (0.5, 0.999)}
    decay = AdamW.Params.model_validate({"weight_decay": 0})
    assert AdamW.construct_optimizer(decay).kwargs == {"lr": 1e-3, "weight_decay": 0.0}


@pytest.mark.parametrize(
    ("kind_name", "params", "sentence"),
    [
        ("SGD", {"nesterov": True}, "nesterov needs a momentum above 0"),
        ("SGD", {"lr": 0}, "greater than 0"),
        ("Adam", {"betas": [0.9, 1.0]}, "both betas"),
        ("Adam", {"schedule": {"kind": "unheard"}}, "unheard"),
        ("Adam", {"accumulate": 0}, "greater than or equal to 1"),
        ("Data", {"batch_size": 0}, "greater than or equal to 1"),
        ("CrossEntropyLoss", {"label_smoothing": 2}, "less than or equal to 1"),
    ],
)
def test_parameters_out_of_bounds_are_refused(kind_name: str, params: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        TRAINING_CATALOGUE[kind_name].Params.model_validate(params)


def test_the_own_numbers_of_an_optimizer_come_before_the_common_ones_in_its_form() -> None:
    names = list(Adam.describe()["schema"]["properties"])
    assert names[:2] == ["networks", "lr"]
    assert names.index("weight_decay") < names.index("order")


def test_previews_take_their_samples_from_the_start() -> None:
    for preview in (k for k in KINDS if issubclass(k, Preview)):
        assert "count" in preview.Params.model_fields
