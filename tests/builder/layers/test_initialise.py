"""How weights start."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from builder.layers import CATALOGUE
from builder.layers.base import Misfit
from builder.layers.initialise import initialise, initialise_source
from builder.probing import probe_layer
from tests.builder.layers.cases import FEATURES, IMAGE, STEPS, WORDS, case, tensor
from tests.builder.layers.harness import Use

LARGE = tensor(400)


def start(kind: str, spec: Any, **params: Any) -> dict[str, Tensor]:
    """The weights that a layer starts with."""
    module = Use(kind, case(spec, **params)).build()
    assert module is not None
    return {name: value.detach() for name, value in module.named_parameters()}


def test_default_weights_are_those_of_pytorch() -> None:
    torch.manual_seed(0)
    plain = nn.Linear(12, 64)
    assert torch.equal(start("Linear", FEATURES)["weight"], plain.weight)


@pytest.mark.parametrize(
    ("rule", "deviation"),
    [
        ("kaiming_normal", (2 / 400) ** 0.5),
        ("kaiming_uniform", (2 / 400) ** 0.5),
        ("xavier_normal", (2 / 600) ** 0.5),
        ("xavier_uniform", (2 / 600) ** 0.5),
        ("orthogonal", (1 / 400) ** 0.5),
        ("normal", 0.02),
        ("trunc_normal", 0.02),
    ],
)
def test_random_weights_have_the_deviation_of_their_rule(rule: str, deviation: float) -> None:
    weight = start("Linear", LARGE, out_features=200, weight_init=rule)["weight"]
    assert weight.std().item() == pytest.approx(deviation, rel=0.05)
    assert abs(weight.mean().item()) < 0.1 * deviation


@pytest.mark.parametrize(("params", "value"), [
    ({"weight_init": "zeros"}, 0.0), ({"weight_init": "ones"}, 1.0),
    ({"weight_init": "constant", "weight_value": 0.25}, 0.25),
])  # fmt: skip
def test_constant_weights_are_all_the_same(params: dict[str, Any], value: float) -> None:
    assert torch.equal(start("Conv2d", IMAGE, **params)["weight"], torch.full((32, 8, 3, 3), value))


def test_biases_start_at_zero_where_that_is_wanted_also_inside_a_recurrent_layer() -> None:
    tensors = start("LSTM", STEPS, bias_init="zeros", weight_init="xavier_uniform")
    biases = [value for name, value in tensors.items() if "bias" in name]
    assert len(biases) == 2
    assert all(not bias.any() for bias in biases)


def test_scales_inside_an_encoder_stay_one_when_its_weights_start_at_zero() -> None:
    module = Use("TransformerEncoderLayer", case(STEPS, None, None, dim_feedforward=16, weight_init="zeros")).build()
    assert isinstance(module, nn.Module)
    tensors = dict(module.named_parameters())
    assert torch.equal(tensors["norm1.weight"], torch.ones(12))
    assert not tensors["linear1.weight"].any()


def test_the_scale_of_a_normalisation_can_start_at_zero() -> None:
    tensors = start("BatchNorm2d", IMAGE, weight_init="zeros")
    assert not tensors["weight"].any() and not tensors["bias"].any()


def test_the_vector_of_padding_stays_zero_however_the_others_start() -> None:
    weight = start("Embedding", WORDS, num_embeddings=10, padding_idx=-1, weight_init="normal")["weight"]
    assert not weight[9].any()
    assert weight[:9].any(dim=1).all()


def test_given_values_are_taken_and_the_rest_starts_as_usual() -> None:
    tensors = start("Linear", tensor(2), out_features=1, initial={"weight": [[0.8, 0.4]]})
    assert tensors["weight"].tolist() == [[pytest.approx(0.8), pytest.approx(0.4)]]
    assert tensors["bias"].any()


@pytest.mark.parametrize(
    ("initial", "code"),
    [
        ({"weigth": [[1, 2]]}, "initial_unknown"),
        ({"weight": [[1, 2, 3]]}, "initial_shape"),
        ({"weight": [[1], [2, 3]]}, "initial_shape"),
        ({"weight": [["a", "b"]]}, "initial_shape"),
        ({"weight": "__import__('os')"}, "initial_shape"),
        ({"weight": []}, "initial_shape"),
        ({"__class__": 1}, "initial_unknown"),
    ],
)
def test_given_values_that_do_not_fit_are_refused_with_a_reason(initial: dict[str, Any], code: str) -> None:
    use = Use("Linear", case(tensor(2), out_features=1, initial=initial))
    with pytest.raises(Misfit) as refusal:
        use.build()
    assert refusal.value.code == code
    assert refusal.value.param == "initial"


def test_weights_can_be_started_on_the_meta_device() -> None:
    params = CATALOGUE["Linear"].Params.model_validate({"initial": {"bias": [1] * 3}, "weight_init": "orthogonal"})
    with torch.device("meta"):
        initialise(nn.Linear(2, 3), params)


def test_the_source_of_a_start_is_plain_pytorch() -> None:
    use = Use("Linear", case(tensor(2), out_features=1, weight_init="kaiming_normal", initial={"bias": [1]}))
    module = use.build()
    assert module is not None
    assert initialise_source("self.neuron", module, use.params) == [
        "nn.init.kaiming_normal_(self.neuron.weight)",
        "self.neuron.bias.data.copy_(torch.tensor([1.0]))",
    ]


def test_given_values_that_do_not_fit_are_found_before_anything_is_built() -> None:
    params = CATALOGUE["Linear"].Params.model_validate({"initial": {"weight": [[1, 2]]}})
    problem = probe_layer(CATALOGUE["Linear"], params, (FEATURES,)).problem
    assert problem is not None and problem.code == "initial_shape"
    assert problem.reason == '"weight" has the shape [64, 12], and the given values have [1, 2]'
