"""Calls modules in forward: each call is a node; a second call of a module with weights shares those of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.importer.attributes import find_member
from builder.importer.drawing import Use
from builder.importer.indexing import tensor_of
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.stages import join_parts
from builder.importer.values import (
    CausalMask,
    Chain,
    Hidden,
    Instance,
    Layer,
    Module,
    Packed,
    State,
    Wire,
    Zeros,
    plain,
)
from builder.layers import CATALOGUE
from builder.layers.initialise import StartParams

WITH_MASKS = ("TransformerEncoderLayer", "TransformerDecoderLayer")
WITH_WEIGHTS = ("Block", "PositionalEncoding")
RECURRENT = ("RNN", "LSTM", "GRU")


def call_module(module: Any, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """What a module gives. Raises Left."""
    if frame.drawing is None:
        raise Left("calls a module outside forward")
    frame.session.called.add(id(module))
    if isinstance(module, Chain):
        return call_chain(module, [*args, *kwargs.values()], frame, wish, line)
    if isinstance(module, Instance):
        return call_part(module, args, kwargs, frame, wish, line)
    if not module.known:
        return call_placeholder(module, args, kwargs, frame, line)
    way: Callable[..., Any] = CALLS.get(module.kind, call_plain)
    return way(module, args, kwargs, frame, wish, line)


def draw(
    module: Any, kind: str, params: dict[str, Any], links: list[tuple[str, Wire]], frame: Frame, wish: str, line: int
) -> Wire:
    """Draw a call of a module; of one that was called before with its weights shared."""
    drawing = frame.drawing
    assert drawing is not None
    uses = drawing.uses.setdefault(id(module), [])
    name = getattr(module, "wish", "") or kind
    if not uses:
        owner = find_owner(module, frame, line)
        wire = frame.add(kind, params, links, name, line, own=True, weights_of=owner)
        if has_weights(kind) and owner is None:
            drawing.paths[wire.node] = join_path(frame, module)
    else:
        shares = uses[0].node if has_weights(kind) else None
        wire = frame.add(kind, params, links, wish or uses[0].node, line, weights_of=shares)
    uses.append(Use(wire.node, wish))
    if isinstance(module, Layer):
        drawing.sizes[wire.node] = {
            name: (port, axis, plain(value) if frame.is_in_place else value)
            for name, (port, axis, value) in module.sizes.items()
        }
        if module.sequence_first:
            drawing.time_first.add(wire.node)
    return wire


def find_owner(module: Any, frame: Frame, line: int) -> str | None:
    """The node whose weights a module uses that was tied to another in ``__init__``; None where it has its own."""
    if not isinstance(module, Layer) or module.tied is None or frame.drawing is None:
        return None
    uses = frame.drawing.uses.get(id(module.tied), [])
    if not uses:
        frame.remark(line, f"{module.kind} uses the weights of a layer that is called elsewhere. It was given its own.")
    return uses[0].node if uses else None


def has_weights(kind: str) -> bool:
    """Whether uses of one module differ from uses of equal ones: only where there is something learned."""
    known = CATALOGUE.get(kind)
    return known is None or kind in WITH_WEIGHTS or issubclass(known.Params, StartParams)


def call_plain(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """A layer whose inputs are its ports in order, and its outputs too."""
    values = [*args, *kwargs.values()]
    ports = CATALOGUE[module.kind].inputs
    if len(values) > len(ports):
        raise Left(f"gives {len(values)} inputs to {module.kind}, which has {len(ports)}")
    given = [(port.name, value) for port, value in zip(ports, values, strict=False) if value is not None]
    links = [(port, tensor_of(value, frame)) for port, value in given]
    if not links:
        raise Left(f"calls {module.kind} without an input")
    wire, kind = draw(module, module.kind, module.params, links, frame, wish, line), CATALOGUE[module.kind]
    outputs = [port.name for port in kind.outputs if module.asked or port.name not in kind.on_demand]
    return wire if len(outputs) == 1 else tuple(Wire(wire.node, name) for name in outputs)


def call_placeholder(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, line: int) -> Wire:
    """A layer that the catalogue lacks, with a link for each tensor."""
    values = [value for value in (*args, *kwargs.values()) if isinstance(value, (Wire, Packed))]
    links = [(f"input_{i}" if i > 1 else "input", tensor_of(value, frame)) for i, value in enumerate(values, 1)]
    return draw(module, module.kind, module.params, links, frame, "", line)


def call_recurrent(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """RNN, LSTM and GRU: the states at every step, and the last ones."""
    if module.own:
        return call_plain(module, args, kwargs, frame, wish, line)
    value, state = [*args, *kwargs.values(), None, None][:2]
    links = [("input", tensor_of(value, frame))]
    lengths = value.lengths if isinstance(value, Packed) else None
    if lengths is not None:
        links.append(("lengths", lengths))
    first = find_state(state)
    if first is not None:
        links.append(("state", first.whole))
    elif not is_zero_state(state):
        text = "is given a first state that is not another such layer's, so it starts at zero. Link what makes it to its state."
        frame.remark(line, f"{module.kind} {text}")
    wire = draw(module, module.kind, module.params, links, frame, wish, line)
    last = Wire(wire.node, "last")
    output = Packed(wire, lengths) if isinstance(value, Packed) and lengths is not None else wire
    hidden = module.params.get("hidden_size", 64)
    layers, both = module.params.get("num_layers", 1), module.params.get("bidirectional", False)
    states = State(last, hidden, layers if isinstance(layers, int) else 1, both is True)
    return output, (states, Hidden("the cell state", states)) if module.kind == "LSTM" else states


def find_state(state: Any) -> State | None:
    """The states of a recurrent layer that are handed on as they are, an LSTM's together with its cells; None for others."""
    match state:
        case State():
            return state
        case (State() as hidden, Hidden() as cells) if cells.state == hidden:
            return hidden
    return None


def is_zero_state(state: Any) -> bool:
    """Whether a first state is none, or nothing but zeros."""
    if isinstance(state, (tuple, list)):
        return all(is_zero_state(part) for part in state)
    return state is None or isinstance(state, Zeros)


def call_attention(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """Attention: PyTorch's takes query, key and value and gives weights too."""
    if module.own:
        return call_plain(module, args, kwargs, frame, wish, line)
    names = ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask")
    given = dict(zip(names, args, strict=False)) | kwargs
    query, key, value = (tensor_of(given.get(name), frame) for name in names[:3])
    links = [("input", query)]
    links += [("key", key)] if key != query or value != query else []
    links += [("value", value)] if value != key else []
    params = read_masks(module, given, ("key_padding_mask", "attn_mask"), frame, line)
    wire = draw(module, module.kind, params, links, frame, wish, line)
    if plain(given.get("average_attn_weights", True)) is not True:
        return wire, Hidden("the weights of each head")
    return wire, None if plain(given.get("need_weights", True)) is False else Wire(wire.node, "weights")


def call_encoder(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """A layer of a Transformer's encoder with PyTorch's masks."""
    if module.own:
        return call_plain(module, args, kwargs, frame, wish, line)
    names = ("src", "mask", "src_key_padding_mask", "is_causal")
    given = {
        "mask" if key == "src_mask" else key: value
        for key, value in (dict(zip(names, args, strict=False)) | kwargs).items()
    }
    params = read_masks(module, given, ("mask", "src_key_padding_mask"), frame, line)
    return draw(module, module.kind, params, [("input", tensor_of(given.get("src"), frame))], frame, wish, line)


def call_decoder(module: Layer, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """A layer of a Transformer's decoder with PyTorch's masks."""
    if module.own:
        return call_plain(module, args, kwargs, frame, wish, line)
    names = ("tgt", "memory", "tgt_mask", "memory_mask", "tgt_key_padding_mask", "memory_key_padding_mask")
    given = dict(zip(names, args, strict=False)) | kwargs
    links = [(port, tensor_of(given.get(name), frame)) for port, name in (("input", "tgt"), ("memory", "memory"))]
    params = read_masks(module, given, names[2:], frame, line)
    return draw(module, module.kind, params, links, frame, wish, line)


def read_masks(module: Layer, given: dict[str, Any], names: tuple[str, ...], frame: Frame, line: int) -> dict[str, Any]:
    """The parameters with what masks say: one that hides what comes later is ``is_causal``; others are left out."""
    params = dict(module.params)
    for name in names:
        mask = given.get(name)
        if isinstance(mask, CausalMask):
            params["is_causal"] = True
        elif mask is not None:
            text = (
                f'{module.kind} is given "{name}", in which true hides a step. The mask here is true where a step counts, so '
                "that link was left out. Link a mask or the lengths to it."
            )
            frame.remark(line, text)
    return params


def call_chain(module: Chain, args: list[Any], frame: Frame, wish: str, line: int) -> Any:
    """A Sequential: one module behind the other, or one block that is repeated."""
    if not module.callable:
        raise Left("calls a list of modules, and a list can only be gone through")
    if not args:
        raise Left("calls a Sequential without an input")
    repeated = repeat_part(module, args[0], frame, wish, line)
    if repeated is not None:
        return repeated
    value, masks = args[0], args[1:]
    for _, part in module.items:
        if not isinstance(part, Module):
            raise Left("has a part that is not known here", operands=(value,))
        extra = masks if masks and isinstance(part, Layer) and part.kind in WITH_MASKS else []
        value = frame.call(part, [value, *extra], {}, "", line)
    return value


def repeat_part(module: Chain, value: Any, frame: Frame, wish: str, line: int) -> Wire | None:
    """A Sequential of blocks that are alike, perhaps but for the first, is one block with a number; None for any other."""
    joined = join_parts([part for _, part in module.items], 1, frame) if isinstance(value, Wire) else None
    if joined is None or not joined[0].is_single:
        return None
    use, params, given = joined
    wire = draw_block(module, given, params, [(use.inputs[0], value)], frame, wish, line)
    return Wire(wire.node, use.outputs[0])


def draw_block(
    module: Any,
    given: list[dict[str, Any]],
    params: dict[str, Any],
    links: list[tuple[str, Wire]],
    frame: Frame,
    wish: str,
    line: int,
) -> Wire:
    """Draw a block; what it was made with is remembered, also what only gives sizes which are inferred here."""
    wire = draw(module, "Block", params, links, frame, wish, line)
    assert frame.drawing is not None
    frame.drawing.given[wire.node] = given
    return wire


def call_part(module: Instance, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
    """An object of a class of the source: a block, or its lines in place where it is not of a block's shape."""
    values = [*args, *kwargs.values()]
    use = None
    if values and all(isinstance(value, Wire) for value in values):
        use = frame.session.draw_part(module, len(args), frame.session, tuple(kwargs))
    if use is None:
        return call_in_place(module, args, kwargs, frame, line)
    links = list(zip(use.inputs, values, strict=True))
    wire = draw_block(module, [use.given], use.params, links, frame, wish, line)
    return use.give(wire.node)


def call_in_place(module: Instance, args: list[Any], kwargs: dict[str, Any], frame: Frame, line: int) -> Any:
    """Draw what a part does where it is called, under its name."""
    forward = find_member(module, (module.cls,), "forward")
    if forward is None:
        raise Left("calls an object without a forward", operands=(*args, *kwargs.values()))
    prefix = "_".join(part for part in (frame.prefix, module.wish) if part)
    return frame.call_in_place(forward, args, kwargs, prefix, join_path(frame, module), line)


def join_path(frame: Frame, module: Any) -> str:
    """What the names of a module's tensors begin with in the object that is drawn."""
    return ".".join(part for part in (frame.path, module.path) if part)


CALLS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(RECURRENT, call_recurrent),
    "MultiheadAttention": call_attention,
    "TransformerEncoderLayer": call_encoder,
    "TransformerDecoderLayer": call_decoder,
}

__all__ = ["call_module", "has_weights"]
