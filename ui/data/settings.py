"""The form that changes how a source is split and prepared."""

from __future__ import annotations

import streamlit as st

from builder.document import Facts, FieldFacts, FieldMeaning, Source, Split

NUMBERS = {"none": "as it is", "standard": "mean 0, deviation 1", "minmax": "0 to 1", "signed": "-1 to 1"}
SCALINGS = {
    "image": {"none": "0 to 255, as it is", "unit": "0 to 1", "signed": "-1 to 1", "standard": "mean 0, deviation 1"},
    "vector": NUMBERS,
    "number": NUMBERS,
}


def ask_settings(name: str, source: Source, facts: Facts) -> Source | None:
    """Ask for split, limit and scaling; the changed source once the button is pressed, else None."""
    with st.form(f"settings_{name}"):
        split = _ask_split(source.split)
        limit = st.number_input("Use at most this many samples", value=source.limit, min_value=1, placeholder="all")
        fields = {
            field: _ask_field(field, meaning, facts.fields.get(field)) for field, meaning in source.fields.items()
        }
        if not st.form_submit_button("Apply"):
            return None
    changed = source.model_copy(update={"split": split, "limit": limit, "fields": fields, "facts": None})
    return changed if changed != source.model_copy(update={"facts": None}) else None


def _ask_split(split: Split) -> Split:
    validation, test, seed, by = st.columns(4)
    orders = {"random": "at random", "order": "from the end"}
    chosen = by.selectbox("Taken", list(orders), index=list(orders).index(split.by), format_func=orders.__getitem__)
    return Split(
        validation=validation.number_input("Validation, part of train", 0.0, 0.5, split.validation, 0.05),
        test=test.number_input("Test, where the data brings none", 0.0, 0.5, split.test, 0.05),
        seed=seed.number_input("Seed", value=split.seed, min_value=0, step=1),
        by=chosen,
    )


def _ask_field(name: str, meaning: FieldMeaning, facts: FieldFacts | None) -> FieldMeaning:
    if meaning.kind == "mask" and facts is not None:
        return _ask_mask_size(name, meaning, facts)
    choices = SCALINGS.get(meaning.kind)
    if choices is None:
        return meaning
    chosen, sizes, channels = st.columns([2, 2, 1])
    words = {**choices, meaning.scaling: choices.get(meaning.scaling, meaning.scaling)}
    index = list(words).index(meaning.scaling)
    scaling = chosen.selectbox(f"Values of {name}", list(words), index=index, format_func=words.__getitem__)
    changed = meaning.model_copy(update={"scaling": scaling})
    if meaning.kind != "image" or facts is None:
        return changed
    depth, height = facts.sizes[:2]
    side = sizes.number_input(f"Pixels a side of {name}", value=height, min_value=4, max_value=512, step=1)
    count = channels.segmented_control(f"Channels of {name}", [1, 3], default=depth) or depth
    size = meaning.size if side == height else (side, side)
    return changed.model_copy(update={"size": size, "channels": count if count != depth else meaning.channels})


def _ask_mask_size(name: str, meaning: FieldMeaning, facts: FieldFacts) -> FieldMeaning:
    """Masks are brought to a size as their pictures are; there is nothing to scale in them."""
    height = facts.sizes[-2]
    side = st.number_input(f"Pixels a side of {name}", value=height, min_value=4, max_value=512, step=1)
    return meaning if side == height else meaning.model_copy(update={"size": (side, side)})
