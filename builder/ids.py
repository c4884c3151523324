"""Which names a node or a network may bear, and how a legal one is found.

An id is an attribute of the module, the start of a key in the ``state_dict`` and a variable of the exported code, so it
has to be a Python identifier that neither the language nor ``nn.Module`` has taken.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator
from itertools import count

LONGEST = 80
SHAPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

MODULE_NAMES = frozenset(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules
    mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
    state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905
)
CODE_NAMES = frozenset({"F", "math", "nn", "self", "super", "torch"})
RESERVED = MODULE_NAMES | CODE_NAMES | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)


def find_fault(id: str) -> str | None:
    """Say in a clause why this name cannot be an id; None where it can."""
    letters = "a name is made of letters a to z, digits and underscores, and does not start with a digit"
    faults = {
        "a name needs at least one letter": not id,
        f"it has {len(id)} characters and {LONGEST} are allowed": len(id) > LONGEST,
        letters: not SHAPE.fullmatch(id),
        "names that start with an underscore belong to Python and PyTorch": id.startswith("_"),
        "it is a word of the Python language": keyword.iskeyword(id) or keyword.issoftkeyword(id),
        "every PyTorch module already has something of that name": id in MODULE_NAMES,
        "the exported code uses that name": id in CODE_NAMES,
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def is_printable(name: str) -> bool:
    """Whether code can be printed with this name in it: whatever else is wrong with it, it is one word and no keyword."""
    return bool(SHAPE.fullmatch(name)) and not keyword.iskeyword(name)


def is_legal(id: str) -> bool:
    """Whether this name can be the id of a node or the name of a network."""
    return find_fault(id) is None


def suggest_id(wish: str, taken: Collection[str] = ()) -> str:
    """Return a legal id as close to the wish as can be, and not among those taken.

    A kind gives the usual short form: ``Conv2d`` suggests ``conv2d``; where that is taken, ``conv2d_2`` and so on.
    """
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", wish.strip()).strip("_") or "node"
    stem = stem.lower() if stem[:1].isupper() else stem
    stem = f"n{stem}" if stem[0].isdigit() else stem
    stem = stem[: LONGEST - 6]
    stem = stem if is_legal(stem) else f"{stem}_1"
    return next(name for name in number_names(stem) if name not in taken)


def number_names(stem: str) -> Iterator[str]:
    """Yield the stem, then the stem with 2, 3 and so on behind it."""
    yield stem
    yield from (f"{stem}_{number}" for number in count(2))
