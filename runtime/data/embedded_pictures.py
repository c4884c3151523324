"""Embedded sets of pictures: drawn shapes, pieces of two photographs, digits that move, and digits with a table beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from runtime.data.embedded_series import bounded
from runtime.data.tables import Array, Table

Options = Mapping[str, Any]
Drawing = Any
"""What Pillow draws with."""

FINE = 4
"""Shapes are drawn this much larger and then made smaller, so that their edges are smooth."""
DIRECTIONS = {
    "right": (0, 1), "down right": (1, 1), "down": (1, 0), "down left": (1, -1),
    "left": (0, -1), "up left": (-1, -1), "up": (-1, 0), "up right": (-1, 1),
}  # fmt: skip
OUTCOMES = ("accepted", "out of stock", "too expensive")
PHOTOGRAPHS = ("china.jpg", "flower.jpg")
LEAST_DETAIL = 5
"""The standard deviation of a colour within a square, in steps of 255, below which it shows next to nothing."""
INK, PAPER = (20, 20, 20), (250, 250, 250)


def build_scenes(options: Options) -> Table:
    """Balls, boxes and trees under a sky, each beside a drawing of its outlines."""
    size = read_size(options)
    random = np.random.RandomState(int(options["seed"]))
    pairs = [draw_scene(random, size) for _ in range(bounded(options, "count"))]
    sketches, pictures = (np.stack(side) for side in zip(*pairs, strict=True))
    return Table({"sketch": sketches[..., 0], "picture": pictures}, {})


def draw_scene(random: np.random.RandomState, size: int) -> tuple[Array, Array]:
    """One scene, first as a sketch and then in colours. What has a colour is told by its shape."""
    full = size * FINE
    horizon = int(full * random.uniform(0.35, 0.65))
    things = [
        (place_shape(random, full, 0.12, 0.2), random.choice(("ball", "box", "tree")))
        for _ in range(random.randint(2, 4))
    ]
    views = []
    for is_sketch in (True, False):
        image, pen = begin_picture(full, PAPER if is_sketch else (150, 200, 240))
        paint_ground(pen, full, horizon, is_sketch)
        for (x, y, radius), name in things:
            THINGS[name](pen, x, y, radius, is_sketch)
        views.append(np.asarray(image.resize((size, size))))
    return views[0], views[1]


def begin_picture(full: int, colour: tuple[int, int, int]) -> tuple[Any, Drawing]:
    """An empty picture, and what draws on it."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (full, full), colour)
    return image, ImageDraw.Draw(image)


def place_shape(random: np.random.RandomState, full: int, least: float, most: float) -> tuple[int, int, int]:
    """The middle and the radius of a shape that lies inside."""
    radius = int(full * random.uniform(least, most))
    x, y = random.randint(radius, full - radius, 2)
    return int(x), int(y), radius


def paint_ground(pen: Drawing, full: int, horizon: int, is_sketch: bool) -> None:
    """A sky that is paler towards the horizon, and sand below; of a sketch the line between them."""
    if is_sketch:
        pen.line([(0, horizon), (full, horizon)], fill=INK, width=FINE)
        return
    for y in range(full):
        share = y / max(1, horizon)
        colour = (int(120 + 90 * share), int(180 + 45 * share), 245) if y < horizon else (225, 200, 130)
        pen.line([(0, y), (full, y)], fill=colour)


def outline(is_sketch: bool, fill: tuple[int, int, int]) -> dict[str, Any]:
    """How a shape is drawn: white with a line around it, or in its colour."""
    return {"fill": PAPER, "outline": INK, "width": FINE} if is_sketch else {"fill": fill}


def draw_ball(pen: Drawing, x: int, y: int, radius: int, is_sketch: bool) -> None:
    """A red ball with light on it."""
    pen.ellipse([x - radius, y - radius, x + radius, y + radius], **outline(is_sketch, (200, 40, 40)))
    if not is_sketch:
        spot = radius // 2
        pen.ellipse([x - spot, y - spot, x, y], fill=(245, 150, 140))


def draw_box(pen: Drawing, x: int, y: int, radius: int, is_sketch: bool) -> None:
    """A blue box whose lower half lies in the shade."""
    pen.rectangle([x - radius, y - radius, x + radius, y + radius], **outline(is_sketch, (60, 90, 200)))
    if not is_sketch:
        pen.rectangle([x - radius, y, x + radius, y + radius], fill=(35, 55, 140))


def draw_tree(pen: Drawing, x: int, y: int, radius: int, is_sketch: bool) -> None:
    """A green tree, dark on the right."""
    pen.polygon(
        [(x, y - radius), (x + radius, y + radius), (x - radius, y + radius)], **outline(is_sketch, (70, 170, 80))
    )
    if not is_sketch:
        pen.polygon([(x, y - radius), (x + radius, y + radius), (x, y + radius)], fill=(30, 110, 50))


THINGS: Mapping[str, Callable[[Drawing, int, int, int, bool], None]] = {
    "ball": draw_ball,
    "box": draw_box,
    "tree": draw_tree,
}


def build_shapes(options: Options) -> Table:
    """A disc, a square or a triangle, plain or striped from its top on: two worlds without pairs."""
    style = options["style"]
    if style not in ("plain", "striped"):
        raise ValueError(f"style is {style!r} and must be plain or striped")
    size = read_size(options)
    random = np.random.RandomState(int(options["seed"]))
    inside = np.stack([draw_mask(random, size) for _ in range(bounded(options, "count"))])[..., None]
    tops = (inside > 0.5).any(axis=(2, 3)).argmax(axis=1)
    rows = ((np.arange(size) - tops[:, None]) // 2 % 2)[:, :, None, None]
    plain, dark, ground = (np.array(colour) for colour in ((230, 140, 40), (60, 30, 20), (190, 225, 235)))
    colour = np.where(rows == 1, dark, np.array((245, 235, 215))) if style == "striped" else plain
    pictures = ground + (colour - ground) * inside
    return Table({"image": np.rint(pictures).astype(np.uint8)}, {})


def draw_mask(random: np.random.RandomState, size: int) -> Array:
    """Where a shape lies, from 0 to 1."""
    full = size * FINE
    image, pen = begin_picture(full, (0, 0, 0))
    x, y, radius = place_shape(random, full, 0.18, 0.3)
    white, name = (255, 255, 255), random.choice(("disc", "square", "triangle"))
    if name == "disc":
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=white)
    elif name == "square":
        pen.rectangle([x - radius, y - radius, x + radius, y + radius], fill=white)
    else:
        pen.polygon([(x, y - radius), (x + radius, y + radius), (x - radius, y + radius)], fill=white)
    return np.asarray(image.resize((size, size)))[..., 0] / 255.0


def build_photo_patches(options: Options) -> Table:
    """Two photographs cut into squares that do not overlap; empty sky is left out."""
    from sklearn.datasets import load_sample_image

    size = read_size(options)
    pieces = []
    for name in PHOTOGRAPHS:
        photograph = load_sample_image(name)
        rows, columns = photograph.shape[0] // size, photograph.shape[1] // size
        cut = photograph[: rows * size, : columns * size].reshape(rows, size, columns, size, 3)
        pieces.append(cut.swapaxes(1, 2).reshape(-1, size, size, 3))
    squares = np.concatenate(pieces)
    return Table({"image": squares[squares.std(axis=(1, 2)).mean(axis=1) > LEAST_DETAIL]}, {})


def build_moving_digits(options: Options) -> Table:
    """Films of a handwritten digit on its way, the frames of each from left to right in one picture."""
    size, frames = read_size(options), int(options["frames"])
    digits, labels = load_small_digits()
    room = size - 8 - (frames - 1)
    if not 2 <= frames <= 32 or room < 0:
        raise ValueError(f"frames is {frames}, and must lie between 2 and {min(32, size - 7)} for a size of {size}")
    random = np.random.RandomState(int(options["seed"]))
    chosen = random.randint(0, len(digits), bounded(options, "count"))
    directions = random.randint(0, len(DIRECTIONS), len(chosen))
    films = [
        move_digit(random, digits[c], list(DIRECTIONS.values())[d], size, frames)
        for c, d in zip(chosen, directions, strict=True)
    ]
    names = {"direction": tuple(DIRECTIONS), "digit": tuple(map(str, range(10)))}
    columns = {"film": np.stack(films), "direction": directions.astype(np.int64), "digit": labels[chosen]}
    return Table(columns, names, "direction")


def move_digit(random: np.random.RandomState, digit: Array, way: tuple[int, int], size: int, frames: int) -> Array:
    """A digit that goes one pixel a frame, in a direction along which it stays inside."""
    path = np.arange(frames)[:, None] * np.array(way)
    low, high = -path.min(0), size - 8 - path.max(0)
    places = path + [random.randint(a, b + 1) for a, b in zip(low, high, strict=True)]
    film = np.zeros((size, frames * size), dtype=np.uint8)
    for number, (row, column) in enumerate(places):
        film[row : row + 8, number * size + column : number * size + column + 8] = digit
    return film


def build_orders(options: Options) -> Table:
    """Orders whose number of pieces is written by hand and whose price, stock and budget stand in a table."""
    digits, pieces = load_small_digits()
    random = np.random.RandomState(int(options["seed"]))
    count = len(pieces)
    stock, price = random.randint(0, 13, count), random.randint(1, 21, count)
    budget = np.rint(random.uniform(0, 140, count))
    outcome = np.where(pieces > stock, 1, np.where(pieces * price > budget, 2, 0))
    columns = {"pieces": digits, "stock": stock.astype(float), "price": price.astype(float), "budget": budget}
    return Table({**columns, "outcome": outcome.astype(np.int64)}, {"outcome": OUTCOMES}, "outcome")


def load_small_digits() -> tuple[Array, Array]:
    """Handwritten digits of 8×8 pixels as bytes, and what they are."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    return np.rint(digits.images * (255 / 16)).astype(np.uint8), digits.target.astype(np.int64)


def read_size(options: Options) -> int:
    """The side of a picture. Raises ValueError where it is none of a size that makes sense."""
    size = int(options["size"])
    if not 8 <= size <= 256:
        raise ValueError(f"size is {size} and must lie between 8 and 256")
    return size
