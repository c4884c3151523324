"""Makes modules: ``nn.Conv2d(3, 16, 5)`` becomes a layer with the parameters of its kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from builder.importer.remarks import Left, Remarks
from builder.importer.values import Chain, Layer, Reference, Symbol, Unknown, is_constant, plain
from builder.importer.vocabulary import HARMLESS, IGNORED, LAST, NN, OWN, Spec
from builder.layers import CATALOGUE
from builder.parameters import parameter_error

RECURRENT = ("RNN", "LSTM", "GRU")
BATCH_FIRST = (*RECURRENT, "MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer")
MOST_COPIES = 64
OWN_PREFIX = "builder.parts."
NN_PREFIX = "torch.nn."


def make_module(symbol: str, args: list[Any], kwargs: dict[str, Any], line: int, remarks: Remarks) -> Any:
    """Make what a class of the library makes. Raises Left where its arguments cannot be read."""
    name = symbol.rpartition(".")[2]
    if name in ("Sequential", "ModuleList", "ModuleDict"):
        return make_chain(name, args)
    if name in ("TransformerEncoder", "TransformerDecoder"):
        return make_stack(name, args, kwargs)
    if symbol == f"{NN_PREFIX}Parameter" or symbol.startswith(f"{NN_PREFIX}parameter"):
        return Unknown("is a tensor of weights outside any layer")
    known = OWN.get(name) if symbol.startswith(OWN_PREFIX) else NN.get(name)
    if known is None:
        return make_placeholder(name, args, kwargs, line, remarks)
    layer = fill_layer(known, name, args, kwargs, line, remarks)
    if symbol.startswith(OWN_PREFIX):
        layer.own = True
    elif known.kind in BATCH_FIRST:
        check_batch_first(layer, dict(zip(known.names, args, strict=False)) | kwargs, line, remarks)
    return layer


def make_chain(name: str, args: list[Any]) -> Chain:
    """A Sequential of modules or of an OrderedDict, or a list or dictionary of modules."""
    items = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple, dict, Chain)) else args
    if isinstance(items, Chain) and name == "Sequential" and items.callable:
        items = [items]
    if isinstance(items, Chain):
        return Chain(list(items.items), name == "Sequential")
    if isinstance(items, dict):
        return Chain([(str(key), item) for key, item in items.items()], name == "Sequential")
    return Chain([(str(place), item) for place, item in enumerate(items)], name == "Sequential")


def make_stack(name: str, args: list[Any], kwargs: dict[str, Any]) -> Chain:
    """``nn.TransformerEncoder`` and its like: copies of a layer, one behind the other, and perhaps a normalisation."""
    first = f"{name.removeprefix('Transformer').lower()}_layer"
    named = dict(zip((first, "num_layers", "norm"), args, strict=False)) | kwargs
    layer, number, norm = named.get(first), plain(named.get("num_layers")), named.get("norm")
    if not isinstance(layer, Layer) or not isinstance(number, int) or not 1 <= number <= MOST_COPIES:
        raise Left(f"needs a layer and a number of copies from 1 to {MOST_COPIES}")
    copies: list[tuple[str, Any]] = [(f"layers.{place}", copy_layer(layer)) for place in range(number)]
    return Chain([*copies, *([("norm", norm)] if norm is not None else [])])


def copy_layer(layer: Layer) -> Layer:
    """A layer like this one with weights of its own."""
    return replace(layer, params=dict(layer.params), wish="", path="", sizes=dict(layer.sizes))


def make_placeholder(name: str, args: list[Any], kwargs: dict[str, Any], line: int, remarks: Remarks) -> Layer:
    """A layer of a kind that the catalogue lacks: it keeps its name, its plain arguments and its links."""
    positional = {f"argument_{place}": value for place, value in enumerate(args, 1) if is_constant(value)}
    params = positional | {key: value for key, value in kwargs.items() if is_constant(value)}
    remarks.add(
        line,
        f"{name} is not among the layers here. A placeholder keeps its place and its links; put another layer there.",
    )
    return Layer(name, params, line, known=False)


def fill_layer(known: Spec, name: str, args: list[Any], kwargs: dict[str, Any], line: int, remarks: Remarks) -> Layer:
    """The layer with its arguments sorted into parameters and sizes that are inferred."""
    if len(args) > len(known.names):
        raise Left(f"has {len(args)} arguments, and {name} takes {len(known.names)}")
    layer = Layer(known.kind, dict(known.defaults), line)
    fields = CATALOGUE[known.kind].Params.model_fields
    for key, value in (dict(zip(known.names, args, strict=False)) | kwargs).items():
        if key in known.sizes:
            layer.sizes[key] = (*known.sizes[key], value)
        elif key == "normalized_shape" and is_one_size(value):
            layer.sizes[key] = (*LAST, value[0] if isinstance(value, (list, tuple)) else value)
        elif key in fields:
            set_param(layer, key, convert(value, key), name, remarks)
        elif key in CATALOGUE[known.kind].on_demand.values():
            layer.asked = plain(value) is True
        elif key not in IGNORED and key != "batch_first" and not is_harmless(key, value):
            remarks.add(line, f'{name}: the argument "{key}" has no counterpart here and was left out.')
    if known.kind == "Pad" and isinstance(layer.params.get("pad"), (int, Reference)):
        layer.params["pad"] = [layer.params["pad"]] * 4
    check_params(layer, name, remarks)
    return layer


def is_one_size(value: Any) -> bool:
    """Whether a shape is one number, written as such or in brackets."""
    return isinstance(value, (int, Reference)) or (isinstance(value, (list, tuple)) and len(value) == 1)


def is_harmless(key: str, value: Any) -> bool:
    """Whether leaving an argument out changes nothing."""
    return plain(value) in HARMLESS.get(key, ())


def convert(value: Any, key: str) -> Any:
    """An argument as a parameter: activations that are given as functions or modules by their name."""
    if key == "activation":
        named = value.name.rpartition(".")[2] if isinstance(value, Symbol) else value
        named = named.kind if isinstance(named, Layer) else named
        return named.lower() if isinstance(named, str) else named
    return value


def set_param(layer: Layer, key: str, value: Any, name: str, remarks: Remarks) -> None:
    """Give a parameter its value, if it is one that the document can hold."""
    if is_constant(value):
        layer.params[key] = value
    else:
        reason = value.reason if isinstance(value, Unknown) else "is not a plain value"
        remarks.add(layer.line, f'{name}: the argument "{key}" {reason}, so its default stands. Set it in the form.')


def check_params(layer: Layer, name: str, remarks: Remarks) -> None:
    """Drop parameters whose values the kind does not take, with a remark for each."""
    kind = CATALOGUE[layer.kind]
    for _ in range(len(layer.params)):
        values = {key: plain(value) for key, value in layer.params.items() if not is_open(value)}
        try:
            kind.Params.model_validate(values)
            return
        except ValidationError as error:
            fault = parameter_error(error.errors(include_url=False), values)
            if fault.param not in layer.params:
                return
            del layer.params[fault.param]
            text = f'{name}: the argument "{fault.param}" {fault.reason}, so its default stands. Set it in the form.'
            remarks.add(layer.line, text)


def is_open(value: Any) -> bool:
    """Whether a value holds a reference whose number is not known."""
    if isinstance(value, (list, tuple)):
        return any(is_open(item) for item in value)
    return isinstance(value, Reference) and value.value is None


def check_batch_first(layer: Layer, given: dict[str, Any], line: int, remarks: Remarks) -> None:
    """Say what it means that a layer reads time before the batch."""
    if plain(given.get("batch_first")) is not True:
        layer.sequence_first = True
        remarks.add(
            line,
            f"{layer.kind} is made without batch_first=True, so it reads time × batch × features. Here the batch comes first "
            "everywhere: it was taken so, and exchanging batch and time before or behind it was left out.",
        )
