"""Every kind of the catalogue keeps the contract of a layer."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch

from builder.layers import CATALOGUE, FAMILIES
from builder.probing import probe_layer
from builder.tensors import BATCH, TIME
from tests.builder.layers.cases import BUILT_BY_THE_GRAPH, CASES, OTHER_TIME, Case
from tests.builder.layers.harness import Use, make_inputs

EXAMPLES = [pytest.param(kind, case, id=f"{kind}-{i}") for kind, cases in CASES.items() for i, case in enumerate(cases)]
RUNNABLE = [example for example in EXAMPLES if example.values[0] != "Output"]
KINDS = [pytest.param(kind, id=kind) for kind in CATALOGUE]
SIMPLE = {"integer", "number", "boolean", "string", "array", "null"}
FREE_FORM = {"initial", "arguments", "first_arguments"}


def test_every_kind_has_an_example() -> None:
    assert set(CASES) | set(BUILT_BY_THE_GRAPH) == set(CATALOGUE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_listed_under_its_own_name_in_a_known_family(kind: str) -> None:
    assert CATALOGUE[kind].kind == kind
    assert CATALOGUE[kind].family in FAMILIES


def test_every_family_has_a_kind() -> None:
    assert {layer.family for layer in CATALOGUE.values()} == set(FAMILIES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_can_be_drawn_from_the_schema(kind: str) -> None:
    schema = CATALOGUE[kind].describe()["schema"]
    assert "$defs" not in schema
    assert set(CATALOGUE[kind].shown) <= set(schema["properties"])
    for name, field in schema["properties"].items():
        assert len(field["description"]) >= 10 and field["description"].endswith("."), name
        assert "default" in field, name
        assert is_simple(field) or name in FREE_FORM, name


def is_simple(field: dict[str, Any]) -> bool:
    """Whether an editor for one value, a choice or a list of values is all that is needed."""
    if "anyOf" in field:
        return all(is_simple(option) for option in field["anyOf"])
    if field.get("type") == "array":
        return all(is_simple(item) for item in [field.get("items", {"type": "integer"}), *field.get("prefixItems", [])])
    return field.get("type") in SIMPLE or "enum" in field or "const" in field


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_ends_with_how_weights_start(kind: str) -> None:
    groups = [field.get("group") for field in CATALOGUE[kind].describe()["schema"]["properties"].values()]
    assert groups == sorted(groups, key=lambda group: group == "start")


@pytest.mark.parametrize("kind", KINDS)
def test_the_help_says_what_and_which_shapes(kind: str) -> None:
    layer = CATALOGUE[kind]
    text = inspect.getdoc(layer) or ""
    first = text.split("\n")[0]
    assert layer.__doc__ and first.endswith(".") and len(first) <= 120
    assert "Args:" not in text
    sections = [line[:-1] for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert sections in [["Shapes", *rest] for rest in ([], ["Formula"], ["Reference"], ["Formula", "Reference"])]
    for port in (*layer.inputs, *layer.outputs):
        assert port.name in text, port.name


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_can_be_found_by_other_words(kind: str) -> None:
    assert CATALOGUE[kind].synonyms
    assert all(word == word.lower() for word in CATALOGUE[kind].synonyms)


@pytest.mark.parametrize(("kind", "case"), EXAMPLES)
def test_parameters_survive_the_journey_through_json(kind: str, case: Case) -> None:
    params = CATALOGUE[kind].Params.model_validate(case.params)
    assert CATALOGUE[kind].Params.model_validate_json(params.model_dump_json()) == params


@pytest.mark.parametrize(("kind", "case"), RUNNABLE)
def test_the_predicted_shape_is_the_real_one(kind: str, case: Case) -> None:
    use = Use(kind, case)
    predicted = probe_layer(use.layer, use.params, case.inputs)
    assert predicted.problem is None
    for probe in (0, 1):
        sizes = (axis.sizes[probe] for axis in (BATCH, TIME, OTHER_TIME))
        outputs = use.run(use.build(), make_inputs(case.inputs, *sizes))
        assert len(outputs) == len(use.layer.outputs)
        assert [tuple(output.shape) for output in outputs] == [spec.at(probe) for spec in predicted.outputs]
        assert [str(output.dtype) for output in outputs] == [f"torch.{spec.dtype}" for spec in predicted.outputs]


@pytest.mark.parametrize(("kind", "case"), EXAMPLES)
def test_the_printed_code_computes_the_same_bits(kind: str, case: Case) -> None:
    use, inputs = Use(kind, case), make_inputs(case.inputs, 3, 9)
    ours, printed = use.build(), use.build_from_source()
    for ours_output, printed_output in zip(use.run(ours, inputs), use.run_source(printed, inputs), strict=True):
        assert torch.equal(ours_output, printed_output)


@pytest.mark.parametrize(("kind", "case"), RUNNABLE)
def test_one_step_back_reaches_every_weight_and_input(kind: str, case: Case) -> None:
    use, inputs = Use(kind, case), make_inputs(case.inputs, 3, 9)
    module = use.build()
    differentiable = [x.requires_grad_() for x in inputs if x is not None and x.is_floating_point()]
    weights = list(module.parameters()) if module is not None else []
    if not differentiable and not weights:
        return
    outputs = use.run(module, inputs)
    sum((output * torch.linspace(1, 2, output.numel()).view_as(output)).sum() for output in outputs).backward()
    for tensor in (*differentiable, *weights):
        assert tensor.grad is not None and torch.isfinite(tensor.grad).all()


@pytest.mark.parametrize(("kind", "case"), RUNNABLE)
def test_samples_do_not_mix_once_training_is_over(kind: str, case: Case) -> None:
    use, inputs = Use(kind, case), make_inputs(case.inputs, 4, 9)
    module = use.build()
    module = module.eval() if module is not None else None
    alone = [x if x is None else x[1:2] for x in inputs]
    for whole, single in zip(use.run(module, inputs), use.run(module, alone), strict=True):
        torch.testing.assert_close(whole[1:2], single, rtol=1e-5, atol=1e-6)


ASKING = [example for example in RUNNABLE if CATALOGUE[example.values[0]].on_demand]


@pytest.mark.parametrize(("kind", "case"), ASKING)
def test_an_output_that_nobody_asks_for_is_not_made(kind: str, case: Case) -> None:
    asked, spared = Use(kind, case), Use(kind, case, wanted=())
    inputs = make_inputs(case.inputs, 3, 9)
    whole, few = (use.run(use.build().eval(), inputs) for use in (asked, spared))
    assert len(whole) == len(CATALOGUE[kind].outputs)
    assert len(few) == len(whole) - len(CATALOGUE[kind].on_demand)
    for with_more, alone in zip(whole, few, strict=False):
        torch.testing.assert_close(with_more, alone, rtol=1e-5, atol=1e-6)
