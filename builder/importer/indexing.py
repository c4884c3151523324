"""Reads ``value[index]``: items of lists and shapes, the last hidden state, and pieces of tensors, which are layers."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from builder.importer.arithmetic import combine, is_number, settle
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import (
    Chain,
    LayerState,
    Packed,
    Reference,
    Shape,
    Size,
    State,
    Tensor,
    Unknown,
    Wire,
    plain,
)

PART = "has a part that"
FULL = slice(None, None, None)


def tensor_of(value: Any, frame: Frame) -> Wire:
    """The tensor that a value is; of a hidden state the piece that is meant. Raises Left where it is none."""
    match value:
        case Wire():
            return value
        case LayerState(state=state, backward=backward):
            if not state.bidirectional:
                return state.last
            half = {"start": state.hidden_size} if backward else {"end": state.hidden_size}
            return frame.add("Slice", {"dim": 1, **half}, state.last)
        case Packed():
            return value.wire
        case State(num_layers=1, bidirectional=False):
            return value.last
        case State():
            raise Left("takes the states of all layers at once; only the last state of the uppermost one is given here")
        case Unknown(reason=reason):
            raise Left(reason if reason.startswith(PART) else f"{PART} {reason}")
    raise Left("needs a tensor, and is given something else")


def read_subscript(value: Any, index: list[Any], frame: Frame, wish: str, line: int) -> Any:
    """An item of a value, or a piece of a tensor. Raises Left."""
    match value:
        case Wire() | LayerState():
            return cut_tensor(tensor_of(value, frame), index, frame, wish, line)
        case State():
            return pick_state(value, index)
        case Shape():
            return read_size(value, index)
        case list() | tuple() | dict() | str():
            return pick_item(value, index)
        case Chain():
            return pick_module(value, index)
        case Tensor() | Unknown():
            return replace(value, is_row=True) if isinstance(value, Tensor) else value
    raise Left("takes a piece of something whose pieces are not known here")


def pick_item(value: Any, index: list[Any]) -> Any:
    """An item of a list or dictionary."""
    key = index[0] if isinstance(index[0], slice) else settle(index[0])
    try:
        return (
            value[slice(*(plain(part) for part in (key.start, key.stop, key.step)))]
            if isinstance(key, slice)
            else value[key]
        )
    except (LookupError, TypeError, ValueError):
        raise Left("takes an item that is not there") from None


def pick_module(value: Chain, index: list[Any]) -> Any:
    """A module of a Sequential or a list, or some of them."""
    key = index[0] if isinstance(index[0], slice) else settle(index[0])
    if isinstance(key, str):
        return pick_item(dict(value.items), [key])
    if isinstance(key, slice):
        return Chain(pick_item(value.items, index), value.callable)
    return pick_item([module for _, module in value.items], [key])


def read_size(value: Shape, index: list[Any]) -> Any:
    """The size of an axis, or of several."""
    key = index[0]
    if isinstance(key, slice):
        if plain(key.stop) is not None and plain(key.step) is None and plain(key.start) in (None, 0):
            return tuple(Size(value.wire, axis) for axis in range(int(plain(key.stop))))
        raise Left("takes sizes whose number is not known here")
    axis = settle(key)
    if not isinstance(axis, int):
        raise Left("takes a size whose axis is not known here")
    return Size(value.wire, axis)


def pick_state(value: State, index: list[Any]) -> Any:
    """The state of a layer and direction, if it is of the uppermost layer."""
    if any(part != FULL for part in index[1:]):
        raise Left("takes a piece of a hidden state that is not given here")
    number = settle(index[0]) if not isinstance(index[0], slice) else None
    directions = 2 if value.bidirectional else 1
    total = value.num_layers * directions
    if not isinstance(number, int) or not -total <= number < total:
        raise Left("takes a hidden state that is not there")
    if number % total < total - directions:
        raise Left("takes the state of a lower layer, and only that of the uppermost one is given here")
    return LayerState(value, number % total == total - 1) if value.bidirectional else value.last


def cut_tensor(wire: Wire, index: list[Any], frame: Frame, wish: str, line: int) -> Wire:
    """Pieces along the axes that an index names, one layer for each."""
    parts = [(axis, part) for axis, part in number_axes(index) if part != FULL]
    if frame.drawing is not None and wire.node in frame.drawing.time_first:
        parts = [(1 - axis if axis in (0, 1) else axis, part) for axis, part in parts]
    if any(axis == 0 for axis, _ in parts):
        raise Left("takes samples out of the batch, and the batch stays whole here")
    if [part for _, part in parts] == [-1] and parts[0][0] == 1 and frame.drawing and frame.drawing.is_sequence(wire):
        return frame.add("SequencePool", {"mode": "last"}, wire, wish or "last", line)
    dropped = 0
    for place, (axis, part) in enumerate(parts):
        here = axis - dropped if axis > 0 else axis
        name = wish if place == len(parts) - 1 else ""
        if part is None:
            wire, dropped = frame.add("Unsqueeze", {"dim": here}, wire, name, line), dropped - 1
        elif isinstance(part, slice):
            wire = frame.add("Slice", read_slice(here, part), wire, name, line)
        else:
            wire, dropped = pick_one(wire, here, part, frame, name, line), dropped + 1
    return wire


def number_axes(index: list[Any]) -> list[tuple[int, Any]]:
    """The axis of each part; behind three dots they count from the back."""
    if ... not in index:
        return list(enumerate(index))
    dots = index.index(...)
    behind = index[dots + 1 :]
    return [*enumerate(index[:dots]), *((place - len(behind), part) for place, part in enumerate(behind))]


def read_slice(axis: int, part: slice) -> dict[str, Any]:
    """The parameters of a Slice."""
    bounds = {"start": part.start, "end": part.stop, "step": part.step}
    if not all(value is None or (is_number(value) and not isinstance(value, float)) for value in bounds.values()):
        raise Left("cuts at a place that is known only while the network runs")
    return {"dim": axis, **{name: value for name, value in bounds.items() if value is not None}}


def pick_one(wire: Wire, axis: int, part: Any, frame: Frame, wish: str, line: int) -> Wire:
    """One place along an axis, and the axis dropped."""
    if not isinstance(part, (int, Reference)) or isinstance(part, bool):
        raise Left("takes a place that is known only while the network runs", operands=(wire,))
    bounds: dict[str, Any] = {"start": part}
    if plain(part) != -1:
        bounds["end"] = combine_one(part)
    piece = frame.add("Slice", {"dim": axis, **bounds}, wire, "", line)
    return frame.add("Squeeze", {"dim": axis}, piece, wish, line)


def combine_one(part: Any) -> Any:
    """The place behind this one."""
    return combine(ast.Add, part, 1)
