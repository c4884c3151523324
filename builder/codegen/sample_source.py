"""Prints ``sample.py``: draws pictures of noise with the trained network, as many as one likes."""

from __future__ import annotations

from builder.answering import preparations
from builder.codegen.model_source import network_classes, used_networks
from builder.codegen.parts_source import Parts, sort_imports
from builder.codegen.predict_source import print_loading, print_preparation
from builder.codegen.printing import docstring, indented, print_literal
from builder.document import Project
from builder.flow import Flow
from builder.parts.diffusion import list_shares, remove_noise
from builder.parts.preparation import Preparation
from builder.parts.sheets import lay_out
from builder.sampling import Denoising, Sampler, find_sampler
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan

IMPORTS = (
    "from __future__ import annotations",
    "import argparse",
    "from pathlib import Path",
    "import torch",
    "from torch import Tensor",
    "from safetensors.torch import load_file",
)


def generate_sample(project: Project, flows: dict[str, Flow] | None = None) -> str:
    """The source of ``sample.py``. Raises PlanError where no network makes pictures of noise."""
    return SamplePrinter(project, find_sampler(project, TrainingPlan(project, flows or infer(project)))).print()


class SamplePrinter:
    """Prints one project's way from a seed to pictures."""

    def __init__(self, project: Project, sampler: Sampler) -> None:
        self.project, self.sampler = project, sampler
        classes = network_classes(used_networks(project))
        self.cls, self.is_alone = classes[sampler.network], len(classes) == 1
        self.parts = Parts()
        self.parts.need(Preparation, lay_out)
        if sampler.denoising:
            self.parts.need(list_shares, remove_noise)

    def print(self) -> str:
        """The whole file."""
        imports, parts = self.parts.print()
        head = [*self.print_title(), "", *sort_imports([*imports, *IMPORTS]), "", f"from model import {self.cls}"]
        body = [
            self.print_settings(),
            print_loading(self.cls, self.sampler.network, self.is_alone),
            self.print_draw(),
            self.print_main(),
        ]
        last = ['if __name__ == "__main__":', "    main()"]
        return "\n\n\n".join("\n".join(lines) for lines in (head, *[[part] for part in parts], *body, last)) + "\n"

    def print_title(self) -> list[str]:
        """The docstring, with a call to copy."""
        title = docstring(f"{self.project.name}: draws new pictures.")[:-3]
        return [title, "", "    python sample.py --count 16 --seed 0 --out samples.png", '"""']

    def print_settings(self) -> list[str]:
        """How a picture looks as numbers, and the classes that can be asked for."""
        known = preparations(self.project, self.sampler.source)[self.sampler.image]
        lines = [f"PICTURE = {print_preparation(self.sampler.image, known)}"]
        return [*lines, *([f"CLASSES = {print_literal(self.sampler.classes)}"] if self.sampler.classes else [])]

    def print_draw(self) -> list[str]:
        """The function from a seed to pictures."""
        label = ", label: str | None = None" if self.sampler.classes else ""
        asked = "; of one class, or of all in turn" if self.sampler.classes else ""
        body = ["generator = torch.Generator().manual_seed(seed)", self.print_noise()]
        body += self.print_denoising(self.sampler.denoising) if self.sampler.denoising else self.print_call()
        return [
            "@torch.no_grad()",
            f"def draw(model: {self.cls}, count: int, seed: int = 0{label}) -> Tensor:",
            f'    """Pictures of noise as the network makes them, a row for each{asked}."""',
            *indented(body),
        ]

    def print_noise(self) -> str:
        """The line that draws what pictures are made of."""
        spread = "" if self.sampler.deviation == 1.0 else f"{print_literal(self.sampler.deviation)} * "
        sizes = ", ".join(map(str, self.sampler.shape))
        return f"noise = {spread}torch.randn(count, {sizes}, generator=generator)"

    def print_denoising(self, how: Denoising) -> list[str]:
        """The lines that take noise away again and again."""
        shares = f"list_shares({how.steps}, {print_literal(how.schedule)})"
        rest = f"{how.calls}, generator, {print_literal(how.randomness)}, {print_literal(how.bounds)}"
        return [f"return remove_noise(model, noise, {shares}, {rest})"]

    def print_call(self) -> list[str]:
        """The lines that ask the network once."""
        which = f"[{self.sampler.output}]" if self.sampler.outputs > 1 else ""
        if not self.sampler.classes:
            return [f"return model(noise){which}"]
        inputs = "numbers, noise" if self.sampler.is_class_first else "noise, numbers"
        return [
            "numbers = torch.arange(count) % len(CLASSES)",
            "if label is not None:",
            "    numbers = torch.full((count,), CLASSES.index(label))",
            f"return model({inputs}){which}",
        ]

    def print_main(self) -> list[str]:
        """The command line."""
        is_told = bool(self.sampler.classes)
        label = (
            'parser.add_argument("--label", choices=CLASSES, metavar="CLASS", help="what to draw; else all in turn")'
        )
        body = [
            "parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)",
            'parser.add_argument("--count", type=int, default=16, help="how many pictures")',
            'parser.add_argument("--seed", type=int, default=0, help="of what is drawn")',
            *([label] if is_told else []),
            'parser.add_argument("--out", type=Path, default=Path("samples.png"), help="the picture that is written")',
            "args = parser.parse_args()",
            "if args.count < 1:",
            '    parser.exit(1, "--count is at least 1.\\n")',
            f"pictures = draw(load_model(), args.count, args.seed{', args.label' if is_told else ''})",
            "try:",
            "    PICTURE.draw(lay_out(pictures)).save(args.out)",
            "except (OSError, ValueError) as error:",
            '    parser.exit(1, f"{error}\\n")',
            "print(args.out)",
        ]
        return [
            "def main() -> None:",
            '    """Write one picture with all samples, and print where it lies."""',
            *indented(body),
        ]
