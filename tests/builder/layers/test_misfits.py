"""What cannot be made is refused with a code and a reason, and what is made can be run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from builder.kinds import Port
from builder.layers import CATALOGUE
from builder.layers.base import Misfit
from builder.probing import probe_layer
from builder.tensors import BATCH, BATCH_PROBES, TIME, Axis, TensorSpec
from tests.builder.layers.cases import BUILT_BY_THE_GRAPH, CLASSES, FEATURES, IMAGE, SEQUENCE, STEPS, case, tensor
from tests.builder.layers.harness import Use

SMALL = tensor(3, 4, 4)
ONES = tensor(4, 1, 1)
FOLDED = TensorSpec((Axis("8B", (8 * BATCH_PROBES[0], 8 * BATCH_PROBES[1])), 4))

MISFITS = [
    ("Linear", case(tensor(12, TIME)), "varying_size", "the number of features must be fixed, and here it varies (T)"),
    ("Bilinear", case(FEATURES, STEPS), "sizes_differ", "both inputs must be equal but for the last axis, got 12 and T×12"),
    ("Conv2d", case(SMALL, kernel_size=5), "kernel_too_large",
     "the window covers 5, and axis 2 of the input has only 4"),
    ("Conv2d", case(SMALL, kernel_size=7, padding=1), "kernel_too_large",
     "the window covers 7, and axis 2 of the input has only 4 with padding 1"),
    ("Conv1d", case(tensor(3, TIME), dilation=4000), "kernel_too_large",
     "the window covers 8001, and axis 2 of the input has only 127"),
    ("Conv2d", case(IMAGE, groups=3), "groups_do_not_divide", "8 input channels cannot be split into 3 equal parts"),
    ("Conv2d", case(IMAGE, groups=8, out_channels=12), "groups_do_not_divide",
     "12 output channels cannot be split into 8 equal parts"),
    ("Conv2d", case(IMAGE, padding="same", stride=2), "same_needs_stride_one",
     'padding "same" keeps the size, which only a stride of 1 can do'),
    ("Conv2d", case(SMALL, padding=4, padding_mode="reflect"), "padding_too_large",
     "a border of 4 cannot be filled from an input of 4 by reflect"),
    ("ConvTranspose2d", case(SMALL, output_padding=2), "output_padding_too_large",
     "output_padding 2 must be smaller than the stride 2 or the dilation 1"),
    ("ConvTranspose2d", case(ONES, padding=2), "padding_too_large",
     "padding 2 cuts away more than there is: 0 would be left of axis 2"),
    ("MaxPool2d", case(ONES), "kernel_too_large", "the window covers 2, and axis 2 of the input has only 1"),
    ("MaxPool2d", case(IMAGE, padding=2), "padding_too_large", "padding 2 is more than half of the window's 2"),
    ("AvgPool1d", case(SEQUENCE, kernel_size=3, padding=2), "padding_too_large",
     "padding 2 is more than half of the window's 3"),
    ("PReLU", case(IMAGE, num_parameters=5), "sizes_differ", "5 slopes are given for 8 channels"),
    ("Softmax", case(FEATURES, dim=0), "batch_mixed", "axis 0 counts the samples of the batch, which must not mix"),
    ("LogSoftmax", case(FEATURES, dim=2), "axis_out_of_range", "there is no axis 2, the last one is 1"),
    ("GroupNorm", case(FEATURES, num_groups=5), "groups_do_not_divide", "12 channels cannot be split into 5 equal parts"),
    ("GroupNorm", case(FEATURES, num_groups=12), "nothing_to_normalise",
     "each of the 12 groups would hold one value, and one value normalised is always 0"),
    ("InstanceNorm2d", case(ONES), "nothing_to_normalise",
     "an image of one pixel is always 0 once it is normalised by itself"),
    ("LayerNorm", case(IMAGE, normalized_shape=[8, 12]), "sizes_differ",
     "the last sizes of the input B×8×12×10 are not 8×12"),
    ("Flatten", case(IMAGE, start_dim=0), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Flatten", case(IMAGE, start_dim=3, end_dim=2), "axes_out_of_order", "axis 3 comes after axis 2"),
    ("Unflatten", case(FEATURES, unflattened_size=[5, -1]), "product_differs", "12 values do not fit into 5×-1"),
    ("Unflatten", case(FEATURES, unflattened_size=[-1, -1]), "several_open_sizes",
     "only one size can be -1, which stands for what is left"),
    ("Reshape", case(IMAGE, shape=[8, 100]), "product_differs", "960 values do not fit into 8×100"),
    ("Reshape", case(STEPS, shape=[100, 12]), "product_differs", "T·12 values do not fit into 100×12"),
    ("Reshape", case(FOLDED), "batch_lost", "axis 0 of the input is not the batch any more"),
    ("Permute", case(IMAGE), "axes_differ", "3 axes are given and the input has 4"),
    ("Permute", case(STEPS, dims=[1, 0, 2]), "batch_lost", "axis 1 would take the place of the batch"),
    ("Permute", case(STEPS, dims=[0, 2, -1]), "axis_twice", "an axis is given twice"),
    ("Squeeze", case(FEATURES), "axis_not_one", "axis 1 has the size 12, and only an axis of size 1 can be dropped"),
    ("Squeeze", case(FEATURES, dim=0), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Unsqueeze", case(FEATURES, dim=0), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Slice", case(FEATURES, start=12), "nothing_left", "nothing is left of axis 1, which has the size 12"),
    ("Slice", case(STEPS, dim=0), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Pad", case(FEATURES), "batch_lost", "2 axes are padded, and the input has only 1 behind the batch"),
    ("Pad", case(SEQUENCE, mode="reflect"), "axes_differ",
     "reflect pads all axes behind the channels: 2 widths, got 4"),
    ("Pad", case(SMALL, pad=[4, 0, 0, 0], mode="reflect"), "padding_too_large",
     "a border of 4 cannot be filled from 4 by reflect, at most 3"),
    ("Pad", case(SMALL, pad=[-2, -2]), "nothing_left", "4 are cut from axis 3, which has only 4"),
    ("Upsample", case(SEQUENCE, mode="bilinear"), "mode_does_not_fit",
     "bilinear blends along 2 axes behind the channels, and the input has 1"),
    ("Upsample", case(SMALL, scale_factor=0.2), "nothing_left", "nothing is left at this factor"),
    ("Upsample", case(SMALL, scale_factor=None), "no_size", "neither a size nor a factor is given"),
    ("Upsample", case(SMALL, size=[4]), "axes_differ", "1 sizes are given for 2 axes"),
    ("PixelShuffle", case(SMALL), "channels_do_not_divide", "3 channels cannot be split into 4 equal parts"),
    ("Add", case(IMAGE, tensor(4, 12, 10)), "sizes_differ", "axis 1 is 8 in one input and 4 in another"),
    ("Add", case(FEATURES, STEPS), "ranks_differ", "one input is B×12, another B×T×12: not the same number of axes"),
    ("Multiply", case(CLASSES, tensor(1)), "ranks_differ",
     "one input is B, another B×1: not the same number of axes"),
    ("Concat", case(IMAGE, tensor(8, 12, 9)), "sizes_differ", "axis 3 is 10 in one input and 9 in another"),
    ("Concat", case(IMAGE, FEATURES), "ranks_differ",
     "one input is B×8×12×10, another B×12: not the same number of axes"),
    ("Concat", case(FEATURES, FEATURES, dim=0), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Stack", case(FEATURES, tensor(11)), "sizes_differ", "axis 1 is 12 in one input and 11 in another"),
    ("Stack", case(FEATURES, FEATURES, dim=0), "batch_lost",
     "axis 0 counts the samples of the batch and must stay"),
    ("MatMul", case(tensor(4, 6, 5), tensor(5, 7)), "ranks_differ",
     "one input is B×4, another B: not the same number of axes"),
    ("MatMul", case(STEPS, tensor(11, 4)), "sizes_differ",
     "a row of the first has 12 values, a column of the second 11"),
    ("Mean", case(STEPS, dim=[1, 0]), "batch_lost", "axis 0 counts the samples of the batch and must stay"),
    ("Sum", case(STEPS, dim=[1, -2]), "axis_twice", "an axis is given twice"),
    ("Embedding", case(CLASSES, num_embeddings=10, padding_idx=10), "padding_out_of_range",
     "10 is none of the numbers from 0 to 9"),
    ("LSTM", case(tensor(12, TIME), None), "varying_size",
     "the number of features must be fixed, and here it varies (T)"),
    ("MultiheadAttention", case(STEPS, num_heads=5), "heads_do_not_divide",
     "12 features cannot be split into 5 equal parts"),
    ("MultiheadAttention", case(STEPS, STEPS, tensor(9, 12)), "sizes_differ", "the key has T steps and the value 9"),
    ("TransformerEncoderLayer", case(STEPS, None, tensor(9, dtype="bool")), "sizes_differ",
     "the mask has 9 steps, and there are T"),
    ("PositionalEncoding", case(STEPS, encoding="learned", max_length=100), "too_many_steps",
     "there are T steps, and only 100 are known"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "example", "code", "reason"), MISFITS)
def test_what_does_not_fit_is_refused_with_its_reason(kind: str, example: Any, code: str, reason: str) -> None:
    with pytest.raises(Misfit) as refusal:
        Use(kind, example)
    assert (refusal.value.code, refusal.value.reason) == (code, reason)
    layer = CATALOGUE[kind]
    assert not refusal.value.param or refusal.value.param in layer.Params.model_fields
    assert not refusal.value.port or refusal.value.port.partition(".")[0] in {port.name for port in layer.inputs}


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("Linear", {"out_features": 0}),
        ("Linear", {"out_features": 10**9}),
        ("Linear", {"out_featuers": 3}),
        ("Conv2d", {"kernel_size": [3, 3, 3]}),
        ("Conv2d", {"kernel_size": 0}),
        ("Conv2d", {"padding": "full"}),
        ("Dropout", {"p": 1.5}),
        ("Dropout", {"p": float("nan")}),
        ("Reshape", {"shape": [-2]}),
        ("Pad", {"pad": [1, 1, 1]}),
        ("Input", {"shape": [0]}),
        ("Input", {"shape": ["__class__"]}),
        ("Softplus", {"beta": 0}),
    ],
)
def test_parameters_beyond_their_bounds_are_refused(kind: str, params: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CATALOGUE[kind].Params.model_validate(params)


def draw_value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Small values of a property, as a person would try them."""
    if "anyOf" in schema:
        return st.one_of([draw_value(option) for option in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if schema["type"] == "array":
        return draw_list(schema)
    low, high = max(int(schema.get("minimum", -4)), -4), min(int(schema.get("maximum", 6)), 6)
    simple = {
        "integer": st.integers(low, high),
        "number": st.sampled_from([0.5, 1.0]),
        "boolean": st.booleans(),
        "null": st.none(),
        "string": st.just(""),
    }
    return simple[schema["type"]]


def draw_list(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A list of the length that is asked for, or a short one."""
    if "prefixItems" in schema:
        return st.tuples(*(draw_value(item) for item in schema["prefixItems"]))
    return st.lists(draw_value(schema["items"]), min_size=schema.get("minItems", 0), max_size=4)


def draw_params(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parameters of a kind, the rest left at their defaults."""
    properties = CATALOGUE[kind].describe()["schema"]["properties"]
    chosen = {name: draw_value(schema) for name, schema in properties.items() if name != "initial"}
    return st.fixed_dictionaries({}, optional=chosen)


def draw_spec(port: Port) -> st.SearchStrategy[TensorSpec]:
    """A small tensor that the port takes."""
    size = st.one_of(st.integers(1, 6), st.sampled_from([8, 12, TIME]))
    ranks = port.ranks or (2, 3, 4)
    dtype = {"integer": "int64", "bool": "bool"}.get(port.dtype, "float32")
    shapes = st.sampled_from(ranks).flatmap(lambda rank: st.tuples(*[size] * (rank - 1)))
    return shapes.map(lambda shape: TensorSpec((BATCH, *shape), dtype))


def draw_inputs(kind: str) -> st.SearchStrategy[tuple[TensorSpec | None, ...]]:
    """Tensors for all ports of a kind; often equal ones where several come together."""
    ports = CATALOGUE[kind].inputs
    if ports[0].variadic:
        equal = draw_spec(ports[0]).map(lambda spec: (spec, spec))
        return st.one_of(equal, st.tuples(draw_spec(ports[0]), draw_spec(ports[0])))
    return st.tuples(*(st.one_of(st.none(), draw_spec(port)) if port.optional else draw_spec(port) for port in ports))


@pytest.mark.parametrize("kind", [kind for kind in CATALOGUE if kind not in (*BUILT_BY_THE_GRAPH, "Output")])
def test_what_is_not_refused_with_a_reason_of_ours_can_be_run(kind: str) -> None:
    accepted = 0

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(inputs=draw_inputs(kind), values=draw_params(kind))
    def try_layer(inputs: tuple[TensorSpec | None, ...], values: dict[str, Any]) -> None:
        nonlocal accepted
        try:
            params = CATALOGUE[kind].Params.model_validate(values)
        except ValidationError:
            return
        problem = probe_layer(CATALOGUE[kind], params, inputs).problem
        assert problem is None or problem.code != "refused", f"{params!r} {inputs} {problem}"
        accepted += problem is None

    try_layer()
    assert accepted >= 3
