"""Reads ``value.name``: attributes of objects, methods of tensors and lists, tensors of weights, names of libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import (
    CausalMask,
    Chain,
    Class,
    Function,
    Given,
    Instance,
    Layer,
    LayerState,
    Method,
    Mode,
    Packed,
    Shape,
    State,
    Symbol,
    Tensor,
    Unknown,
    Wire,
    Zeros,
)

INSTANCE_METHODS = ("add_module", "register_module", "register_buffer", "register_parameter", "apply", "modules",
                    "named_modules", "children", "parameters", "save_hyperparameters", "eval", "train", "to")  # fmt: skip
LIST_METHODS = ("append", "extend", "insert", "pop", "copy")
DICT_METHODS = ("items", "keys", "values", "get")


def read_attribute(value: Any, name: str, frame: Frame) -> Any:
    """Something of a value. Raises Left."""
    if isinstance(value, Symbol) and value.holder is not None:
        raise Left(f'has no "{name}" that is read here')
    for types, read in READERS:
        if isinstance(value, types):
            return read(value, name)
    raise Left(f'has no "{name}" that is read here')


def read_symbol(value: Symbol, name: str) -> Symbol:
    """Something of a library."""
    return Symbol(f"{value.name}.{name}")


def read_weights(value: Tensor, name: str) -> Any:
    """A method of a tensor of weights."""
    return value if name == "data" else Symbol(f"weights.{name}", value)


def read_state(value: State | Packed, name: str) -> Symbol:
    """A method of hidden states."""
    return Symbol(f"state.{name}", value)


def read_container(value: Any, name: str) -> Symbol:
    """A method of a list or a dictionary."""
    if name not in (DICT_METHODS if isinstance(value, dict) else LIST_METHODS):
        raise Left(f'uses "{name}" of a list or dictionary, which is not read here')
    return Symbol(f"container.{name}", value)


def read_class(value: Class, name: str) -> Any:
    """A constant or a function of a class."""
    if name in value.constants:
        return value.constants[name]
    if name in value.methods:
        return Function(value.methods[name])
    raise Left(f'has no "{name}" that is read here')


def read_made(value: Zeros | Given | CausalMask, name: str) -> Symbol:
    """A method of a tensor that is made on the spot; moving it to a device changes nothing here."""
    if name in ("to", "cuda", "cpu", "float", "type", "requires_grad_", "detach", "clone"):
        return Symbol(f"layer.{name}", value)
    raise Left("works on a tensor that no layer gives")


def read_unknown(value: Unknown, name: str) -> Unknown:
    """Whatever belongs to what is not known is not known either."""
    return value


def read_member(instance: Instance, name: str) -> Any:
    """An attribute or a method of an object, its class's or that of a class behind it."""
    if name == "training":
        return Mode()
    if name in instance.attributes:
        return instance.attributes[name]
    found = find_member(instance, (instance.cls,), name)
    if found is not None:
        return found
    if name in INSTANCE_METHODS:
        return Symbol(f"module.{name}", instance)
    return Unknown(f'reads "self.{name}", which __init__ does not set')


def find_member(instance: Instance, classes: tuple[Any, ...], name: str) -> Any:
    """A method or a constant of the first class that has it; None where none has."""
    for cls in classes:
        if not isinstance(cls, Class):
            continue
        if name in cls.methods:
            return bind_method(instance, cls, name)
        if name in cls.constants:
            return cls.constants[name]
        found = find_member(instance, cls.bases, name)
        if found is not None:
            return found
    return None


def bind_method(instance: Instance, cls: Class, name: str) -> Function:
    """A method with the object that it belongs to; static ones belong to none."""
    node = cls.methods[name]
    decorators = {getattr(decorator, "id", "") for decorator in node.decorator_list}
    if "staticmethod" in decorators:
        return Function(node)
    return Function(node, instance, {BEHIND: cls.bases})


BEHIND = "super()"
"""Under this name, which no source can use, a method knows the classes behind its own."""


def read_inherited(value: Method, name: str) -> Any:
    """What ``super()`` has of that name."""
    found = find_member(value.owner, value.classes, name)
    if found is not None:
        return found
    return Symbol(f"super.{name}", value)


def read_tensor(value: Wire | LayerState, name: str) -> Any:
    """A shape or a method of a tensor."""
    if name == "shape":
        return Shape(value) if isinstance(value, Wire) else Shape(value.state.last)
    if name == "data":
        return value
    if name in ("device", "dtype", "is_cuda"):
        return Unknown("is a matter of the machine")
    return Symbol(f"tensor.{name}", value)


def read_layer(layer: Layer, name: str) -> Any:
    """A parameter, an inferred size, or a tensor of weights of a layer."""
    if name in layer.params:
        return None if name == "bias" and layer.params[name] is False else tensor_or_param(layer, name)
    if name in layer.sizes:
        return layer.sizes[name][2]
    if name.startswith(("weight", "bias", "in_proj", "out_proj")):
        return Tensor(layer, name)
    return Symbol(f"layer.{name}", layer)


def tensor_or_param(layer: Layer, name: str) -> Any:
    """``bias`` of a layer is its tensor, not the argument of that name."""
    return Tensor(layer, name) if name == "bias" else layer.params[name]


def read_chain(chain: Chain, name: str) -> Any:
    """A method of a Sequential or a list of modules, or one of its named parts."""
    parts = dict(chain.items)
    if name in parts:
        return parts[name]
    return Symbol(f"chain.{name}", chain)


READERS: tuple[tuple[Any, Callable[[Any, str], Any]], ...] = (
    (Symbol, read_symbol),
    (Instance, read_member),
    (Method, read_inherited),
    ((Wire, LayerState), read_tensor),
    (Layer, read_layer),
    (Tensor, read_weights),
    (Chain, read_chain),
    ((State, Packed), read_state),
    ((list, dict), read_container),
    (Class, read_class),
    ((Zeros, Given, CausalMask), read_made),
    (Unknown, read_unknown),
)
