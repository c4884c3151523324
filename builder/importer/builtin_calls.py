"""Python's own functions and the methods of lists and dictionaries, as far as building a network needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.importer.arithmetic import is_true, settle, too_long
from builder.importer.expressions import LONGEST_LOOP, list_items
from builder.importer.modules import copy_layer
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import Chain, Class, Instance, Layer, Method, Reference, Shape, Symbol, Unknown, Wire


def call_builtin(name: str, args: list[Any], kwargs: dict[str, Any], frame: Frame) -> Any:
    """A function of Python's own. Raises Left."""
    if name == "super":
        return find_super(frame)
    if name in BUILTIN_CALLS:
        try:
            return BUILTIN_CALLS[name](*args, **kwargs)
        except (TypeError, ValueError, LookupError, OverflowError, AttributeError):
            raise Left(f"calls {name} in a way that is not read here") from None
    raise Left(f"calls {name}, which is not read here")


def find_super(frame: Frame) -> Method:
    """What ``super()`` reaches from here."""
    if frame.owner is None:
        raise Left("calls super outside a method")
    return Method(frame.owner, frame.behind)


def make_range(*bounds: Any) -> list[int]:
    """The numbers of a range, not more of them than layers are stacked."""
    numbers = range(*[settle(bound) for bound in bounds])
    if len(numbers) > LONGEST_LOOP:
        raise Left(f"goes through {len(numbers):,} numbers, and at most {LONGEST_LOOP:,} are gone through here")
    return list(numbers)


def count_items(value: Any) -> Any:
    """``len``."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (Wire, Shape)):
        return Unknown("is a size that only the data tells")
    return len(list_items(value))


def as_whole(value: Any = 0) -> Any:
    """``int``; a reference stays one."""
    return value if isinstance(value, Reference) else int(settle(value))


def is_instance(value: Any, classes: Any) -> bool:
    """``isinstance`` for modules."""
    return any(is_of(value, entry) for entry in (classes if isinstance(classes, (list, tuple)) else (classes,)))


def is_of(value: Any, cls: Any) -> bool:
    """Whether a value is of one class. Raises Left where that cannot be told."""
    if isinstance(cls, Class):
        return isinstance(value, Instance) and value.cls is cls
    if isinstance(cls, Symbol) and cls.name.startswith("torch.nn."):
        last = cls.name.rpartition(".")[2]
        if last == "Module":
            return isinstance(value, (Layer, Chain, Instance))
        return (isinstance(value, Layer) and value.kind == last) or (
            isinstance(value, Chain) and last == "Sequential" and value.callable
        )
    if isinstance(cls, Symbol) and cls.name in PLAIN:
        return isinstance(settle(value), PLAIN[cls.name])
    raise Left("asks for a class that is not known here")


PLAIN: dict[str, type] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
    "builtins.list": list,
    "builtins.tuple": tuple,
}


def set_attribute(owner: Any, name: Any, value: Any) -> None:
    """``setattr(self, name, value)``."""
    if not isinstance(owner, Instance) or not isinstance(name, str):
        raise TypeError
    owner.attributes[name] = value


def get_attribute(owner: Any, name: Any, *default: Any) -> Any:
    """``getattr(self, name)``."""
    if not isinstance(owner, Instance) or not isinstance(name, str):
        raise TypeError
    return owner.attributes.get(name, default[0]) if default else owner.attributes[name]


def make_dictionary(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    """``dict`` and ``OrderedDict``."""
    pairs = args[0] if args else {}
    made = dict(pairs) if isinstance(pairs, dict) else {settle(key): value for key, value in list_items(pairs)}
    return {**made, **kwargs}


def copy_deeply(value: Any) -> Any:
    """``copy.deepcopy`` of a layer or plain data."""
    if isinstance(value, Layer):
        return copy_layer(value)
    if isinstance(value, Chain):
        return Chain([(name, copy_deeply(part)) for name, part in value.items], value.callable)
    if isinstance(value, Instance):
        attributes = {name: copy_deeply(part) for name, part in value.attributes.items()}
        return Instance(value.cls, value.arguments, attributes, value.line, chain=copy_deeply(value.chain))
    return value


BUILTIN_CALLS: dict[str, Callable[..., Any]] = {
    "range": make_range,
    "len": count_items,
    "int": as_whole,
    "float": lambda value=0.0: float(settle(value)),
    "str": lambda value="": str(settle(value))[:200],
    "bool": lambda value=False: is_true(value),
    "list": lambda value=(): list_items(value),
    "tuple": lambda value=(): tuple(list_items(value)),
    "dict": make_dictionary,
    "OrderedDict": make_dictionary,
    "enumerate": lambda value, start=0: [(settle(start) + i, item) for i, item in enumerate(list_items(value))],
    "zip": lambda *lists, strict=False: list(zip(*(list_items(value) for value in lists), strict=False)),
    "reversed": lambda value: list_items(value)[::-1],
    "sorted": lambda value: sorted(settle(list_items(value))),
    "min": lambda *values: min(settle(values if len(values) > 1 else list_items(values[0]))),
    "max": lambda *values: max(settle(values if len(values) > 1 else list_items(values[0]))),
    "sum": lambda value: sum(settle(list_items(value))),
    "abs": lambda value: abs(settle(value)),
    "round": lambda value, digits=None: round(settle(value), digits),
    "any": lambda value: any(is_true(item) for item in list_items(value)),
    "all": lambda value: all(is_true(item) for item in list_items(value)),
    "isinstance": is_instance,
    "print": lambda *values, **options: None,
    "setattr": set_attribute,
    "getattr": get_attribute,
    "hasattr": lambda owner, name: isinstance(owner, Instance) and name in owner.attributes,
    "deepcopy": copy_deeply,
}


def call_container(holder: Any, name: str, args: list[Any]) -> Any:
    """A method of a list, a dictionary, or a list of modules. Raises Left."""
    if isinstance(holder, Chain):
        return change_chain(holder, name, args)
    if isinstance(holder, dict):
        views = {"items": list(holder.items()), "keys": list(holder), "values": list(holder.values())}
        return views[name] if name in views else holder.get(settle(args[0]), *args[1:])
    if len(holder) > LONGEST_LOOP * 2:
        too_long()
    if name == "copy":
        return list(holder)
    if name == "append" and len(args) == 1:
        holder.append(args[0])
    elif name == "extend" and len(args) == 1:
        holder.extend(list_items(args[0]))
    elif name == "insert" and len(args) == 2:
        holder.insert(settle(args[0]), args[1])
    elif name == "pop" and holder:
        return holder.pop(*[settle(value) for value in args])
    else:
        raise Left(f'uses "{name}" of a list in a way that is not read here')
    return None


def change_chain(chain: Chain, name: str, args: list[Any]) -> Any:
    """A method of a Sequential, a ModuleList or a ModuleDict."""
    if name in ("items", "keys", "values", "children", "named_children"):
        pairs = list(chain.items)
        return {"keys": [key for key, _ in pairs], "items": pairs, "named_children": pairs}.get(name) or [
            m for _, m in pairs
        ]
    if name == "append" and len(args) == 1:
        chain.items.append((str(len(chain.items)), args[0]))
    elif name == "extend" and len(args) == 1:
        chain.items.extend((str(len(chain.items) + i), item) for i, item in enumerate(list_items(args[0])))
    elif name == "add_module" and len(args) == 2 and isinstance(args[0], str):
        chain.items.append((args[0], args[1]))
    elif name in ("to", "cuda", "eval", "train"):
        return chain
    else:
        raise Left(f'uses "{name}" of a list of modules in a way that is not read here')
    return chain
