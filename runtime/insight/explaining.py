"""Where a trained network sees in a picture what it says: Grad-CAM, integrated gradients, occlusion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from builder.answering import WRITTEN
from builder.compiler import PlannedNetwork
from builder.document import Project
from builder.parts.preparation import Preparation, prepare_inputs, read_pixels
from runtime.draws import OwnDraws
from runtime.insight.attribution import (
    CONVOLUTIONS,
    Map,
    Tapped,
    cover,
    integrate_gradients,
    light_maps,
    list_maps,
    window_of,
)
from runtime.insight.confidences import read_confidences, read_scores
from runtime.insight.trying import Ready, Shelf, refuse_paths
from runtime.insight.turns import Turns
from runtime.insight.words import take_output
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder

Method = Literal["grad_cam", "integrated_gradients", "occlusion"]
METHODS: tuple[Method, ...] = get_args(Method)
SHELF = Shelf(size=2)
"""Networks of our own: one that is asked at the same time must not be listened to."""
TURNS = Turns("An explanation")
NO_MAPS = (
    "This network has no convolution that leaves a map of the whole picture for every channel, and Grad-CAM shows such maps. "
    "Integrated gradients and occlusion show this picture as well."
)

AVERAGES = ("AdaptiveAvgPool2d", "GlobalAvgPool")
"""What makes of a map one number, as Grad-CAM does."""
NO_AVERAGE = (
    "Grad-CAM takes the mean over all places, which says little of a network that reads its maps place by place. "
    "Integrated gradients and occlusion say more."
)


@dataclass(frozen=True)
class Explanation:
    """How much each place of a picture speaks for one class, or for one number.

    Attributes:
        heat: (H, W); below zero where a place speaks against it.
        pixels: bytes (C, H, W) of the picture as the network sees it.
        label: what is explained; ``predicted`` is what the network says.
        names: of all classes or numbers, with a confidence each; numbers have none.
        node: the address of the node whose maps are shown, and ``maps`` those that can be.
        shows: sentences on what is to be seen, and ``hides`` on what is not.
    """

    method: Method
    heat: Tensor
    pixels: Tensor
    label: str
    predicted: str
    names: tuple[str, ...]
    confidences: tuple[float, ...]
    node: str
    maps: tuple[Map, ...]
    shows: str
    hides: str
    step: int
    checkpoint: str


def explain(
    folder: RunFolder,
    sample: Any,
    method: str,
    label: str | None = None,
    node: str | None = None,
    checkpoint: str | None = None,
) -> Explanation:
    """Explain what a run's network says about one picture.

    Args:
        folder: the run; it may still be training.
        sample: the raw value of the network's input, as ``ask`` takes it.
        method: one of ``METHODS``.
        label: the class (or number) that is explained; else what the network says.
        node: the address of the node whose maps Grad-CAM shows; else the last that has some.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.

    Raises:
        RunError: the method does not apply, the sample does not fit, or somebody else's explanation takes too long.
    """
    if method not in METHODS:
        raise RunError(f"{method!r} is no way to explain. There are {', '.join(METHODS)}.")
    try:
        with TURNS.take(), OwnDraws():
            return Asked(SHELF.take(folder, checkpoint), sample).explain(method, label, node)
    except RuntimeError as error:
        raise RunError(f"This network cannot be explained in this way: {tell_reason(error)}.") from error


def tell_reason(error: RuntimeError) -> str:
    """The first line of what PyTorch says."""
    return str(error).strip().split("\n")[0].rstrip(".")[:200]


def can_explain(kinds: Mapping[str, str], meaning: str) -> bool:
    """Whether what is asked for, by field and kind, holds a picture, and the answer is a class or a number."""
    return "image" in kinds.values() and meaning not in ("picture", "mask", *WRITTEN)


def choose_method(kinds: Mapping[str, str], meaning: str, project: Project) -> Method | None:
    """What a picture is best explained by at first; None where there is nothing to explain."""
    if not can_explain(kinds, meaning):
        return None
    kinds_of_nodes = {node.kind for graph in project.networks.values() for node in graph.nodes}
    return "grad_cam" if kinds_of_nodes & set(CONVOLUTIONS) and kinds_of_nodes & set(AVERAGES) else "occlusion"


class Asked:
    """A network with one sample that it is asked about."""

    def __init__(self, ready: Ready, sample: Any) -> None:
        self.ready, self.question = ready, ready.question
        self.field = find_picture(ready)
        how = ready.preparations[self.field]
        try:
            refuse_paths(self.question.fields, ready.preparations, sample)
            self.inputs = prepare_inputs(ready.preparations, self.question.inputs, sample)
            self.pixels = read_pixels(take_value(sample, self.field), how.shape)
        except (ValueError, KeyError, OSError) as error:
            raise RunError(str(error)) from error
        self.place = self.question.inputs.index(self.field)
        assert isinstance(ready.network, PlannedNetwork)
        self.network = ready.network.requires_grad_(False)

    @property
    def picture(self) -> Tensor:
        """The batch of one picture that the network sees."""
        return self.inputs[self.place]

    def explain(self, method: Method, label: str | None, node: str | None) -> Explanation:
        """The explanation of a label by a method."""
        with torch.no_grad():
            output = take_output(self.network(*self.inputs), self.question)
        names, sure, best = read_names(self.ready, output)
        number = best if label is None else find_name(label, names)
        maps = tuple(list_maps(self.network, self.inputs))
        chosen = choose_map(maps, node) if method == "grad_cam" else None
        heat = self.measure(method, number, chosen)
        shows, hides = self.tell(method, names[number], heat, chosen)
        return Explanation(
            method, heat, self.pixels, names[number], names[best], names, sure, chosen.key if chosen else "", maps,
            shows, hides, self.ready.step, self.ready.checkpoint,
        )  # fmt: skip

    def measure(self, method: Method, number: int, chosen: Map | None) -> Tensor:
        """How much each place speaks for a class: covering is told in its confidence, all else in its score."""
        if method == "occlusion":
            return cover(self.model(self.read_answer), self.picture, number).float()
        model = self.model(lambda output: read_scores(output, self.question.meaning))
        if chosen is None:
            return integrate_gradients(model, self.picture, number)
        return light_maps(model, chosen.key, self.picture, number)

    def model(self, read: Any) -> Tapped:
        """The network as a function of the picture, whose output is read in a certain way."""
        return Tapped(self.network, self.inputs, self.place, lambda output: read(take_output(output, self.question)))

    def read_answer(self, output: Tensor) -> Tensor:
        """Confidences, or numbers in the units of the data."""
        return read_answers(self.ready, output)

    def tell(self, method: Method, name: str, heat: Tensor, chosen: Map | None) -> tuple[str, str]:
        """What is to be seen, and what is not."""
        if chosen is not None:
            return tell_maps(name, heat, chosen)
        if method == "integrated_gradients":
            return tell_gradients(name, heat, self.question.meaning)
        return tell_covering(name, heat, self.question.meaning, window_of(self.picture))


def find_picture(ready: Ready) -> str:
    """The field of the picture that is explained, the first where there are several. Raises RunError without one."""
    kinds = {name: ready.preparations[name].kind for name in ready.question.fields}
    if not can_explain(kinds, ready.question.meaning):
        raise RunError("This run's network does not answer a question about a picture, so there is nothing to explain.")
    return next(name for name, kind in kinds.items() if kind == "image")


def take_value(sample: Any, field: str) -> Any:
    """The raw value of a field."""
    return sample[field] if isinstance(sample, Mapping) else sample


def read_answers(ready: Ready, output: Tensor) -> Tensor:
    """Confidences (B, classes), or numbers (B, columns) in the units of the data."""
    if ready.question.meaning == "number":
        return ready.preparations[ready.question.target].restore(output).reshape(len(output), -1)
    return read_confidences(output, ready.question.meaning)


def read_names(ready: Ready, output: Tensor) -> tuple[tuple[str, ...], tuple[float, ...], int]:
    """The names of all answers, the confidence of each, and which the network gives. Raises RunError for a sequence of them."""
    target: Preparation = ready.preparations[ready.question.target]
    is_number = ready.question.meaning == "number"
    names = (target.columns or (ready.question.target,)) if is_number else target.classes
    answers = read_answers(ready, output)[0]
    if len(answers) != len(names):
        raise RunError("This network gives more than one answer to a picture, and only a single one is explained.")
    return tuple(names), () if is_number else tuple(answers.tolist()), 0 if is_number else int(answers.argmax())


def find_name(label: str, names: tuple[str, ...]) -> int:
    """The number of a class by its name. Raises RunError."""
    if label not in names:
        raise RunError(f"{label[:80]!r} is none of the answers: {', '.join(names[:20])}.")
    return names.index(label)


def choose_map(maps: tuple[Map, ...], node: str | None) -> Map:
    """The node whose maps are shown, the last unless told otherwise. Raises RunError where there is none."""
    if not maps:
        raise RunError(NO_MAPS)
    if node is None:
        return maps[-1]
    found = next((one for one in maps if one.key == node), None)
    if found is None:
        raise RunError(f"{node[:80]!r} is no node with a map for every channel. The last one is {maps[-1].key!r}.")
    return found


def tell_maps(name: str, heat: Tensor, chosen: Map) -> tuple[str, str]:
    """What Grad-CAM shows and what it does not."""
    height, width = chosen.size
    if not bool((heat > 0).any()):
        return (
            f"No channel of {chosen.title} speaks for {name} anywhere in this picture.",
            NO_AVERAGE,
        )
    shows = (
        f"Where the channels of {chosen.title} that speak for {name} are active; the strongest place is fully coloured."
    )
    hides = f"It is as coarse as these maps, {height} × {width}, and does not show what speaks against {name}."
    return shows, hides


def tell_gradients(name: str, heat: Tensor, meaning: str) -> tuple[str, str]:
    """What integrated gradients show and what they do not."""
    what = name if meaning == "number" else f"the score of {name}"
    shows = (
        f"How much each pixel raises or lowers {what}, compared with a blank picture in the colour of this one's edge. "
        f"All together they change it by {float(heat.sum()):+.3g}."
    )
    return (
        shows,
        "It does not show which pixels matter only together, and pixels like the blank picture count for nothing.",
    )


def tell_covering(name: str, heat: Tensor, meaning: str, window: tuple[int, int]) -> tuple[str, str]:
    """What occlusion shows and what it does not."""

    def say(amount: float) -> str:
        return f"{amount:.3g}" if meaning == "number" else f"{amount * 100:.1f}%"

    less, more = ("lowers", "raises") if meaning == "number" else ("makes the network less sure of", "surer of")
    lost, won = (max(0.0, float(most)) for most in (heat.max(), -heat.min()))
    shows = (
        f"What covering a square of {window[0]} × {window[1]} pixels with the colour of the picture's edge does: "
        f"where it is blue it {less} {name}, by up to {say(lost)}, and where it is orange {more} it, by up to {say(won)}."
    )
    return shows, "What is there twice is not found: the network does with the other one what it did with both."
