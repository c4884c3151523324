"""From the values in a node to validated parameters."""

from __future__ import annotations

import pytest

from builder.document import Node
from builder.layers import CATALOGUE
from builder.parameters import ParameterError, resolve_params


def test_an_input_without_parameters_takes_the_shape_of_the_data() -> None:
    params = resolve_params(Node(id="image", kind="Input"), CATALOGUE["Input"], {"shape": [1, 28, 28]})
    assert params.shape == (1, 28, 28)


def test_an_input_without_parameters_and_without_data_names_the_shape() -> None:
    with pytest.raises(ParameterError) as refusal:
        resolve_params(Node(id="image", kind="Input"), CATALOGUE["Input"], {})
    assert (refusal.value.param, refusal.value.code) == ("shape", "reference")


def test_a_value_of_ones_own_goes_before_the_default_reference() -> None:
    node = Node(id="image", kind="Input", params={"shape": [3]})
    assert resolve_params(node, CATALOGUE["Input"], {"shape": [1, 28, 28]}).shape == (3,)
