"""Prints ``predict.py`` for networks that answer with a picture: it is written beside where one asks."""

from __future__ import annotations

from builder.codegen.predict_source import PredictPrinter
from builder.codegen.printing import indented, print_literal


class PicturePrinter(PredictPrinter):
    """Prints how a picture is made of a raw sample."""

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
            '        picture = predict(model, read_sample(text))["picture"]',
            '        name = Path(text).stem if not text.lstrip().startswith(("{", "[")) else number',
            '        path = args.out / f"{name}-answer.png"',
            "        picture.save(path)",
            "    except (OSError, ValueError) as error:",
            '        parser.exit(1, f"{error}\\n")',
            "    print(path)",
        ]
        return [
            "def main() -> None:",
            '    """Write a picture for each sample, and print where it lies."""',
            *indented(body),
        ]
