"""The tensors that a batch of a source is made of: its fields, the lengths of those with a time axis, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from builder.document import Facts, FieldFacts, Project, Source, Windows
from builder.parts.columns import LENGTHS, NEXT
from builder.tensors import BATCH, TIMES, Size, TensorSpec

TIMED = ("text", "sequence")
"""Kinds of fields with a time axis."""


@dataclass(frozen=True)
class Column:
    """One tensor of a batch: its name, the field that it is of, and the tensor of lengths that it is cut by."""

    name: str
    field: str
    cut_by: str | None = None

    @property
    def is_lengths(self) -> bool:
        """Whether it counts the steps of the field."""
        return self.name == self.field + LENGTHS

    @property
    def is_next(self) -> bool:
        """Whether it holds what comes after the field's steps."""
        return self.name == self.field + NEXT


def list_columns(source: Source) -> list[Column]:
    """Every tensor of a batch, in the order of the ports of a Data node: fields, what comes next, lengths."""
    columns = []
    for name, meaning in source.fields.items():
        lengths = (meaning.along or name) + LENGTHS if is_ragged(source, name) else None
        columns.append(Column(name, name, lengths))
        if has_next(source, name):
            columns.append(Column(name + NEXT, name, lengths))
        if lengths and not meaning.along:
            columns.append(Column(lengths, name))
    return columns


def is_ragged(source: Source, name: str) -> bool:
    """Whether the samples of a field differ in length; windows are all equally long."""
    return source.windows is None and source.fields[name].kind in TIMED


def has_next(source: Source, name: str) -> bool:
    """Whether a batch also holds what comes after a field's steps."""
    if source.windows is not None:
        return name in source.windows.targets
    text = source.fields[name].text
    return text is not None and text.next and source.fields[name].kind == "text"


def time_axis(source: Source, name: str) -> str:
    """The time axis of a field: T for the first, S for the others; one that goes along another has its axis."""
    firsts = [field for field, meaning in source.fields.items() if is_ragged(source, field) and not meaning.along]
    return "T" if firsts[:1] == [source.fields[name].along or name] else "S"


def describe_columns(source: Source) -> dict[str, TensorSpec]:
    """The spec of every tensor of a batch, from the source's facts; those of fields that are not known yet are left out."""
    facts = source.facts.fields if source.facts else {}
    return {
        column.name: describe_column(column, source.windows, facts[column.field])
        for column in list_columns(source)
        if column.field in facts
    }


def describe_column(column: Column, windows: Windows | None, facts: FieldFacts) -> TensorSpec:
    """The spec of one tensor of a batch."""
    if column.is_lengths:
        return TensorSpec((BATCH,), "int64")
    sizes: list[Size] = [TIMES[size] if isinstance(size, str) else size for size in facts.shape]
    if column.is_next and windows and not windows.each:
        sizes[0] = windows.horizon
    return TensorSpec((BATCH, *sizes), facts.dtype)


def without_tokenizers(project: Project) -> Project:
    """The project without what texts are read with, which only a run needs: it may be longer than all the rest."""
    data = {
        name: source.model_copy(update={"facts": slim_facts(source.facts)}) if source.facts else source
        for name, source in project.data.items()
    }
    return project.model_copy(update={"data": data})


def slim_facts(facts: Facts) -> Facts:
    """Facts without tokenizers; the same object where there are none."""
    if not any(known.tokenizer for known in facts.fields.values()):
        return facts
    fields = {name: known.model_copy(update={"tokenizer": None}) for name, known in facts.fields.items()}
    return facts.model_copy(update={"fields": fields})


def find_classes(source: Source) -> str | None:
    """The field by whose classes samples are told apart: the first target that is a category."""
    targets = (name for name, field in source.fields.items() if field.role == "target" and field.kind == "category")
    return next(targets, None) if source.windows is None else None
