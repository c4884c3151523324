"""How a raw sample becomes the tensor that a network sees. The same code prepares a data set and a single sample.

Needs only torch; Pillow where a sample is a picture.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from builder.parts.columns import LENGTHS

MOST_PIXELS = 50_000_000
"""Width times height of a picture: decoded it takes 200 MB."""
MOST_PICTURE_BYTES = 64 * 2**20
"""A picture as a file."""
PICTURE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What Pillow decodes by itself; for others it starts programs or knows no bounds."""
IGNORED = 255
"""The number that masks give to pixels that are of no class, such as the border of things in Pascal VOC."""
CENTRED = ("standard", "signed")
"""Scalings that subtract a number, the mean or the middle, and divide by another."""


@dataclass(frozen=True)
class Preparation:
    """How one field is prepared.

    Pixels are scaled in float32, since they start as whole numbers below 256; other numbers in float64 and then rounded
    once to the field's type, so that large offsets (years, prices) lose nothing before the mean is subtracted.

    Args:
        kind: ``image``, ``mask``, ``vector``, ``number``, ``category``, ``text`` or ``sequence``.
        scaling: ``none``, ``unit`` (pixels / 255), ``standard`` (minus mean, by deviation), ``minmax`` (to 0..1) or
            ``signed`` (to -1..1: minus the middle, by half the range).
        dtype: ``float32`` or ``int64``.
        shape: shape of one prepared sample; of an image (C, H, W); of a text ("T",), since its length is its own.
        columns: names of the numbers of a vector, in order.
        classes: names of the categories, in the order of their numbers.
        ignored: the number of pixels of a mask that are of no class; None where there are none.
        mean, deviation, low, high: of the training part, one a channel or column; for ``signed`` middle and half range.
        steps: how many rows that follow each other in time make a sample; None where a row is one.
        tokenizer: how a text becomes numbers, a ``Tokenizer``.
    """

    kind: str
    scaling: str = "none"
    dtype: str = "float32"
    shape: tuple[int | str, ...] = ()
    columns: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ignored: int | None = None
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    steps: int | None = None
    tokenizer: Any = None

    def prepare(self, sample: Any) -> Tensor:
        """Return the tensor of one raw sample.

        Args:
            sample: an image (Pillow image, path, encoded bytes, or array H x W or H x W x C of 0..255), a row (mapping
                of column to number, or numbers in the order of ``columns``), a number, the name of a category, a text,
                or a list of rows where a sample has several steps, of which the last ones count.

        Raises:
            ValueError: the sample does not fit the field; the message is a sentence.
        """
        if self.kind == "image":
            return self.scale(read_pixels(sample, self.shape))
        if self.kind == "mask":
            return self.number_pixels(read_mask(sample, len(self.classes), self.shape[-2:], self.ignored))
        if self.kind == "text":
            return torch.tensor(self.read_text(sample), dtype=torch.int64)
        if self.kind == "sequence" or self.steps:
            return torch.stack([self.prepare_row(row) for row in self.read_steps(sample)])
        return self.prepare_row(sample)

    def prepare_row(self, sample: Any) -> Tensor:
        """The tensor of one step, or of a sample that has no others."""
        if self.classes:
            return self.number_classes([find_class(sample, self.classes)])[0]
        return self.scale(torch.tensor(read_numbers(sample, self.columns), dtype=torch.float64))

    def read_steps(self, sample: Any) -> list[Any]:
        """The steps of a sample, the last ones where there are more than are looked at."""
        if isinstance(sample, str) or not hasattr(sample, "__len__") or not len(sample):
            raise ValueError(f"A list of steps is needed, got {str(sample)[:60]!r}.")
        if self.steps and len(sample) < self.steps:
            raise ValueError(f"Got {len(sample)} steps, needs {self.steps}, the last of them the newest.")
        return list(sample)[-self.steps :] if self.steps else list(sample)

    def read_text(self, sample: Any) -> list[int]:
        """The numbers of a text, the last ones where only some are looked at."""
        if not isinstance(sample, str | list | tuple) or self.tokenizer is None:
            raise ValueError(f"A text is needed, got {str(sample)[:60]!r}.")
        numbers: list[int] = self.tokenizer.encode(sample)
        return numbers[-self.steps :] if self.steps else numbers

    def scale(self, values: Tensor) -> Tensor:
        """Scale raw values.

        Shapes: (..., C, H, W) bytes for images, (..., D) float64 for numbers; the result has the same shape.
        """
        if self.kind == "image":
            return self._scale_pixels(values)
        return self._center(values, torch.float64, (-1,)).to(getattr(torch, self.dtype))

    def number_pixels(self, numbers: Tensor) -> Tensor:
        """Tensor of the classes of pixels: (..., H, W) whole numbers, or (..., 1, H, W) where the field is held as float32."""
        values = numbers.to(getattr(torch, self.dtype))
        return values.unsqueeze(-3) if self.dtype == "float32" else values

    def number_classes(self, numbers: Any) -> Tensor:
        """Tensor of class numbers: (B) whole numbers, or (B, 1) where the field is held as float32."""
        column = (1,) if self.dtype == "float32" else ()
        return torch.as_tensor(numbers).to(getattr(torch, self.dtype)).reshape(-1, *column)

    def restore(self, values: Tensor) -> Tensor:
        """Undo the scaling of prepared numbers, for a prediction in the units of the data; of pixels in parts of 255."""
        values = values.to(torch.float64)
        axes = (-1, 1, 1) if self.kind == "image" else (-1,)
        if self.scaling in CENTRED:
            mean, deviation = (self._constant(known, values.dtype, axes) for known in (self.mean, self.deviation))
            return values * deviation + mean
        if self.scaling == "minmax":
            low, high = (self._constant(bound, values.dtype, axes) for bound in (self.low, self.high))
            return values * (high - low) + low
        return values

    def draw(self, values: Tensor) -> Any:
        """The Pillow image of one picture as a network has it, (C, H, W)."""
        pixels = self.restore(values.detach().cpu()) * (1 if self.scaling == "none" else 255)
        return _image_of_array(pixels.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0))

    def _scale_pixels(self, pixels: Tensor) -> Tensor:
        values = pixels.to(torch.float32)
        if self.scaling == "none":
            return values.to(getattr(torch, self.dtype))
        return self._center(values.div_(255.0), torch.float32, (-1, 1, 1))

    def _center(self, values: Tensor, dtype: torch.dtype, axes: tuple[int, ...]) -> Tensor:
        if self.scaling in CENTRED:
            return values.sub(self._constant(self.mean, dtype, axes)).div_(self._constant(self.deviation, dtype, axes))
        if self.scaling == "minmax":
            low, high = self._constant(self.low, dtype, axes), self._constant(self.high, dtype, axes)
            return values.sub(low).div_(high - low)
        return values

    @staticmethod
    def _constant(values: tuple[float, ...], dtype: torch.dtype, axes: tuple[int, ...]) -> Tensor:
        return torch.tensor(values, dtype=torch.float64).to(dtype).reshape(axes)


def prepare_inputs(preparations: Mapping[str, Preparation], names: Sequence[str], sample: Any) -> list[Tensor]:
    """A batch of one sample: a tensor for each of these inputs, which are fields or the lengths of fields.

    Args:
        preparations: by field.
        names: of the inputs; ``<field>_lengths`` is how many steps the field's sample has.
        sample: the raw value, or a mapping of field to value where several fields are asked for.

    Raises:
        ValueError: a value does not fit its field or is not there; the message is a sentence.
    """
    fields = list(dict.fromkeys(name if name in preparations else name.removesuffix(LENGTHS) for name in names))
    values = {fields[0]: sample} if len(fields) == 1 else sample
    absent = [name for name in fields if not isinstance(values, Mapping) or name not in values]
    if absent:
        raise ValueError(f'There is no value for "{absent[0]}". Needed are {", ".join(fields)}.')
    ready = {name: preparations[name].prepare(values[name]).unsqueeze(0) for name in fields}
    return [
        ready[name] if name in ready else torch.tensor([ready[name.removesuffix(LENGTHS)].shape[1]]) for name in names
    ]


def read_pixels(sample: Any, shape: tuple[int | str, ...]) -> Tensor:
    """Bytes (C, H, W) of a picture, brought to that many channels and that size."""
    channels, height, width = map(int, shape)
    image = fit_image(open_image(sample), channels, (height, width))
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return pixels.reshape(height, width, channels).permute(2, 0, 1)


def read_mask(sample: Any, count: int, size: Sequence[int | str] | None = None, ignored: int | None = None) -> Tensor:
    """The number of the class of every pixel (H, W), of so many classes, brought to a size without mixing any.

    A palette picture holds these numbers. In others two classes are dark and bright, and more are their numbers too; so are
    two where some pixels are of none, which have the number ``ignored``.
    """
    image = open_image(sample)
    is_numbered = image.mode == "P" or count > 2 or ignored is not None
    image = image if image.mode == "P" else image.convert("L")
    if size is not None:
        height, width = map(int, size)
        image = image.resize((width, height), 0)  # Pillow's number for the nearest pixel
    numbers = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(image.size[1], image.size[0])
    if not is_numbered:
        return (numbers > 127).long()
    classes = numbers if ignored is None else numbers[numbers != ignored]
    if classes.numel() and int(classes.max()) >= count:
        raise ValueError(f"The mask holds the class {int(classes.max())}, and there are {count} classes.")
    return numbers.long()


def open_image(sample: Any) -> Any:
    """Pillow image of a path, encoded bytes, an array of 0..255 or a Pillow image; photographs are turned upright.

    What is encoded is decoded here, within ``MOST_PIXELS``: its header tells the size before memory is taken for it.
    """
    from PIL import Image, ImageOps

    if isinstance(sample, Image.Image):
        return sample
    if not isinstance(sample, str | Path | bytes):
        return _image_of_array(sample)
    name = "The picture" if isinstance(sample, bytes) else f'The picture "{Path(sample).name}"'
    try:
        content = sample if isinstance(sample, bytes) else read_bounded(Path(sample))
        image = Image.open(io.BytesIO(content), formats=PICTURE_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        image.load()
        return ImageOps.exif_transpose(image) if image.format in ("JPEG", "MPO", "WEBP", "TIFF") else image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{name} has more than {MOST_PIXELS // 10**6} megapixels. Make it smaller.") from error
    except Exception as error:  # of a damaged file Pillow raises whatever its decoder stumbles over
        raise ValueError(f"{name} cannot be read: it is damaged, too large or of a kind not known here.") from error


def read_bounded(path: Path) -> bytes:
    """The content of a picture's file. Raises ValueError where it is larger than a picture is."""
    with path.open("rb") as file:
        content = file.read(MOST_PICTURE_BYTES + 1)
    if len(content) > MOST_PICTURE_BYTES:
        raise ValueError(f"{path.name} has more than {MOST_PICTURE_BYTES // 2**20} MB")
    return content


def _image_of_array(sample: Any) -> Any:
    from PIL import Image

    array = torch.as_tensor(sample)
    if array.dim() == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.is_floating_point() or not (array.dim() == 2 or (array.dim() == 3 and array.shape[-1] == 3)):
        raise ValueError(
            f"An image as an array is height x width or height x width x 3 of whole numbers 0 to 255; "
            f"this one is {' x '.join(map(str, array.shape))} of {str(array.dtype).removeprefix('torch.')}."
        )
    size = (array.shape[1], array.shape[0])
    return Image.frombytes("L" if array.dim() == 2 else "RGB", size, bytes(array.to(torch.uint8).flatten().tolist()))


def fit_image(image: Any, channels: int, size: tuple[int, int] | None) -> Any:
    """Bring a Pillow image to 1 or 3 channels and, where one is given, to a size (height, width), bilinearly."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        image = image.convert("I").point(lambda level: level / 257).convert("L")
    image = image.convert("L" if channels == 1 else "RGB")
    if size is None or image.size == (size[1], size[0]):
        return image
    return image.resize((size[1], size[0]), Image.Resampling.BILINEAR)


def read_numbers(sample: Any, columns: tuple[str, ...]) -> list[float]:
    """Numbers of a row in the order of the columns."""
    if isinstance(sample, Mapping):
        absent = [column for column in columns if column not in sample]
        if absent:
            raise ValueError(f'The row has no value for "{absent[0]}".')
        values = [sample[column] for column in columns]
    else:
        values = list(sample) if hasattr(sample, "__iter__") and not isinstance(sample, str) else [sample]
    if len(values) != max(len(columns), 1):
        raise ValueError(f"Got {len(values)} numbers, needs {len(columns)}: {', '.join(columns)}.")
    return [read_number(value, column) for value, column in zip(values, columns or ("value",), strict=True)]


def read_number(value: Any, column: str) -> float:
    """A finite number from a number or its text."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f'"{column}" needs a number, got {value!r}.')
    return number


def find_class(name: Any, classes: tuple[str, ...]) -> int:
    """Number of a category by its name."""
    try:
        return classes.index(str(name))
    except ValueError:
        raise ValueError(f"{str(name)!r} is none of the categories: {', '.join(classes[:20])}.") from None
