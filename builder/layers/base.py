"""The contract of a layer: its parameters and ports, and how it is made and called, by the module and in the source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from builder.kinds import Construct, Kind
from builder.tensors import TensorSpec

Specs = tuple[TensorSpec | None, ...]


class Misfit(Exception):
    """A layer cannot be made for these inputs. The text is a short reason; the checker adds who, where and the repair.

    ``code`` lets a rule recognise the case; ``port`` and ``param`` say which one is at fault; ``wants`` and ``got`` are
    what a repair needs.
    """

    def __init__(self, code: str, reason: str, *, port: str = "", param: str = "", **facts: Any) -> None:
        super().__init__(reason)
        self.code, self.reason, self.port, self.param, self.facts = code, reason, port, param, facts


class Layer(Kind):
    """A kind of node of a network.

    A layer either has a module (``construct`` returns how it is made, and the module is called with the inputs in the
    order of the ports) or is a plain expression (``apply`` computes it, ``expression`` prints the same computation).
    Inputs are given in the order of ``inputs``; an optional port without a link is None; a variadic port gives all its
    links in order. A layer with several outputs returns a tuple in the order of ``outputs``.

    ``on_demand`` names outputs, the last ones, that are computed only where something is linked to them, each with the
    argument of the module that asks for it. With the module of a kind in ``borrows_from`` a use is computed by ``borrow`` and
    printed by ``borrow_expression``; ``find_misloan`` says why that cannot be.
    """

    stateless: ClassVar[bool] = False
    on_demand: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct | None:
        """How the module is made for inputs of these specs; None for a plain expression. Raises Misfit."""
        return None

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """Compute a plain expression."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The source of ``apply``: an expression over the names of the inputs that needs only torch, nn and F."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def construct_for(cls, params: Any, specs: Specs, wanted: Collection[str]) -> Construct | None:
        """How the module is made that gives these outputs and those that it always gives. Raises Misfit."""
        construct = cls.construct(params, specs)
        asked = {argument: True for output, argument in cls.on_demand.items() if output in wanted}
        if construct is None or not asked:
            return construct
        return replace(construct, kwargs={**construct.kwargs, **asked})

    @classmethod
    def borrow(cls, params: Any, owner: Any, *inputs: Any) -> Any:
        """Compute with the module of another kind."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def borrow_expression(cls, params: Any, owner: str, *names: str | None) -> str:
        """The source of ``borrow``."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def find_misloan(cls, own: Construct, lent: Construct) -> str | None:
        """Why a module made in this way cannot use the weights of one made in that way; None where it can."""
        raise NotImplementedError(cls.kind)
