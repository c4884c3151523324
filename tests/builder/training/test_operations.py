"""Formula and Detach as nodes of a project: ports, shapes, values and what a step does with them."""

from __future__ import annotations

import pytest
import torch

from builder.document import Graph, Project
from builder.layers.base import Misfit
from builder.shape_flow import infer
from builder.training.operations import Detach, Formula


def make_params(expression: str) -> Formula.Params:
    return Formula.Params(expression=expression)


def test_a_formula_has_a_port_for_each_name() -> None:
    assert [port.name for port in Formula.list_inputs(make_params("b + 2 * mean(a) - b"))] == ["b", "a"]


def test_values_and_names_come_in_the_order_of_the_ports() -> None:
    params = make_params("b - a")
    assert Formula.apply(params, torch.tensor(5.0), torch.tensor(3.0)).item() == 2.0
    assert Formula.expression(params, "loss", "penalty") == "loss - penalty"


def test_a_missing_value_is_an_error_and_not_another_result() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Formula.apply(make_params("a + b"), torch.tensor(1.0))


def test_detach_keeps_the_value_and_stops_the_gradient() -> None:
    value = torch.ones(3, requires_grad=True) * 2
    held = Detach.apply(Detach.Params(), value)
    assert held.equal(value)
    assert not held.requires_grad
    assert Detach.expression(Detach.Params(), "fake") == "fake.detach()"


def test_a_loss_with_a_penalty_flows_through_a_project_to_one_number() -> None:
    network = {
        "nodes": [
            {"id": "x", "kind": "Input", "params": {"shape": [4]}},
            {"id": "linear1", "kind": "Linear", "params": {"out_features": 1}},
            {"id": "y", "kind": "Output"},
        ],
        "edges": [{"source": "x", "target": "linear1"}, {"source": "linear1", "target": "y"}],
    }
    training = {
        "nodes": [
            {"id": "data", "kind": "Data", "params": {"source": "main"}},
            {"id": "predict", "kind": "Network", "params": {"network": "model"}},
            {"id": "loss", "kind": "MSELoss"},
            {"id": "penalty", "kind": "L1Penalty", "params": {"networks": ["model"]}},
            {"id": "total", "kind": "Formula", "params": {"expression": "loss + 0.5 * penalty"}},
        ],
        "edges": [
            {"source": "data", "source_port": "x", "target": "predict", "target_port": "x"},
            {"source": "predict", "source_port": "y", "target": "loss", "target_port": "input"},
            {"source": "data", "source_port": "y", "target": "loss", "target_port": "target"},
            {"source": "loss", "target": "total", "target_port": "loss"},
            {"source": "penalty", "target": "total", "target_port": "penalty"},
        ],
    }
    facts = {"fields": {name: {"kind": "vector", "shape": [size]} for name, size in (("x", 4), ("y", 1))}}
    fields = {"x": {"kind": "vector"}, "y": {"kind": "vector", "role": "target"}}
    project = Project.model_validate(
        {
            "networks": {"model": network},
            "training": training,
            "data": {"main": {"origins": [], "fields": fields, "facts": facts}},
        }
    )
    assert isinstance(project.training, Graph)
    node = infer(project)["training"].nodes["total"]
    assert [spec.shape for spec in node.outputs.values()] == [()]


def test_a_curve_is_drawn_of_one_number_alone() -> None:
    drawn = Formula.Params(expression="a - b", log=True)
    assert Formula.apply(drawn, torch.tensor(3.0), torch.tensor(1.0)).item() == 2.0
    with pytest.raises(Misfit, match="more than one number"):
        Formula.apply(drawn, torch.ones(2), torch.ones(2))
