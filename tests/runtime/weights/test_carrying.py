"""Weights go where their names and shapes fit, and what does not fit is named."""

from __future__ import annotations

import torch

from runtime.weights.carrying import MOST_NAMED, carry_over


def tensors(**shapes: tuple[int, ...]) -> dict[str, torch.Tensor]:
    return {name.replace("__", "."): torch.zeros(shape) for name, shape in shapes.items()}


def test_what_has_the_same_names_and_shapes_is_carried_over_whole() -> None:
    own = tensors(fc__weight=(3, 4), fc__bias=(3,))
    carried = carry_over(own, own, {})
    assert carried.is_whole and carried.names == {"fc.weight": "fc.weight", "fc.bias": "fc.bias"}
    assert carried.describe("model", "a run") == 'Network "model" starts from a run: all 2 tensors carried over.'


def test_another_shape_a_new_name_and_one_left_over_are_told() -> None:
    carried = carry_over(
        tensors(fc__weight=(3, 4), kept=(1,), new__bias=(2,)),
        tensors(fc__weight=(10, 4), kept=(1,), old__bias=(2,), scale=()),
        {},
    )
    assert carried.names == {"kept": "kept"}
    assert carried.describe("model", "a run") == (
        'Network "model" starts from a run: 1 of 3 tensors carried over. '
        "Of another shape, so they start fresh: fc.weight (3×4 here, 10×4 there). "
        "Not among them, so they start fresh: new.bias. Not used: old.bias, scale."
    )


def test_weights_of_which_nothing_fits_are_told_as_such() -> None:
    carried = carry_over(tensors(fc__bias=(2,)), tensors(foo=(3,)), {})
    assert carried.describe("model", "weights.safetensors") == (
        'Nothing of weights.safetensors fits network "model", so all of it starts fresh. '
        "Not among them, so they start fresh: fc.bias. Not used: foo."
    )


def test_a_map_replaces_the_longest_beginning_it_knows() -> None:
    own = tensors(layer2__0__conv1__weight=(1,), layer2__0__conv2__weight=(1,), fc__weight=(1,), fc2__weight=(1,))
    given = tensors(stage__first__weight=(1,), stage__block__conv2__weight=(1,), head__weight=(1,), fc2__weight=(1,))
    names = {"layer2.0": "stage.block", "layer2.0.conv1": "stage.first", "fc": "head"}
    assert carry_over(own, given, names).names == {
        "layer2.0.conv1.weight": "stage.first.weight",
        "layer2.0.conv2.weight": "stage.block.conv2.weight",
        "fc.weight": "head.weight",
        "fc2.weight": "fc2.weight",
    }


def test_a_tensor_that_bears_the_name_of_another_one_elsewhere_is_not_that_one() -> None:
    own = tensors(stem__weight=(3,), conv1__weight=(3,))
    carried = carry_over(own, tensors(conv1__weight=(3,)), {"stem": "conv1"})
    assert carried.names == {"stem.weight": "conv1.weight"} and carried.fresh == ("conv1.weight",)


def test_a_file_in_the_networks_own_names_needs_no_map() -> None:
    own = tensors(stem__weight=(3,), fc__weight=(3,))
    names = {"stem": "features.0", "fc": "classifier"}
    assert carry_over(own, own, names).names == {name: name for name in own}
    both = tensors(stem__weight=(3,), fc__weight=(3,), features__0__weight=(3,), classifier__weight=(3,))
    assert carry_over(own, both, names).names == {"stem.weight": "features.0.weight", "fc.weight": "classifier.weight"}


def test_many_names_are_counted() -> None:
    own = {f"n{number}": torch.zeros(1) for number in range(MOST_NAMED + 3)}
    assert carry_over(own, {}, {}).describe("model", "a run").endswith("n5 and 3 more.")
