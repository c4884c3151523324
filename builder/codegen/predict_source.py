"""Prints ``predict.py``: from a raw sample (a picture, a row, a number) to a label or a number."""

from __future__ import annotations

from dataclasses import fields

from builder.answering import WRITTEN, Question, find_question, preparations
from builder.codegen.model_source import network_classes, used_networks
from builder.codegen.parts_source import Parts, sort_imports
from builder.codegen.printing import docstring, indented, print_literal
from builder.document import Project
from builder.flow import Flow
from builder.parts.answers import name_answer
from builder.parts.preparation import Preparation, prepare_inputs
from builder.parts.tokenizing import Tokenizer
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan


def generate_predict(project: Project, flows: dict[str, Flow] | None = None) -> str:
    """The source of ``predict.py``. Raises PlanError where there is nothing to ask."""
    from builder.codegen.writing_source import PRINTERS

    question = find_question(project, TrainingPlan(project, flows or infer(project)))
    return PRINTERS.get(question.meaning, PredictPrinter)(project, question).print()


def tokenizer_file(field: str) -> str:
    """The name of the file beside ``predict.py`` that a field's texts are read with."""
    return f"tokenizer-{field}.json"


def print_preparation(name: str, preparation: Preparation) -> str:
    """The call that makes a field's preparation, without what is as usual; a tokenizer lies in a file of its own."""
    arguments = []
    for item in fields(Preparation):
        value = getattr(preparation, item.name)
        if item.name == "tokenizer" and value is not None:
            arguments.append(f"tokenizer=load_tokenizer({print_literal(tokenizer_file(name))})")
        elif value != item.default:
            arguments.append(f"{item.name}={print_literal(value)}")
    return f"Preparation({', '.join(arguments)})"


def print_loading(cls: str, network: str, is_alone: bool) -> list[str]:
    """The function that loads a network; ``is_alone`` where the file holds the weights of no other."""
    prefix = print_literal(f"{network}.")
    weights = "load_file(path)"
    if not is_alone:
        weights = f"{{k.removeprefix({prefix}): t for k, t in load_file(path).items() if k.startswith({prefix})}}"
    return [
        f'def load_model(path: str | Path = Path(__file__).with_name("model.safetensors")) -> {cls}:',
        '    """The network with its trained weights, ready to be asked."""',
        f"    model = {cls}()",
        f"    model.load_state_dict({weights})",
        "    return model.eval()",
    ]


class PredictPrinter:
    """Prints one project's way from sample to answer."""

    def __init__(self, project: Project, question: Question) -> None:
        self.project, self.question = project, question
        self.classes = network_classes(used_networks(project))
        self.preparations = preparations(project, question.source)
        self.parts = Parts()
        self.parts.need(Preparation, prepare_inputs)
        if self.reads_text:
            self.parts.need(Tokenizer)
        if question.meaning not in ("number", "picture", "mask", *WRITTEN):
            self.parts.need(name_answer)

    def print(self) -> str:
        """The whole file."""
        imports, parts = self.parts.print()
        imports += ["from __future__ import annotations", "import argparse", "import json",
                    "from pathlib import Path", "from typing import Any",
                    "import torch", "from torch import Tensor", "from safetensors.torch import load_file"]  # fmt: skip
        cls = self.classes[self.question.network]
        head = [self.print_title(), "", *sort_imports(imports), "", f"from model import {cls}"]
        body = [
            *([self.print_tokenizers()] if self.reads_text else []),
            self.print_settings(),
            print_loading(cls, self.question.network, len(self.classes) == 1),
            self.print_outputs(cls),
            self.print_answer(cls),
            self.print_read(),
            self.print_main(),
        ]
        last = ['if __name__ == "__main__":', "    main()"]
        return "\n\n\n".join("\n".join(lines) for lines in (head, *[[part] for part in parts], *body, last)) + "\n"

    def print_title(self) -> str:
        """The docstring, with a call to copy."""
        first = self.preparations[self.question.fields[0]]
        row = ", ".join(f'"{column}": 0.0' for column in first.columns)
        examples = {"image": "picture.png", "number": "5", "text": "'\"What a wonderful film!\"'"}
        example = examples.get(first.kind, f"'{{{row}}}'")
        if any(ord(c) < 32 or c in '\\"' for column in first.columns for c in column):
            example = "rows.json"
        title = docstring(f"{self.project.name}: asks the trained network.")[:-3]
        return f"{title}\n\n    python predict.py {example}\n" + '"""'

    def print_settings(self) -> list[str]:
        """How every field is prepared, and the names of the classes."""
        lines = ["PREPARATIONS = {"]
        for name in dict.fromkeys((*self.question.fields, self.question.target)):
            if name in self.preparations:
                lines.append(f"    {print_literal(name)}: {print_preparation(name, self.preparations[name])},")
        return [*lines, "}"]

    @property
    def reads_text(self) -> bool:
        """Whether a field is read with a tokenizer."""
        names = (*self.question.fields, self.question.target)
        return any(name in self.preparations and self.preparations[name].tokenizer for name in names)

    def print_tokenizers(self) -> list[str]:
        """The function that reads a tokenizer."""
        return [
            "def load_tokenizer(name: str) -> Tokenizer:",
            '    """How texts become numbers, as it was learned from the training texts."""',
            '    return Tokenizer.from_json(json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8")))',
        ]

    def print_outputs(self, cls: str) -> list[str]:
        """The function from a raw sample to the network's output."""
        names = print_literal(list(self.question.inputs))
        single = len(self.question.fields) == 1
        several = self.output_count() > 1
        return [
            "@torch.no_grad()",
            f"def ask(model: {cls}, sample: Any) -> Tensor:",
            f'    """What the network says about one raw sample{"" if single else ": a value for each field"}."""',
            f"    inputs = prepare_inputs(PREPARATIONS, {names}, sample)",
            f"    return model(*inputs)[{self.question.output}][0]" if several else "    return model(*inputs)[0]",
        ]  # fmt: skip

    def output_count(self) -> int:
        """How many outputs the network has."""
        return sum(node.kind == "Output" for node in self.project.networks[self.question.network].nodes)

    def print_answer(self, cls: str) -> list[str]:
        """The function from a raw sample to an answer for people."""
        target = print_literal(self.question.target)
        lines = [f"def predict(model: {cls}, sample: Any) -> dict[str, Any]:",
                 '    """The answer for one raw sample."""', "    output = ask(model, sample)"]  # fmt: skip
        if self.question.meaning == "number":
            return [*lines, f'    return {{"value": PREPARATIONS[{target}].restore(output).reshape(-1).tolist()}}']
        return [
            *lines,
            f"    return name_answer(output, {print_literal(self.question.meaning)}, PREPARATIONS[{target}].classes)",
        ]

    def print_read(self) -> list[str]:
        """The function that reads a sample from the command line."""
        return [
            "def read_sample(text: str) -> Any:",
            '    """A sample from the command line: a JSON value, or the path of a file."""',
            "    try:",
            "        return json.loads(text)",
            "    except json.JSONDecodeError:",
            "        path = Path(text)",
            "    if not path.is_file():",
            "        raise ValueError(f'There is no file \"{text}\", and it is no JSON value either.')",
            "    try:",
            '        return json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else path',
            "    except ValueError:",
            "        raise ValueError(f'The file \"{text}\" holds no JSON.') from None",
        ]

    def print_main(self) -> list[str]:
        """The command line."""
        body = [
            "parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)",
            'parser.add_argument("samples", nargs="+", help="pictures, numbers, JSON rows, or files with them")',
            "args = parser.parse_args()",
            "model = load_model()",
            "for text in args.samples:",
            "    try:",
            "        answer = predict(model, read_sample(text))",
            "    except (OSError, ValueError) as error:",
            '        parser.exit(1, f"{error}\\n")',
            "    print(json.dumps(answer))",
        ]
        return ["def main() -> None:", '    """Print an answer for each sample, as JSON."""', *indented(body)]
