"""Shows a prepared source: samples, balance, statistics, and the first batch as the network will see it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from PIL import Image
from torch import Tensor

from builder.document import TRAINING, FieldFacts, Project
from builder.fields import describe_preparation
from builder.parts.mask_pictures import draw_mask
from builder.parts.tokenizing import Tokenizer
from builder.phrases import name_origin
from runtime.data import profile
from runtime.data.fields import PICTURES
from runtime.data.first_batch import Batch, draw_first_batch, draw_picture
from runtime.data.prepare import PreparedSource
from ui.charts.data import build_balance_figure, build_histogram_figure
from ui.data.pictures import show_wall
from ui.pages import go_to

NUM_SAMPLES = 24


def show_origin(prepared: PreparedSource) -> None:
    """Which data is in use, and what a person should know about it."""
    origin, counts = prepared.choice.origin, prepared.facts.counts
    kinds = {"hub": "from the hub", "embedded": "comes with Layerloom", "file": "your file", "folder": "your folder"}
    parts = ", ".join(f"{count:,} {part}" for part, count in counts.items())
    st.markdown(f"**{escape(name_origin(origin))}** ({kinds[origin.kind]}): {parts}")
    for notice in prepared.notices:
        st.info(escape(notice), icon=":material/swap_horiz:")


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-!|<>$~:" else letter for letter in text)


def show_samples(prepared: PreparedSource) -> None:
    """Raw samples from all over a part: pictures with their class, or rows."""
    part = st.segmented_control("Part", list(prepared.parts), default="train", key="sample_part") or "train"
    part = part if part in prepared.parts else "train"
    pictures = [name for name, meaning in prepared.source.fields.items() if meaning.kind in PICTURES]
    if not pictures:
        samples = profile.list_samples(prepared, part, 100)
        lists = [name for name in samples if len(samples) and isinstance(samples[name].iloc[0], list)]
        lines = {name: st.column_config.LineChartColumn(name) for name in lists}
        st.dataframe(samples, hide_index=True, height=360, column_config=lines)
        return
    samples = [prepared.raw(part, index) for index in profile.spread_samples(prepared, part, NUM_SAMPLES)]
    for name in pictures:
        if len(pictures) > 1:
            st.caption(escape(name))
        show_wall((sample[name], write_caption(sample)) for sample in samples)


def write_caption(sample: dict[str, object]) -> str:
    """What a picture is said to be."""
    words = (
        f"{value:.4g}" if isinstance(value, float) else str(value) for value in sample.values() if not is_rich(value)
    )
    return ", ".join(words)


def is_rich(value: object) -> bool:
    """Whether a value has no place in a caption."""
    return isinstance(value, Image.Image | dict)


def show_statistics(prepared: PreparedSource) -> None:
    """Class balance, splits, and the numbers of every column."""
    targets = [name for name, facts in prepared.facts.fields.items() if facts.classes]
    left, right = st.columns([2, 1])
    with left:
        for name in targets:
            counted = "pixels" if prepared.facts.fields[name].kind == "mask" else "samples"
            st.caption(f"Number of {counted} of each class of {name}")
            figure = build_balance_figure(profile.count_classes(prepared, name))
            st.plotly_chart(figure, key=f"balance_{name}", height=260, config={"displayModeBar": False})
        if not targets:
            show_histogram(prepared)
    with right:
        st.caption("Splits")
        shares = {"share": st.column_config.ProgressColumn("share", format="percent", min_value=0, max_value=1)}
        st.dataframe(profile.count_parts(prepared), hide_index=True, column_config=shares)
    columns = profile.describe_columns(prepared)
    if len(columns):
        st.caption("Numbers of the training part, before preparation")
        st.dataframe(columns, hide_index=True)
        if targets:
            show_histogram(prepared)


def show_histogram(prepared: PreparedSource) -> None:
    """How one prepared number is spread; which one is chosen above it."""
    choices = {
        f"{column} ({name})": (name, place)
        for name, facts in prepared.facts.fields.items()
        for place, column in enumerate(facts.columns or ())
    }
    if choices:
        chosen = st.selectbox("How often a prepared number has which value", list(choices), key="histogram_column")
        figure = build_histogram_figure(profile.count_values(prepared, *choices[chosen]), chosen)
        st.plotly_chart(figure, key="histogram", height=240, config={"displayModeBar": False})


def show_preparation(prepared: PreparedSource) -> None:
    """What every field becomes, in words."""
    words = {
        "none": "as it is",
        "unit": "pixels / 255",
        "standard": "minus mean, by deviation",
        "minmax": "to 0..1",
        "signed": "to -1..1",
    }
    rows = [
        {
            "field": name,
            "role": prepared.source.fields[name].role,
            "holds": facts.kind,
            "shape": "×".join(map(str, facts.shape)) or "number of the class",
            "type": facts.dtype,
            "scaling": write_classes(facts) if facts.classes else words[prepared.source.fields[name].scaling],
            "mean": write_numbers(facts.mean),
            "deviation": write_numbers(facts.deviation),
        }
        for name, facts in prepared.facts.fields.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def write_classes(facts: FieldFacts) -> str:
    """How many classes there are, and which number is none of them."""
    none = "" if facts.ignored is None else f", {facts.ignored} is none"
    return f"{len(facts.classes or ())} classes{none}"


def write_numbers(numbers: tuple[float, ...] | None) -> str:
    """A few numbers, short."""
    shown = ", ".join(f"{number:.4g}" for number in (numbers or ())[:4])
    return shown + (" ..." if numbers and len(numbers) > 4 else "")


def show_first_batch(id: str, project: Project, name: str, prepared: PreparedSource) -> None:
    """The samples of the first step, prepared and augmented: pictures drawn from the tensors, or the numbers."""
    batch = draw_first_batch(project, name, prepared)
    ranges = "; ".join(describe_tensor(field, batch) for field in batch.fields)
    st.caption(escape(f"{count_samples(batch)}. {tell_augmentation(batch)} {ranges}"))
    offer_augmentations(id, batch)
    for field, facts in prepared.facts.fields.items():
        preparation = describe_preparation(prepared.source.fields[field], facts)
        if facts.kind == "mask":
            show_wall((draw_mask(mask.long().reshape(mask.shape[-2:])), "") for mask in batch.fields[field])
        elif facts.kind == "image":
            words = [write_target(prepared, batch, index) for index in range(len(batch.samples))]
            show_wall(
                (draw_picture(image, preparation), word) for image, word in zip(batch.fields[field], words, strict=True)
            )
        elif facts.tokenizer:
            show_tokens(field, facts.tokenizer, batch)
        elif facts.columns:
            show_numbers(field, facts.columns, batch.fields[field])


def count_samples(batch: Batch) -> str:
    """How many samples are shown, and of how many."""
    shown = len(batch.samples)
    return f"{shown} samples" if shown >= batch.size else f"The first {shown} of {batch.size} samples"


def tell_augmentation(batch: Batch) -> str:
    """What augments the batch."""
    return f"Augmented by {', '.join(batch.augmented_by)}." if batch.augmented_by else "Nothing augments it."


def offer_augmentations(id: str, batch: Batch) -> None:
    """The way to where an augmentation is changed; what it does then is seen here."""
    if not batch.augmented_by:
        return
    with st.container(horizontal=True):
        for node in batch.augmented_by:
            if st.button(f"Change {escape(node)} on the canvas", key=f"change_{node}"):
                go_to("build", project=id, graph=TRAINING, node=node)


def show_tokens(field: str, tokenizer: Tokenizer, batch: Batch) -> None:
    """Texts as the network sees them: their tokens, and what fills up the shorter ones."""
    rows = [" · ".join(tokenizer.name(numbers)) for numbers in batch.fields[field].tolist()]
    st.dataframe(pd.DataFrame({f"tokens of {field}": rows}), height=280, key=f"batch_{field}")


def show_numbers(field: str, columns: Sequence[str], values: Tensor) -> None:
    """Prepared numbers: a row for each sample, or for each step of the first one."""
    if values.dim() > 2:
        st.caption(f"The {values.shape[1]} steps of the first sample of {field}")
        values = values[0]
    frame = pd.DataFrame(values.flatten(1).numpy(), columns=list(columns))
    st.dataframe(frame, height=280, key=f"batch_{field}")


def describe_tensor(field: str, batch: Batch) -> str:
    """Shape and range of one tensor of the batch."""
    values = batch.fields[field]
    shape = "×".join(map(str, values.shape))
    low, high = (f"{values.min().item():.3g}", f"{values.max().item():.3g}") if values.numel() else ("", "")
    return f"{field}: {shape}, {low} to {high}"


def write_target(prepared: PreparedSource, batch: Batch, index: int) -> str:
    """The class, or the number, that belongs to a sample of the batch; of a mixed one, how much it is of each class."""
    for name, facts in prepared.facts.fields.items():
        if prepared.source.fields[name].role == "target" and facts.kind != "mask":
            values = batch.fields[name][index].flatten()
            if facts.classes and values.is_floating_point():
                return write_shares(facts.classes, values.tolist())
            value = values[0].item()
            return facts.classes[int(value)] if facts.classes else f"{value:.3g}"
    return ""


def write_shares(classes: Sequence[str], shares: Sequence[float]) -> str:
    """``cat 70%, dog 30%``; one class alone by its name."""
    told = sorted(((share, name) for share, name in zip(shares, classes, strict=False) if share >= 0.005), reverse=True)
    return told[0][1] if len(told) == 1 else ", ".join(f"{name} {share:.0%}" for share, name in told)
