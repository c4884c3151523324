"""From the values in a node to validated parameters, and from pydantic's errors to phrases for people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from builder.document import Node
from builder.kinds import Kind, Params
from builder.references import Scope, UnresolvedReference, resolve

LONGEST_VALUE = 200
"""Of a value that is repeated in a sentence."""


@dataclass(frozen=True)
class ParameterError(Exception):
    """A parameter cannot be used: which one, why, and whether the reason is a reference without a meaning."""

    param: str
    reason: str
    code: str = "parameter"


PHRASES = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "literal_error": "must be one of {expected}",
    "missing": "is needed",
    "extra_forbidden": "is not a parameter of this kind",
    "too_short": "needs at least {min_length} values",
    "too_long": "takes at most {max_length} values",
    "string_too_long": "takes at most {max_length} characters",
    "tuple_type": "must be a list of values",
    "list_type": "must be a list of values",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "value_error": "{error}",
}


def resolve_params(node: Node, kind: type[Kind], scope: Scope) -> Any:
    """Resolve a node's references and validate the result. Raises ParameterError for the first parameter at fault."""
    values: dict[str, Any] = {}
    for name, value in {**default_references(kind), **node.params}.items():
        try:
            values[name] = resolve(value, scope)
        except UnresolvedReference as error:
            raise ParameterError(name, str(error), "reference") from None
    try:
        return kind.Params.model_validate(values)
    except ValidationError as error:
        raise parameter_error(error.errors(include_url=False), values) from None


def default_references(kind: type[Kind]) -> dict[str, str]:
    """Parameters that are a reference unless told otherwise, such as the shape of an Input."""
    return _default_references(kind.Params)


@cache
def _default_references(form: type[Params]) -> dict[str, str]:
    """The default references of a form, worked out once."""
    defaults = {name: field.default for name, field in form.model_fields.items()}
    return {name: value for name, value in defaults.items() if isinstance(value, str) and value.startswith("$")}


def parameter_error(details: list[ErrorDetails], values: dict[str, Any]) -> ParameterError:
    """Put pydantic's errors in words: the first parameter at fault, all the forms that it may take."""
    param = str(details[0]["loc"][0]) if details[0]["loc"] else ""
    phrases = [phrase(d) for d in details if d["loc"][:1] == details[0]["loc"][:1]]
    reason = " or ".join(dict.fromkeys(phrases))
    if not param or details[0]["type"] in ("missing", "extra_forbidden"):
        return ParameterError(param, reason)
    return ParameterError(param, f"is {shorten(values.get(param))}, {reason}")


def shorten(value: Any) -> str:
    """A value as it was given, on one line; of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def phrase(detail: ErrorDetails) -> str:
    """One of pydantic's errors as the end of a sentence."""
    template = PHRASES.get(detail["type"])
    if not template:
        return "has a value that does not fit"
    return template.format(**{name: shorten_bound(bound) for name, bound in detail.get("ctx", {}).items()})


def shorten_bound(bound: Any) -> Any:
    """A bound as people write it: 0 where it is 0.0."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound
