"""Prints ``predict.py`` for networks that answer with a picture or with a mask over one: it is written where one asks."""

from __future__ import annotations

from builder.answering import Question, name_pixels
from builder.codegen.predict_source import PredictPrinter
from builder.codegen.printing import indented, print_literal
from builder.document import Project
from builder.parts.mask_pictures import answer_mask
from builder.parts.preparation import open_image


class PicturePrinter(PredictPrinter):
    """Prints how a picture is made of a raw sample, and how it is written."""

    what = "a picture"
    saving: tuple[str, ...] = (
        'path = args.out / f"{name}-answer.png"',
        'answer["picture"].save(path)',
    )
    telling = "print(path)"

    def print_answer(self, cls: str) -> list[str]:
        """The function from a raw sample to a Pillow image."""
        target = print_literal(self.question.target)
        return [
            f"def predict(model: {cls}, sample: Any) -> dict[str, Any]:",
            '    """The picture that the network makes of one raw sample, as a Pillow image."""',
            f'    return {{"picture": PREPARATIONS[{target}].draw(ask(model, sample))}}',
        ]

    def print_main(self) -> list[str]:
        """The command line."""
        body = [
            "parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)",
            'parser.add_argument("samples", nargs="+", help="pictures, numbers, JSON rows, or files with them")',
            'parser.add_argument("--out", type=Path, default=Path(), help="the folder that the pictures are written to")',
            "args = parser.parse_args()",
            "model = load_model()",
            "for number, text in enumerate(args.samples, 1):",
            "    try:",
            "        answer = predict(model, read_sample(text))",
            '        name = Path(text).stem if not text.lstrip().startswith(("{", "[")) else number',
            "        args.out.mkdir(parents=True, exist_ok=True)",
            *indented(indented(list(self.saving))),
            "    except (OSError, ValueError) as error:",
            '        parser.exit(1, f"{error}\\n")',
            f"    {self.telling}",
        ]
        return [
            "def main() -> None:",
            f'    """Write {self.what} for each sample, and print where it lies."""',
            *indented(body),
        ]


class MaskPrinter(PicturePrinter):
    """Prints how a mask is found in a picture, and how both are written."""

    what = "a mask, and the picture below it,"
    saving = (
        'paths = {kind: str(args.out / f"{name}-{kind}.png") for kind in ("mask", "overlay")}',
        "for kind, path in paths.items():",
        "    answer[kind].save(path)",
    )
    telling = 'print(json.dumps({**paths, "shares": answer["shares"]}))'

    def __init__(self, project: Project, question: Question) -> None:
        super().__init__(project, question)
        self.parts.need(answer_mask, open_image)

    def print_answer(self, cls: str) -> list[str]:
        """The function from a raw sample to a mask."""
        question = self.question
        classes = print_literal(name_pixels(question, self.preparations[question.target]))
        picture = "sample" if len(question.fields) == 1 else f"sample[{print_literal(question.picture)}]"
        scores = print_literal(question.scores)
        return [
            f"CLASSES = {classes}",
            "",
            "",
            f"def predict(model: {cls}, sample: Any) -> dict[str, Any]:",
            '    """The mask of one raw sample, alone and over the picture, and how much of it each class has."""',
            f"    return answer_mask(ask(model, sample), {scores}, CLASSES, open_image({picture}))",
        ]
