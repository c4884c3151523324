"""Data sets that come with Layerloom and need no download."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.phrases import spell
from runtime.data.embedded_language import build_phrases, build_python_docs, tell_python_version
from runtime.data.embedded_masks import build_digit_masks
from runtime.data.embedded_pictures import (
    build_moving_digits,
    build_orders,
    build_photo_patches,
    build_scenes,
    build_shapes,
)
from runtime.data.embedded_series import build_co2, build_credit, build_ratings, build_sunspots
from runtime.data.embedded_texts import build_snippets, build_tagged_news
from runtime.data.errors import DataError
from runtime.data.tables import Array, Table

# Raised when a set's samples change, so that nothing prepared from the old ones is used again.
REVISION = 1

Options = Mapping[str, Any]


@dataclass(frozen=True)
class EmbeddedSet:
    """A data set of ours: what it is, in words, how its samples are made, and the options that it takes.

    ``tell_version`` tells of what the samples depend on beside the options.
    """

    title: str
    description: str
    build: Callable[[Options], Table]
    options: Mapping[str, Any]
    tell_version: Callable[[], str] | None = None


def open_embedded(name: str, options: Options) -> Table:
    """Make the samples of an embedded set.

    Raises:
        DataError: no set has that name, or an option does not fit.
    """
    known = find_embedded(name)
    unknown = sorted(set(options) - set(known.options))
    if unknown:
        choices = ", ".join(known.options) or "none"
        raise DataError(f'The embedded set "{spell(name)}" has no option "{unknown[0]}". Its options: {choices}.')
    try:
        return known.build({**known.options, **options})
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f'The embedded set "{spell(name)}" cannot be made with {json.dumps(dict(options))}: {error}.'
        ) from error


def find_embedded(name: str) -> EmbeddedSet:
    """The entry of a set. Raises DataError with the names that there are."""
    if name not in EMBEDDED:
        raise DataError(f'No embedded data set is called "{name}". There are {", ".join(EMBEDDED)}.')
    return EMBEDDED[name]


def _build_digits(options: Options) -> Table:
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    size, channels = _bounded(options, "size", 8, 256), int(options["channels"])
    skip = _bounded(options, "skip", 0, len(digits.images) - 2)
    rows = slice(skip, skip + _bounded(options, "count", 2, len(digits.images)))
    levels = np.rint(digits.images[rows] * (255 / 16)).astype(np.uint8)
    if size != 8:
        resize = Image.Resampling.BILINEAR
        levels = np.stack([np.asarray(Image.fromarray(level).resize((size, size), resize)) for level in levels])
    if channels not in (1, 3):
        raise ValueError("channels must be 1 or 3")
    names = tuple(str(name) for name in digits.target_names)
    images = levels if channels == 1 else _color_images(levels)
    return Table({"image": images, "label": digits.target[rows].astype(np.int64)}, {"label": names}, "label")


def _color_images(levels: Array) -> Array:
    """Give each image an ink and a paper of its own colour, always the same ones, bright ink on darker paper."""
    random = np.random.RandomState(0)
    ink = random.uniform(150, 255, (len(levels), 1, 1, 3))
    paper = random.uniform(0, 100, (len(levels), 1, 1, 3))
    strength = levels[..., None] / 255.0
    return np.rint(paper + (ink - paper) * strength).astype(np.uint8)


def _tabular(loader: str, target: str) -> Callable[[Options], Table]:
    def build(options: Options) -> Table:
        from sklearn import datasets

        bunch = getattr(datasets, loader)(**({"scaled": False} if loader == "load_diabetes" else {}))
        columns = {str(name): bunch.data[:, i].astype(float) for i, name in enumerate(bunch.feature_names)}
        names = tuple(str(name) for name in bunch.get("target_names", ()))
        values = bunch.target.astype(np.int64 if names else float)
        return Table({**columns, target: values}, {target: names} if names else {}, target)

    return build


def _build_moons(options: Options) -> Table:
    from sklearn.datasets import make_moons

    count = _bounded(options, "count", 2, 1_000_000)
    points, labels = make_moons(n_samples=count, noise=float(options["noise"]), random_state=int(options["seed"]))
    return _plane(points, labels, ("upper", "lower"))


def _build_blobs(options: Options) -> Table:
    from sklearn.datasets import make_blobs

    count, classes = _bounded(options, "count", 2, 1_000_000), _bounded(options, "classes", 2, 20)
    spread, seed = float(options["spread"]), int(options["seed"])
    points, labels, *_ = make_blobs(n_samples=count, centers=classes, cluster_std=spread, random_state=seed)
    return _plane(points, labels, tuple(f"blob {index + 1}" for index in range(classes)))


def _build_spirals(options: Options) -> Table:
    count, arms = _bounded(options, "count", 2, 1_000_000), _bounded(options, "arms", 2, 3)
    random = np.random.RandomState(int(options["seed"]))
    labels = np.arange(count) % arms
    radius = np.sqrt(random.uniform(0.01, 1.0, count))
    angle = radius * 1.5 * np.pi + labels * (2 * np.pi / arms)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    points += random.normal(0.0, float(options["noise"]), points.shape)
    return _plane(points, labels, tuple(f"arm {index + 1}" for index in range(arms)))


def _plane(points: Array, labels: Array, names: tuple[str, ...]) -> Table:
    columns = {"x1": points[:, 0].astype(float), "x2": points[:, 1].astype(float), "label": labels.astype(np.int64)}
    return Table(columns, {"label": names}, "label")


def _build_points(options: Options) -> Table:
    """Points that the project itself holds; ``x`` may hold rows of several numbers, then named x1, x2, ..."""
    x, y = np.asarray(options["x"], dtype=float), np.asarray(options["y"], dtype=float)
    if x.ndim not in (1, 2) or y.ndim != 1 or len(x) != len(y) or not len(x):
        raise ValueError(f"x has {len(x)} points and y {len(y)}; both are lists of the same length")
    inputs = {"x": x} if x.ndim == 1 else {f"x{index + 1}": x[:, index] for index in range(x.shape[1])}
    return Table({**inputs, "y": y}, {}, "y")


def _bounded(options: Options, name: str, low: int, high: int) -> int:
    value = int(options[name])
    if not low <= value <= high:
        raise ValueError(f"{name} is {value} and must lie between {low} and {high}")
    return value


EMBEDDED: dict[str, EmbeddedSet] = {
    "digits": EmbeddedSet(
        "Handwritten digits",
        "1,797 handwritten digits of 8×8 pixels, drawn larger or coloured where a network wants it.",
        _build_digits,
        {"size": 8, "channels": 1, "skip": 0, "count": 1797},
    ),
    "iris": EmbeddedSet(
        "Iris flowers", "Four measurements of 150 flowers of three species.", _tabular("load_iris", "target"), {}
    ),
    "wine": EmbeddedSet(
        "Wine cultivars",
        "Thirteen chemical measurements of 178 wines from three cultivars.",
        _tabular("load_wine", "target"),
        {},
    ),
    "breast_cancer": EmbeddedSet(
        "Breast cancer",
        "Thirty measurements of cell nuclei in 569 biopsies, malignant or benign.",
        _tabular("load_breast_cancer", "target"),
        {},
    ),
    "diabetes": EmbeddedSet(
        "Diabetes progression",
        "Ten measurements of 442 patients and how far the disease went in a year.",
        _tabular("load_diabetes", "target"),
        {},
    ),
    "moons": EmbeddedSet(
        "Two moons",
        "Two half circles that no straight line divides.",
        _build_moons,
        {"count": 500, "noise": 0.15, "seed": 0},
    ),
    "spirals": EmbeddedSet(
        "Spirals",
        "Two or three spiral arms wound around each other.",
        _build_spirals,
        {"count": 600, "arms": 2, "noise": 0.03, "seed": 0},
    ),
    "blobs": EmbeddedSet(
        "Blobs", "Clouds of points, one a class.", _build_blobs, {"count": 500, "classes": 3, "spread": 1.0, "seed": 0}
    ),
    "points": EmbeddedSet(
        "A few points", "Points typed by hand: x and y.", _build_points, {"x": [1, 2, 3, 4], "y": [2, 4, 6, 8]}
    ),
    "co2": EmbeddedSet(
        "Carbon dioxide, weekly",
        "Carbon dioxide in the air above Mauna Loa, Hawaii: 2,284 weeks from 1958 to 2001, of which 59 were not measured.",
        build_co2,
        {},
    ),
    "sunspots": EmbeddedSet("Sunspots, yearly", "Sunspots of 309 years, from 1700 to 2008.", build_sunspots, {}),
    "ratings": EmbeddedSet(
        "Ratings of films, made up",
        "12,000 ratings that a program made: 200 people who never lived, 300 films that were never shot, a few tastes.",
        build_ratings,
        {"users": 200, "films": 300, "count": 12_000, "seed": 0},
    ),
    "credit": EmbeddedSet(
        "Credit applications, made up",
        "Applications for a credit that a program made up, numbers and categories, of which about a quarter go bad.",
        build_credit,
        {"count": 2000, "seed": 0},
    ),
    "snippets": EmbeddedSet(
        "Film snippets",
        "4,000 short opinions of films with their tone. A program made them from some fifty words of praise and blame, "
        "denied half of the time, so that counting words does not tell the tone.",
        build_snippets,
        {"count": 4000, "seed": 0},
    ),
    "tagged_news": EmbeddedSet(
        "Tagged news",
        "3,000 sentences with the names of people, places, companies and events marked in them. A program made them; "
        "some words name a person in one sentence and a place in another.",
        build_tagged_news,
        {"count": 3000, "seed": 0},
    ),
    "python_docs": EmbeddedSet(
        "Python's documentation",
        "460,000 characters of text: what Python itself says of its language when it is asked for help.",
        build_python_docs,
        {"characters": 460_000},
        tell_python_version,
    ),
    "phrases": EmbeddedSet(
        "Phrases in English and French, made up",
        "6,000 phrases with numbers and dates in words, in English and in French. A program made them from a small grammar.",
        build_phrases,
        {"count": 6000, "seed": 0},
    ),
    "scenes": EmbeddedSet(
        "Scenes and sketches, drawn",
        "2,000 scenes of balls, boxes and trees in colour, each with a sketch of its outlines. A program draws them.",
        build_scenes,
        {"count": 2000, "size": 32, "seed": 0},
    ),
    "shapes": EmbeddedSet(
        "Plain or striped shapes, drawn",
        "1,000 discs, squares and triangles, all plain or all striped: two sets of them have no pairs. A program draws them.",
        build_shapes,
        {"count": 1000, "size": 24, "style": "plain", "seed": 0},
    ),
    "photo_patches": EmbeddedSet(
        "Pieces of two photographs",
        "359 squares of 32×32 pixels, cut from photographs of a temple and of a flower, which do not overlap.",
        build_photo_patches,
        {"size": 32},
    ),
    "moving_digits": EmbeddedSet(
        "Moving digits",
        "2,000 films of a handwritten digit that goes one of eight ways, the frames of each in one picture.",
        build_moving_digits,
        {"count": 2000, "size": 16, "frames": 6, "seed": 0},
    ),
    "orders": EmbeddedSet(
        "Orders with a number written by hand",
        "1,797 orders: the pieces are a picture of a digit, stock, price and budget stand beside it. What becomes of an order "
        "takes both to tell.",
        build_orders,
        {"seed": 0},
    ),
    "digit_masks": EmbeddedSet(
        "Digit masks, drawn",
        "Pictures of two handwritten digits on coloured ground, among boxes in the digits' colours, each with a mask of the ink. "
        "A program puts them together from 1,797 scanned digits.",
        build_digit_masks,
        {"count": 1000, "size": 48, "seed": 0},
    ),
}
