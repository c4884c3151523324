"""Functions of torch and methods of tensors that are layers: ``F.relu(x)``, ``torch.cat([a, b], dim=1)``, ``x.mean(1)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.importer.indexing import tensor_of
from builder.importer.modules import check_params
from builder.importer.remarks import Left
from builder.importer.reshaping import RESHAPING, Called
from builder.importer.values import (
    CausalMask,
    Given,
    Layer,
    LayerState,
    Mode,
    Packed,
    Shape,
    Size,
    State,
    Tensor,
    Unknown,
    Wire,
    Zeros,
    is_constant,
    plain,
)
from builder.importer.vocabulary import HARMLESS, IGNORED
from builder.layers import CATALOGUE


@dataclass(frozen=True)
class Operation:
    """A function that is a layer: its kind, its arguments behind the tensor in order, and torch's own defaults."""

    kind: str
    names: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)


def operation(kind: str, names: str = "", **defaults: Any) -> Operation:
    """An Operation with its names in one string."""
    return Operation(kind, tuple(names.split()), defaults)


MAX_POOL = "kernel_size stride padding dilation ceil_mode return_indices"
AVG_POOL = "kernel_size stride padding ceil_mode count_include_pad divisor_override"
RESIZE = "size scale_factor mode align_corners recompute_scale_factor antialias"
OPERATIONS: dict[str, Operation] = {
    "relu": operation("ReLU", "inplace"),
    "relu6": operation("ReLU6", "inplace"),
    "leaky_relu": operation("LeakyReLU", "negative_slope inplace"),
    "elu": operation("ELU", "alpha inplace"),
    "gelu": operation("GELU", "approximate"),
    "silu": operation("SiLU", "inplace"),
    "sigmoid": operation("Sigmoid"),
    "tanh": operation("Tanh"),
    "softmax": operation("Softmax", "dim"),
    "log_softmax": operation("LogSoftmax", "dim"),
    "softplus": operation("Softplus", "beta threshold"),
    "hardswish": operation("Hardswish", "inplace"),
    "dropout": operation("Dropout", "p training inplace"),
    "dropout2d": operation("Dropout2d", "p training inplace"),
    "max_pool1d": operation("MaxPool1d", MAX_POOL),
    "max_pool2d": operation("MaxPool2d", MAX_POOL),
    "avg_pool1d": operation("AvgPool1d", AVG_POOL),
    "avg_pool2d": operation("AvgPool2d", AVG_POOL),
    "adaptive_avg_pool1d": operation("AdaptiveAvgPool1d", "output_size"),
    "adaptive_avg_pool2d": operation("AdaptiveAvgPool2d", "output_size"),
    "adaptive_max_pool2d": operation("AdaptiveMaxPool2d", "output_size return_indices"),
    "pad": operation("Pad", "pad mode value"),
    "interpolate": operation("Upsample", RESIZE, scale_factor=None),
    "upsample": operation("Upsample", RESIZE, scale_factor=None),
    "pixel_shuffle": operation("PixelShuffle", "upscale_factor"),
    "flatten": operation("Flatten", "start_dim end_dim", start_dim=0),
    "unflatten": operation("Unflatten", "dim unflattened_size"),
    "squeeze": operation("Squeeze", "dim"),
    "unsqueeze": operation("Unsqueeze", "dim"),
    "mean": operation("Mean", "dim keepdim"),
    "sum": operation("Sum", "dim keepdim"),
}
LENDERS = {"Embedding": "num_embeddings", "Linear": "out_features"}
RENAMED = {"sizes": "unflattened_size", "axis": "dim"}
NEEDING = {"mean": "dim", "sum": "dim"}
MERGING = {"add": "Add", "mul": "Multiply", "multiply": "Multiply", "sub": "Subtract", "subtract": "Subtract",
           "matmul": "MatMul", "bmm": "MatMul"}  # fmt: skip
JOINING = {"cat": "Concat", "concat": "Concat", "concatenate": "Concat", "stack": "Stack"}
SAME = frozenset(
    {"contiguous", "clone", "to", "cuda", "cpu", "float", "type_as", "requires_grad_", "expand_as", "double"}
)


def call_operation(called: Called) -> Any:
    """Draw the layer that a function of torch, or a method of a tensor, is. Raises Left."""
    name = called.name.rstrip("_") if called.name.rstrip("_") in OPERATIONS else called.name
    if name in FUNCTIONS:
        return FUNCTIONS[name](called)
    if name in RESHAPING:
        return RESHAPING[name](called)
    if name in OPERATIONS:
        return draw_operation(called, name, OPERATIONS[name])
    raise Left("is a function that no layer here carries out")


def draw_operation(called: Called, name: str, known: Operation) -> Wire:
    """A layer with one input and parameters."""
    wire = called.tensor()
    given = dict(zip(known.names, called.args, strict=False)) | {RENAMED.get(k, k): v for k, v in called.kwargs.items()}
    if len(called.args) > len(known.names):
        if name not in ("mean", "sum") and not all(isinstance(value, int) for value in called.args):
            raise Left("has more arguments than the layer has")
        given = {known.names[0]: tuple(called.args)}
    if name == "squeeze" and given.get("dim") is None:
        called.remark("squeeze() drops every axis of size 1, the batch's too where it is 1. The last axis was taken.")
        given = {"dim": -1}
    check_given(called, name, given)
    layer = Layer(known.kind, dict(known.defaults), called.line)
    fields = CATALOGUE[known.kind].Params.model_fields
    for key, value in given.items():
        if key in fields and is_constant(value):
            if value is not None or key not in ("dim", "mode", "align_corners"):
                layer.params[key] = value
        elif key not in IGNORED and key != "training" and plain(value) not in HARMLESS.get(key, ()):
            called.remark(f'{name}: the argument "{key}" has no counterpart here and was left out.')
    if known.kind == "Flatten" and layer.params.get("start_dim") == 0:
        raise Left("joins the batch with the other axes", "Flatten from axis 1 on.")
    check_params(layer, name, called.frame.session.remarks)
    return called.draw(known.kind, layer.params, wire)


def check_given(called: Called, name: str, given: dict[str, Any]) -> None:
    """Look at arguments that decide whether a function is the layer. Raises Left."""
    if name in NEEDING and given.get(NEEDING[name]) is None:
        raise Left("works over all axes at once, the batch among them", "Say along which axis.")
    unknown = [key for key, value in given.items() if isinstance(value, Unknown) and key != "training"]
    if unknown:
        raise Left(f'has an argument "{unknown[0]}" that is known only while the network runs')
    if name.startswith("dropout") and not isinstance(given.get("training"), Mode):
        called.remark(
            f"F.{name} without training=self.training also drops values after training. "
            "The layer drops them only while training, which is what is mostly meant."
        )


def merge_tensors(called: Called) -> Wire:
    """``torch.add(a, b)`` and its like."""
    values = [*called.args_with_tensor(), *called.kwargs.values()]
    if len(values) != 2:
        raise Left("does not take two tensors and nothing else")
    wires = [tensor_of(value, called.frame) for value in values]
    kind = MERGING[called.name]
    ports = ("input", "other") if kind in ("Subtract", "MatMul") else ("inputs.0", "inputs.1")
    return called.draw(kind, {}, zip(ports, wires, strict=True))


def join_tensors(called: Called) -> Wire:
    """``torch.cat`` and ``torch.stack``; both last states of a bidirectional layer together are one output of it."""
    args = called.args_with_tensor()
    tensors = args[0] if args else called.kwargs.get("tensors")
    dim = called.kwargs.get("dim", called.kwargs.get("axis", args[1] if len(args) > 1 else 0))
    if not isinstance(tensors, (list, tuple)) or not is_constant(dim):
        raise Left("joins tensors that are known only while the network runs", operands=(tensors,))
    both = find_both_states(tensors, plain(dim))
    if both is not None:
        return both
    wires = [tensor_of(value, called.frame) for value in tensors]
    if len(wires) == 1 and called.name != "stack":
        return wires[0]
    return called.draw(JOINING[called.name], {"dim": dim}, [(f"inputs.{i}", wire) for i, wire in enumerate(wires)])


def find_both_states(values: Any, dim: Any) -> Wire | None:
    """The output that holds both directions side by side, if that is what is joined."""
    if len(values) != 2 or dim not in (1, -1) or not all(isinstance(value, LayerState) for value in values):
        return None
    forward, backward = values
    in_order = not forward.backward and backward.backward
    return forward.state.last if forward.state == backward.state and in_order else None


def keep_tensor(called: Called) -> Any:
    """What changes nothing that a layer would see."""
    value = called.subject if called.subject is not None else next(iter(called.args), None)
    return tensor_of(value, called.frame) if value is None else value


def detach_tensor(called: Called) -> Any:
    """Hand the tensor on; where gradients end is a matter of training."""
    called.remark("Where gradients end is said by the training graph (Detach), so this was left out.")
    return called.tensor()


def read_shape(called: Called) -> Any:
    """``x.size()`` and ``x.size(0)``."""
    shape = Shape(called.tensor())
    axis = called.kwargs.get("dim", called.args[0] if called.args else None)
    if axis is None:
        return shape
    if not isinstance(axis, int):
        raise Left("takes a size whose axis is not known here")
    return Size(shape.wire, axis)


def count_axes(called: Called) -> Any:
    """``x.dim()``: known where the layers before tell it."""
    assert called.frame.drawing is not None
    rank = called.frame.drawing.rank(called.tensor())
    return Unknown("asks for the number of axes, which only the data tells") if rank is None else rank


def make_zeros(called: Called) -> Zeros:
    """A tensor of zeros, such as the first state of a recurrent layer."""
    return Zeros()


def make_given(called: Called) -> Any:
    """A tensor written out in numbers."""
    values = called.args[0] if called.args else None
    return Given(values) if is_constant(values) else Unknown("is a tensor made of what is not known here")


def make_unknown(called: Called) -> Unknown:
    """A tensor that no layer gives."""
    return Unknown("is a tensor that no layer gives")


def mask_later(called: Called) -> CausalMask:
    """A mask that hides what comes later."""
    return CausalMask()


def pack_sequence(called: Called) -> Packed:
    """``pack_padded_sequence(x, lengths)``: the lengths are a link here."""
    wire = called.tensor()
    named = dict(zip(("lengths",), called.args, strict=False)) | called.kwargs
    return Packed(wire, tensor_of(named.get("lengths"), called.frame))


def project_by(called: Called) -> Wire:
    """``F.linear(x, self.embedding.weight)``: scores by the vectors of a layer that was called before."""
    wire, others = called.tensor(), [*called.args, *called.kwargs.values()]
    drawing = called.frame.drawing
    lender = others[0].layer if len(others) == 1 and isinstance(others[0], Tensor) else None
    uses = drawing.uses.get(id(lender), []) if drawing is not None else []
    if lender is None or lender.kind not in LENDERS or not uses:
        raise Left("multiplies with weights that are of no layer before it")
    params = {"out_features": lender.params.get(LENDERS[lender.kind]), "bias": False}
    owner = drawing.nodes[uses[0].node].weights_of or uses[0].node if drawing is not None else None
    return called.frame.add("Linear", params, wire, called.wish, called.line, weights_of=owner)


def unpack_sequence(called: Called) -> tuple[Wire, Any]:
    """``pad_packed_sequence(packed)``: recurrent layers here give padded batches anyway."""
    packed = next(iter(called.args_with_tensor()), None)
    if not isinstance(packed, Packed):
        raise Left("unpacks what was not packed here")
    return packed.wire, packed.lengths


def refuse_state(called: Called) -> Any:
    """Methods of hidden states: squeezing the only one gives it, all others mix layers and directions."""
    state = called.subject
    if isinstance(state, State) and called.name == "squeeze" and (state.num_layers, state.bidirectional) == (1, False):
        return state.last
    if called.name in SAME:
        return state
    raise Left("rearranges hidden states, and only the last one of the uppermost layer is given here")


FUNCTIONS: dict[str, Callable[[Called], Any]] = {
    **dict.fromkeys(MERGING, merge_tensors),
    **dict.fromkeys(JOINING, join_tensors),
    **dict.fromkeys(SAME, keep_tensor),
    **dict.fromkeys(("zeros", "zeros_like", "new_zeros"), make_zeros),
    **dict.fromkeys(("randn", "rand", "ones", "arange", "empty", "full", "linspace", "eye", "ones_like"), make_unknown),
    **dict.fromkeys(("tensor", "as_tensor", "FloatTensor"), make_given),
    "detach": detach_tensor,
    "size": read_shape,
    "dim": count_axes,
    "ndimension": count_axes,
    "generate_square_subsequent_mask": mask_later,
    "linear": project_by,
    "pack_padded_sequence": pack_sequence,
    "pad_packed_sequence": unpack_sequence,
}
