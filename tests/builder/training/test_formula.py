"""Formulas: what is refused and why, and that computing and printed source give the same bits."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from builder.training.formula import FormulaError, evaluate_formula, names_in, parse_formula, print_formula
from builder.training.operations import Formula

REFUSED = {
    '__import__("os")': "calls __import__, which is not one of",
    "__class__ + a": "uses __class__, and names that start with two underscores belong to Python",
    "a.grad": "has a dot in it",
    "a.__class__.__bases__": "has a dot in it",
    "a[0]": "has square brackets in it",
    "(lambda: a)()": "has a call of something that is not a function's name in it",
    "lambda: a": "has a lambda in it",
    "[a for a in b]": "has a list or something like it in it",
    "a if b else c": "has an if in it",
    "a < b": "has a comparison in it",
    "a and b": "has and or or in it",
    "not a": "has a sign other than minus in it",
    "a % b": "has an operator that is not one of the five in it",
    "a ** 99": "has the exponent 99, and at most 16 is allowed",
    "a ** -99": "has the exponent -99, and at most 16 is allowed",
    "a ** b": "has an exponent that is not a plain number",
    "9 ** 9 ** 9 * a": "has an exponent that is not a plain number",
    "10 ** 15 * a": "has 10 ** 15 in it, which is not a number of a sensible size",
    "1e400 * a": "has a number above 1e+12 in it",
    "1 / 0 + a": "has 1 / 0 in it, which is not a number of a sensible size",
    "(0 - 8) ** 0.5 * a": "has (0 - 8) ** 0.5 in it, which is not a number of a sensible size",
    "2j * a": "has '2j' in it, which is not a number",
    "True * a": "has 'True' in it, which is not a number",
    "'a' * 9": "has 'a' in it, which is not a number",
    "-" * 60 + "a": "is nested more than 40 levels deep",
    "a+" * 300 + "a": "has 601 characters and 500 are allowed",
    "a +": "is not complete",
    "": "is not complete",
    "(" * 200 + "a": "is not complete",
    "1 + 2": "names no input",
    "exp(2) * a": "gives exp a plain number",
    "mean + a": "uses mean without brackets",
    "torch + a": "uses torch as the name of an input",
    "größe + a": "uses größe, and names are made of letters a to z",
    "mean(a, b)": "gives mean 2 values, and it takes one",
    "mean()": "gives mean 0 values, and it takes one",
    "mean(*a)": "has a list or something like it in it",
    "mean(**a)": "gives mean 0 values",
    "mean(a, axis=b)": "has an axis that is not a whole number",
    "mean(a, axis=99)": "has an axis that is not a whole number from -8 to 8",
    "mean(a, dim=1)": "gives mean the setting dim, which it does not have",
    "exp(a, axis=1)": "gives exp the setting axis, which it does not have",
    "max(a, b, axis=1)": "gives max the setting axis, which it does not have",
    "clamp(a, 1)": "uses clamp without two plain numbers",
    "clamp(a, b, c)": "uses clamp without two plain numbers",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:24] or "empty")
def test_what_is_not_a_formula_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert str(caught.value).startswith(REFUSED[text])


@pytest.mark.parametrize("text", ["a.grad", "9 ** 9 ** 9 * a"])
def test_a_node_refuses_a_formula_with_the_same_reason(text: str) -> None:
    with pytest.raises(ValidationError, match="the formula has"):
        Formula.Params(expression=text)


SOURCES = {
    "loss + 0.1 * penalty": "loss + 0.1 * penalty",
    "mean((norm(g) - 1) ** 2)": "torch.mean((torch.linalg.vector_norm(g.reshape(len(g), -1), dim=1) - 1) ** 2)",
    "norm(a, axis=1)": "torch.linalg.vector_norm(a, dim=1)",
    "max(a, 0)": "torch.clamp(a, min=0)",
    "min(a, -1)": "torch.clamp(a, max=-1)",
    "max(a, b)": "torch.maximum(a, b)",
    "sum(a, axis=-1) - max(b)": "torch.sum(a, dim=-1) - torch.amax(b)",
    "-(a - (b - c)) / 2": "-(a - (b - c)) / 2",
    "clamp(a, -1, 1)": "torch.clamp(a, min=-1, max=1)",
}


@pytest.mark.parametrize(("text", "source"), SOURCES.items())
def test_a_formula_prints_as_a_person_would_write_it(text: str, source: str) -> None:
    assert print_formula(text) == source


def test_names_come_in_the_order_of_their_first_appearance() -> None:
    assert names_in("b * max(a, b) + norm(c) - a") == ("b", "a", "c")


def test_names_of_the_source_replace_those_of_the_ports() -> None:
    assert print_formula("a + mean(b)", {"a": "loss", "b": "scores"}) == "loss + torch.mean(scores)"


def test_norm_is_that_of_each_sample() -> None:
    value = torch.arange(24.0).reshape(2, 3, 4)
    assert torch.allclose(evaluate_formula("norm(x)", {"x": value}), value.flatten(1).norm(dim=1))


def test_mean_goes_over_everything_unless_an_axis_is_named() -> None:
    value = torch.randn(3, 4)
    assert evaluate_formula("mean(x)", {"x": value}).equal(value.mean())
    assert evaluate_formula("mean(x, axis=1)", {"x": value}).equal(value.mean(1))


LEAVES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.sampled_from(["2", "0.5", "-3", "1e-3"])


def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    function = st.sampled_from(["mean", "sum", "min", "max", "abs", "exp", "sigmoid", "tanh", "sqrt", "log", "norm"])
    either = inner | NUMBERS
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), either),
        st.builds("{} {} {}".format, either, st.sampled_from("+-*/"), inner),
        st.builds("({}) ** {}".format, inner, st.sampled_from(["2", "3", "0.5", "-1"])),
        st.builds("-{}".format, inner),
        st.builds("{}({} + a)".format, function, inner),
        st.builds("{}(a + {}, axis=0)".format, st.sampled_from(["mean", "sum", "min", "max"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, either),
        st.builds("clamp({}, -1, 2)".format, inner),
    )


@settings(max_examples=200, deadline=None)
@given(text=st.recursive(LEAVES, extend, max_leaves=8))
def test_the_printed_source_computes_the_same_bits(text: str) -> None:
    generator = torch.Generator().manual_seed(0)
    values = {name: torch.randn(5, 5, generator=generator) for name in "abc"}
    try:
        names = names_in(text)
    except FormulaError as error:
        assert "characters" in str(error) or "plain number" in str(error)
        return
    expected = run(lambda: evaluate_formula(text, values))
    printed = run(lambda: eval(print_formula(text), {"torch": torch, **{name: values[name] for name in names}}))
    assert type(expected) is type(printed)
    if isinstance(expected, torch.Tensor):
        assert torch.equal(expected.nan_to_num(), printed.nan_to_num())


def run(compute: object) -> object:
    try:
        return compute()  # type: ignore[operator]
    except (RuntimeError, TypeError, IndexError) as error:  # a norm of a single number, for one
        return error
