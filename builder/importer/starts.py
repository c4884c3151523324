"""How weights start, which becomes a parameter of the layer, and whose weights they are."""

from __future__ import annotations

from typing import Any

from builder.importer.arithmetic import is_number
from builder.importer.modules import check_params
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import Chain, Given, Instance, Layer, Tensor, plain
from builder.layers import CATALOGUE
from builder.layers.initialise import is_bias

ARGUMENTS = {"normal": ("mean", "std"), "trunc_normal": ("mean", "std"), "constant": ("val",)}
PARAMS = {"mean": "weight_mean", "std": "weight_std", "val": "weight_value"}
LEFT_OUT = ("mode", "nonlinearity", "a", "gain")
MOST_MODULES = 2000


def set_start(name: str, args: list[Any], kwargs: dict[str, Any], frame: Frame, line: int) -> None:
    """Let a layer start as a function of ``nn.init`` says. Raises Left."""
    rule, tensor = name.rstrip("_"), args[0] if args else None
    if not isinstance(tensor, Tensor):
        raise Left("starts a tensor that belongs to no layer here")
    if tensor.is_row or "weight_init" not in CATALOGUE[tensor.layer.kind].Params.model_fields:
        return
    values = dict(zip(ARGUMENTS.get(rule, ()), args[1:], strict=False)) | kwargs
    if rule == "constant" and plain(values.get("val")) in (0, 1):
        rule = "zeros" if plain(values.pop("val")) == 0 else "ones"
    if is_bias(tensor.name):
        set_bias_start(tensor.layer, rule, frame, line)
        return
    if "Norm" in tensor.layer.kind and rule == "ones":
        return
    tensor.layer.params["weight_init"] = rule
    for key, value in values.items():
        if key in PARAMS and is_number(value):
            tensor.layer.params[PARAMS[key]] = value
        elif key in LEFT_OUT:
            frame.remark(line, f'The argument "{key}" of {name} was left out: weights start by its default.')
    check_params(tensor.layer, name, frame.session.remarks)


def set_bias_start(layer: Layer, rule: str, frame: Frame, line: int) -> None:
    """Biases start at zero or by PyTorch's default; a shift of a normalisation is zero by itself."""
    if rule == "zeros" and "bias_init" in CATALOGUE[layer.kind].Params.model_fields:
        layer.params["bias_init"] = "zeros"
    elif rule != "zeros":
        frame.remark(line, f"Biases start at zero or by PyTorch's default here, not by {rule}. The default stands.")


def set_values(tensor: Tensor, name: str, args: list[Any], frame: Frame, line: int) -> Tensor:
    """``weight.data.copy_(torch.tensor(...))`` gives start values; ``zero_`` and ``fill_`` are starts too."""
    if name == "copy_" and args and isinstance(args[0], Given) and not tensor.is_row:
        tensor.layer.params["initial"] = {**tensor.layer.params.get("initial", {}), tensor.name: args[0].values}
        check_params(tensor.layer, "copy_", frame.session.remarks)
    elif name == "zero_":
        set_start("zeros_", [tensor], {}, frame, line)
    elif name == "fill_" and args:
        set_start("constant_", [tensor, args[0]], {}, frame, line)
    elif name in ("normal_", "uniform_"):
        set_start(name, [tensor, *args], {}, frame, line)
    else:
        raise Left("changes weights in a way that no parameter says")
    return tensor


def tie(layer: Layer, other: Layer) -> None:
    """Let two layers have the same weights: of an Embedding and a Linear the Embedding lends them. Raises Left."""
    borrower, lender = (other, layer) if layer.kind in CATALOGUE[other.kind].borrows_from else (layer, other)
    if borrower.kind != lender.kind and lender.kind not in CATALOGUE[borrower.kind].borrows_from:
        raise Left(f"gives {layer.kind} the weights of {other.kind}, which are used in another way")
    borrower.tied = lender
    if borrower.kind != lender.kind and borrower.params.get("bias", True) is not False:
        borrower.params["bias"] = False
        raise Left(f"gives {borrower.kind} the weights of {lender.kind}; its bias was left out")


def call_module_method(owner: Instance, name: str, args: list[Any], frame: Frame, line: int) -> Any:
    """What every module has: its parts, and functions that go through them."""
    if name in ("add_module", "register_module") and len(args) == 2 and isinstance(args[0], str):
        owner.attributes[args[0]] = args[1]
        return None
    if name in ("modules", "children", "named_modules"):
        parts = list_modules(owner)
        return [("", part) for part in parts] if name == "named_modules" else parts
    if name == "apply" and len(args) == 1:
        for part in list_modules(owner):
            frame.call(args[0], [part], {}, "", line)
        return owner
    if name in ("register_buffer", "register_parameter"):
        raise Left("keeps a tensor that belongs to no layer here")
    return owner if name in ("eval", "train", "to") else None


def list_modules(module: Any) -> list[Any]:
    """A module and all its parts."""
    found: list[Any] = []
    waiting, steps = [module], 0
    while waiting and steps < MOST_MODULES:
        part, steps = waiting.pop(0), steps + 1
        if isinstance(part, Chain):
            waiting = [item for _, item in part.items] + waiting
        elif isinstance(part, (list, tuple)):
            waiting = [*part, *waiting]
        elif isinstance(part, Instance) and part not in found:
            waiting = [*part.attributes.values(), *([part.chain] if part.chain else []), *waiting]
        if isinstance(part, (Layer, Instance)) and part not in found:
            found.append(part)
    return found
