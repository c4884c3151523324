"""Prints ``predict.py`` for networks that write: what goes on from a prompt, or a sentence in another language."""

from __future__ import annotations

from builder.answering import Question
from builder.codegen.picture_source import MaskPrinter, PicturePrinter
from builder.codegen.predict_source import PredictPrinter
from builder.codegen.printing import indented, print_literal
from builder.document import Project
from builder.parts.generation import GreedyDecoding, continue_text

OPTIONS = (
    ("length", "int", "100", "how many tokens are written at most"),
    ("temperature", "float", "0.8", "below 1 careful, above 1 bold, 0 for the likeliest token"),
    ("top-k", "int", "20", "among how many of the likeliest tokens is drawn; 0 for all"),
    ("seed", "int", "0", "of what is drawn"),
)


class ContinuationPrinter(PredictPrinter):
    """Prints how a language model goes on from a prompt."""

    def __init__(self, project: Project, question: Question) -> None:
        super().__init__(project, question)
        self.parts.need(continue_text)

    def print_answer(self, cls: str) -> list[str]:
        """The function from a prompt to what follows it."""
        target = print_literal(self.question.target)
        return [
            f"def predict(model: {cls}, sample: Any, **options: Any) -> dict[str, Any]:",
            '    """What the network writes after a prompt; options are those of continue_text."""',
            f'    return {{"label": continue_text({self.print_network()}, PREPARATIONS[{target}], sample, **options)}}',
        ]

    def print_network(self) -> str:
        """The network with its scores as its only or first output."""
        return "model" if self.question.output == 0 else f"lambda tokens: model(tokens)[{self.question.output}]"

    def print_main(self) -> list[str]:
        """The command line: a prompt, and how boldly it is gone on from."""
        body = [
            "parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)",
            'parser.add_argument("prompt", help="what is gone on from, as a JSON text or the path of a JSON file")',
            *(
                f'parser.add_argument("--{name}", type={kind}, default={default}, help="{text}")'
                for name, kind, default, text in OPTIONS
            ),
            "options = vars(parser.parse_args())",
            'prompt = options.pop("prompt")',
            "try:",
            "    sample = read_sample(prompt)",
            '    print(sample + predict(load_model(), sample, **options)["label"])',
            "except (OSError, TypeError, ValueError) as error:",
            '    parser.exit(1, f"{error}\\n")',
        ]
        return ["def main() -> None:", '    """Print the prompt and what follows it."""', *indented(body)]


class TranslationPrinter(PredictPrinter):
    """Prints how a sentence is translated, word by word."""

    def __init__(self, project: Project, question: Question) -> None:
        super().__init__(project, question)
        self.parts.need(GreedyDecoding)

    def print_outputs(self, cls: str) -> list[str]:
        """The function from a sentence to the tokens of its translation."""
        names = print_literal(list(self.question.inputs))
        return [
            "@torch.no_grad()",
            f"def ask(model: {cls}, sample: Any) -> Tensor:",
            '    """The tokens that the network writes for one raw sample."""',
            f"    inputs = prepare_inputs(PREPARATIONS, {names}, sample)",
            f"    return GreedyDecoding({self.question.length})(model, *inputs)[0]",
        ]

    def print_answer(self, cls: str) -> list[str]:
        """The function from a sentence to its translation."""
        target = print_literal(self.question.target)
        return [
            f"def predict(model: {cls}, sample: Any) -> dict[str, Any]:",
            '    """The translation of one raw sample."""',
            f'    return {{"label": PREPARATIONS[{target}].tokenizer.decode(ask(model, sample).tolist())}}',
        ]


PRINTERS: dict[str, type[PredictPrinter]] = {
    "continuation": ContinuationPrinter,
    "translation": TranslationPrinter,
    "picture": PicturePrinter,
    "mask": MaskPrinter,
}
