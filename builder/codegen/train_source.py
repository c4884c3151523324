"""Prints ``train.py``: the step plan of a project's training graph as a loop that a person would have written."""

from __future__ import annotations

from typing import Any

from builder.codegen.model_source import network_classes, used_networks
from builder.codegen.parts_source import Parts, sort_imports
from builder.codegen.printing import Names, docstring, indented, print_construct, print_literal
from builder.codegen.step_source import StepPrinter
from builder.document import KeepBest, Project
from builder.parts.judging import Judge
from builder.parts.memory_format import use_channels_last
from builder.parts.parameter_groups import let_learn, split_parameters
from builder.parts.schedules import apply_scale
from builder.planner import PlanError
from builder.shape_flow import Flow, infer
from builder.step_planner import TrainingPlan
from builder.training.schedules import PlateauSchedule, construct_schedule

EVALUATION_BATCH = 256
START_FILE = "start.safetensors"
"""The weights that training starts from, beside ``train.py``, where it does not start from fresh ones."""
MOST_QUESTIONS = 4
"""A step with more conditions than these would be printed as more branches than anybody reads."""


def generate_train(project: Project, flows: dict[str, Flow] | None = None) -> str:
    """The source of ``train.py``, which needs torch, safetensors and ``model.py``. Raises PlanError for errors."""
    return TrainPrinter(project, TrainingPlan(project, flows or infer(project))).print()


class TrainPrinter:
    """Prints one project's training."""

    def __init__(self, project: Project, plan: TrainingPlan) -> None:
        self.project, self.plan, self.run = project, plan, project.run
        self.networks = used_networks(project)
        self.classes = network_classes(self.networks)
        self.names = Names([*self.classes.values(), "args", "data", "device", "epoch", "step", "rows", "log", "evaluate",
                            "main", "order", "best", "kept", "stopping", "values", "part", "train", "validation",
                            "test", "total", "load_part", "number", "losses", "start", "learning"])  # fmt: skip
        self.variables = {name: self.names.claim(name) for name in self.networks}
        self.parts = Parts()
        if not plan.of_role("data"):
            raise PlanError("train.py can be written for a training graph with data.")
        self.step = StepPrinter(plan, self.names, self.variables, self.parts)
        self.data = self.step.data
        if len(self.step.turns.questions) > MOST_QUESTIONS:
            raise PlanError(f"train.py can be written for optimizers with up to {MOST_QUESTIONS} different turns.")

    def print(self) -> str:
        """The whole file."""
        evaluation = self.print_evaluate()
        main = self.print_main()
        part_imports, parts = self.parts.print()
        needed = [f"from model import {', '.join(self.classes.values())}"]
        imports = ["from __future__ import annotations", "import argparse", "import csv", "import torch",
                   "from torch import Tensor", "from torch import nn", "from safetensors.torch import load_file",
                   "from safetensors.torch import save_file",
                   *part_imports]  # fmt: skip
        if "nn." not in "\n".join([*parts, *main, *evaluation]):
            imports.remove("from torch import nn")
        title = docstring(
            f"{self.project.name}: trains the network from prepared data, step by step as the training graph says."
        )
        head = [title, "", *sort_imports(imports), "", *needed, "", *self.print_settings()]
        last = ['if __name__ == "__main__":', "    main()"]
        pieces = [
            "\n".join(lines)
            for lines in (head, *[[part] for part in parts], self.data.print_load(), evaluation, main, last)
        ]
        return "\n\n\n".join(pieces) + "\n"

    def print_settings(self) -> list[str]:
        """The constants at the top."""
        params = self.plan.params(self.data.lead)
        lines = [f"SEED = {self.run.seed}", f"EPOCHS = {self.run.epochs}", f"BATCH_SIZE = {params.batch_size}"]
        if self.run.max_steps:
            lines.append(f"MAX_STEPS = {self.run.max_steps}")
        return lines

    def print_evaluate(self) -> list[str]:
        """The function that measures a part of the data."""
        arguments = ", ".join(f"{self.variables[name]}: {self.classes[name]}" for name in self.networks)
        draws = any(self.plan.role(id) == "draw" for id in self.plan.plan_evaluation().nodes)
        kept = ["@torch.random.fork_rng()"] if draws else []
        lines = [*kept, "@torch.no_grad()", f"def evaluate({arguments}, part: {self.data.part_type()}) -> dict[str, float]:",
                 '    """Measure losses and metrics over a part of the data."""']  # fmt: skip
        return lines + indented(self.step.print_evaluation(EVALUATION_BATCH))

    def print_main(self) -> list[str]:
        """The function that trains."""
        device = '"cpu"' if self.run.device == "cpu" else '"cuda" if torch.cuda.is_available() else "cpu"'
        body = [
            "parser = argparse.ArgumentParser(description=__doc__)",
            'parser.add_argument("--data", default="prepared.safetensors", help="the prepared data of the run")',
            'parser.add_argument("--out", default="trained.safetensors", help="where the trained weights go")',
            *self.print_start_option(),
            'parser.add_argument("--losses", default="losses.csv", help="where the loss of every step goes")',
            "args = parser.parse_args()",
            "",
            f"device = torch.device({device})",
            "data = {name: tensor.to(device) for name, tensor in load_file(args.data).items()}",
            'train, validation, test = (load_part(data, part) for part in ("train", "validation", "test"))',
            "",
            *(
                [f"torch.set_num_threads({self.run.threads})  # their number changes rounding"]
                if self.run.threads
                else []
            ),
            "torch.manual_seed(SEED)",
            *[f"{self.variables[name]} = {self.print_network(name)}" for name in self.networks],
            *self.print_compiling(),
            *self.print_start(),
            *self.print_frozen(),
            *self.print_followers(),
            *self.step.print_modules(),
            *self.print_optimizers(),
            *self.print_totals(),
            *self.print_judges(),
            "step, log = 0, []",
            *self.step.turns.print_start(),
            *self.data.print_start(),
            "",
            "for epoch in range(EPOCHS):",
            *indented(self.print_epoch()),
            "",
            *self.print_end(),
        ]
        return ["def main() -> None:", '    """Train, and save the weights and the losses."""', *indented(body)]

    @property
    def started(self) -> list[str]:
        """The networks that start from weights of an earlier run or of a file."""
        return [name for name in self.networks if (weights := self.project.networks[name].weights) and weights.sha256]

    def print_start_option(self) -> list[str]:
        """The option that says where the weights to start from lie."""
        text = f'parser.add_argument("--start", default="{START_FILE}", help="the weights that training starts from")'
        return [text] if self.started else []

    def print_start(self) -> list[str]:
        """Puts the weights to start from into the networks; what they do not hold stays as it was drawn."""
        followers = {name for id in self.plan.averages for name in self.plan.params(id).networks}
        lines = ["start = load_file(args.start)"] if self.started else []
        return lines + self.print_given([name for name in self.started if name not in followers])

    def print_given(self, names: list[str]) -> list[str]:
        """Puts the weights to start from into some networks."""
        lines = []
        for name in names:
            variable, given = self.variables[name], "start"
            if len(self.networks) > 1:
                prefix = print_literal(f"{name}.")
                given = f"{{n.removeprefix({prefix}): t for n, t in start.items() if n.startswith({prefix})}}"
            lines.append(f"{variable}.load_state_dict({{**{variable}.state_dict(), **{given}}})")
        return lines

    def print_frozen(self) -> list[str]:
        """Networks that nobody trains, and those that stay in eval mode."""
        lines = []
        for name, variable in self.variables.items():
            frozen = "" if name in self.plan.trained else ".requires_grad_(False)"
            resting = ".eval()" if self.step.is_resting(name) else ""
            lines += [f"{variable}{frozen}{resting}"] if frozen or resting else []
        return lines

    def print_followers(self) -> list[str]:
        """Networks that follow others begin as copies, on which weights of their own are put."""
        lines = []
        for id in self.plan.averages:
            lines.append(self.step.print_average(id, "0.0"))
            lines += self.print_given([name for name in self.started if name in self.plan.params(id).networks])
        return lines

    def print_judges(self) -> list[str]:
        """What decides whose weights are kept and when training ends."""
        lines = []
        if self.run.keep_best:
            lines.append(f"best, kept = {self.print_judge(self.run.keep_best)}, None")
        if self.run.early_stopping:
            lines.append(f"stopping = {self.print_judge(self.run.early_stopping)}")
        return lines

    def print_judge(self, rule: KeepBest) -> str:
        """The judge of one rule, with the arguments that differ from the defaults."""
        self.parts.need(Judge)
        delta = getattr(rule, "min_delta", 0.0)
        arguments = [*(['"max"'] if rule.mode == "max" else []), *([f"min_delta={delta!r}"] if delta else [])]
        return f"Judge({', '.join(arguments)})"

    def print_optimizers(self) -> list[str]:
        """The optimizers and their schedules."""
        lines = []
        for id in self.plan.optimizers:
            params, use = self.plan.params(id), self.plan.uses[id]
            construct = use.kind.construct_optimizer(params, self.run.optimizer_kernels == "fused")
            arguments = ", ".join(f"{name}={print_literal(value)}" for name, value in construct.kwargs.items())
            lines.append(
                f"{self.step.name(id)} = torch.optim.{construct.target.__name__}({self.parameters(id)}, {arguments})"
            )
            schedule = construct_schedule(params.schedule)
            if schedule is not None:
                self.parts.need(schedule.target, apply_scale)
                lines.append(f"{self.step.name(id)}_schedule = {print_construct(schedule)}")
        return lines

    def parameters(self, id: str) -> str:
        """What an optimizer is given."""
        params = self.plan.params(id)
        names = [self.variables[name] for name in params.networks]
        if params.groups:
            self.parts.need(split_parameters)
            return f"split_parameters({self.named(params)}, {self.groups(params)}, lr={params.lr!r})"
        return (
            f"{names[0]}.parameters()"
            if len(names) == 1
            else f"[{', '.join(f'*{name}.parameters()' for name in names)}]"
        )

    def named(self, params: Any) -> str:
        """The names and parameters that an optimizer changes."""
        names = params.networks
        return f"{self.variables[names[0]]}.named_parameters()" if len(names) == 1 else self.joined_names(names)

    def groups(self, params: Any) -> str:
        """The groups of an optimizer, with what they set."""
        return print_literal(
            [{"match": group.match, **group.model_dump(exclude_defaults=True)} for group in params.groups]
        )

    def print_freezing(self) -> list[str]:
        """Freezes in an epoch what does not learn in it."""
        freezing = [params for id in self.plan.optimizers if (params := self.plan.params(id)).freezes]
        if freezing:
            self.parts.need(let_learn)
        return [f"let_learn({self.named(params)}, {self.groups(params)}, epoch)" for params in freezing]

    def joined_names(self, networks: tuple[str, ...]) -> str:
        """The named parameters of several networks, each name after that of its network."""
        parts = [f'*((f"{name}.{{n}}", p) for n, p in {self.variables[name]}.named_parameters())' for name in networks]
        return f"[{', '.join(parts)}]"

    def print_totals(self) -> list[str]:
        """How many steps there will be, for whatever needs to know."""
        counting = [id for id in self.plan.updaters if self.step.turns.counts_steps(id)]
        if not (counting or self.run.max_steps or self.run.validation.unit == "step"):
            return []
        total = self.data.print_total()
        lines = [f"total = {f'min(MAX_STEPS, {total})' if self.run.max_steps else total}"]
        return [*lines, *(self.step.print_scale(id, "0") for id in counting)]

    def print_epoch(self) -> list[str]:
        """The body of an epoch."""
        lines = self.print_freezing()
        lines += [self.step.print_scale(id, "epoch") for id in self.plan.optimizers if self.counts_epochs(id)]
        lines += self.data.print_loop([*self.step.print_step(), "step += 1"])
        is_each_step = self.run.validation.unit == "step"
        lines += indented(self.print_validation()) if is_each_step else []
        ends = ["step == total"] if self.run.max_steps else []
        over = [f"stopping.waited >= {self.run.early_stopping.patience}"] if self.run.early_stopping else []
        lines += indented(print_break([*ends, *(over if is_each_step else [])]))
        lines += [] if is_each_step else self.print_validation()
        shown = "{name: round(value.item(), 4) for name, value in log[-1].items()}"
        lines.append(f'print(f"epoch {{epoch + 1}}/{{EPOCHS}}, step {{step}}", {shown})')
        return [*lines, *print_break([*ends, *over])]

    def counts_epochs(self, id: str) -> bool:
        """Whether an optimizer's schedule counts epochs."""
        has_schedule = construct_schedule(self.plan.params(id).schedule) is not None
        return has_schedule and not self.step.turns.counts_steps(id)

    def print_validation(self) -> list[str]:
        """Validate where it is due, and at the end of training in any case."""
        every, unit = self.run.validation.every, self.run.validation.unit
        condition = "validation"
        if every > 1:
            at = "step" if unit == "step" else "(epoch + 1)"
            last = "epoch + 1 == EPOCHS" if unit == "epoch" and not self.run.max_steps else "step == total"
            condition = f"validation and ({at} % {every} == 0 or {last})"
        return [f"if {condition}:", *indented(self.print_judging())]

    def print_judging(self) -> list[str]:
        """Measure the validation part, tell schedules, keep the best weights."""
        arguments = ", ".join([*self.variables.values(), "validation"])
        lines = [f"values = evaluate({arguments})", 'print("validation", values)']
        for id in self.plan.optimizers:
            schedule = self.plan.params(id).schedule
            if isinstance(schedule, PlateauSchedule):
                lines.append(f"{self.step.name(id)}_schedule.observe(values[{print_literal(schedule.metric)}])")
                lines.append(self.step.print_scale(id, "epoch + 1"))
        if self.run.keep_best:
            kept = ", ".join(
                f"{print_literal(name)}: {{k: t.clone() for k, t in {v}.state_dict().items()}}"
                for name, v in self.variables.items()
            )
            lines += [f"if best.observe(values[{print_literal(self.run.keep_best.metric)}]):", f"    kept = {{{kept}}}"]
        if self.run.early_stopping:
            lines.append(f"stopping.observe(values[{print_literal(self.run.early_stopping.metric)}])")
        return lines

    @property
    def has_channels_last(self) -> bool:
        """Whether weights of convolutions lie in memory with the channels last."""
        return self.run.memory_format == "channels_last"

    def print_network(self, name: str) -> str:
        """A network with fresh weights."""
        made = f"{self.classes[name]}().to(device)"
        if not self.has_channels_last:
            return made
        self.parts.need(use_channels_last)
        return f"use_channels_last({made})"

    def print_compiling(self) -> list[str]:
        """What a run does that compiles its networks: left out, since this file is to run where there is no compiler."""
        if self.run.compiling == "off":
            return []
        if self.run.compiling == "graphs":
            return ["# The run replays whole steps as CUDA graphs where it can, which changes last digits."]
        calls = "; ".join(f"{variable}.compile()" for variable in self.variables.values())
        return [f"# The run compiles its networks while it trains ({calls}), which changes last digits."]

    def print_end(self) -> list[str]:
        """Test, and write weights and losses."""
        lines = []
        if self.run.keep_best:
            lines += ["if kept is not None:"]
            lines += [
                f"    {variable}.load_state_dict(kept[{print_literal(name)}])"
                for name, variable in self.variables.items()
            ]
        arguments = ", ".join([*self.variables.values(), "test"])
        lines += ["if test:", f'    print("test", evaluate({arguments}))']
        lines += [
            'with open(args.losses, "w", newline="") as file:',
            f"    writer = csv.DictWriter(file, {print_literal(['step', *self.step.logged])})",
            "    writer.writeheader()",
            "    for number, losses in enumerate(log, 1):",
            '        writer.writerow({"step": number, **{name: value.item() for name, value in losses.items()}})',
            f"save_file({self.print_weights()}, args.out)",
        ]
        return lines

    def print_weights(self) -> str:
        """The trained weights of all networks, as a file takes them."""
        tensor = "t.contiguous()" if self.has_channels_last else "t"
        if len(self.networks) > 1:
            pieces = [
                f'**{{f"{n}.{{k}}": {tensor} for k, t in {v}.state_dict().items()}}' for n, v in self.variables.items()
            ]
            return f"{{{', '.join(pieces)}}}"
        weights = f"{self.variables[self.networks[0]]}.state_dict()"
        return f"{{k: {tensor} for k, t in {weights}.items()}}" if self.has_channels_last else weights


def print_break(conditions: list[str]) -> list[str]:
    """Leave the loop where any of these conditions holds."""
    return [f"if {' or '.join(conditions)}:", "    break"] if conditions else []
