"""Multiply-adds by formula are those that PyTorch counts."""

from __future__ import annotations

import pytest
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from builder.layers import CATALOGUE
from builder.layers.costs import FORMULAS, multiply_adds
from tests.builder.layers.cases import CASES, FIXED_STEPS, Case, case
from tests.builder.layers.harness import Use, make_inputs

COUNTED = ["Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "MatMul",
           "MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer", "Attention", "AttentionPool"]  # fmt: skip
EXAMPLES = [pytest.param(kind, case, id=f"{kind}-{i}") for kind in COUNTED for i, case in enumerate(CASES[kind])]


def count(kind: str, example: Case, batch: int = 2, steps: int = 9) -> int:
    """Multiply-adds of one sample by our formula."""
    use, inputs = Use(kind, example), make_inputs(example.inputs, batch, steps)
    module = use.build()
    outputs = use.run(module, inputs)
    shapes = [() if x is None else tuple(x.shape) for x in inputs]
    return multiply_adds(use.layer, module, shapes, [tuple(output.shape) for output in outputs])


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_a_formula_agrees_with_the_flop_counter(kind: str, example: Case) -> None:
    use, inputs = Use(kind, example), make_inputs(example.inputs, 2, 9)
    module = use.build()
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        use.run(module, inputs)
    assert count(kind, example) == counter.get_total_flops() / 2 / 2


def test_the_count_is_of_one_sample_whatever_the_batch() -> None:
    assert count("Conv2d", CASES["Conv2d"][0], batch=1) == count("Conv2d", CASES["Conv2d"][0], batch=5) == 184_320


@pytest.mark.parametrize(("kind", "gates"), [("RNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_a_recurrent_layer_uses_every_weight_once_a_step(kind: str, gates: int) -> None:
    assert count(kind, case(FIXED_STEPS, None, hidden_size=5)) == 9 * gates * 5 * (12 + 5)


def test_a_bilinear_layer_multiplies_every_pair_of_features() -> None:
    assert count("Bilinear", CASES["Bilinear"][0]) == 64 * 12 * 5


@pytest.mark.parametrize("kind", ["ReLU", "Flatten", "Add", "Dropout", "Embedding"])
def test_layers_without_sums_over_weights_cost_nothing(kind: str) -> None:
    assert count(kind, CASES[kind][0]) == 0


def test_every_formula_is_for_a_kind_of_the_catalogue() -> None:
    assert set(FORMULAS) <= set(CATALOGUE)
