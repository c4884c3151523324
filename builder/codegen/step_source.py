"""Prints the instructions of a step plan and of validation, one line each."""

from __future__ import annotations

from builder.codegen.parts_source import Parts
from builder.codegen.printing import Names, indented, print_construct, print_literal
from builder.parts.schedules import apply_scale
from builder.plan import Backward, Evaluate, Turn, Update, Use, Value
from builder.step_planner import TrainingPlan
from builder.training.schedules import construct_schedule

MATRICES = ("ConfusionMatrix",)


class StepPrinter:
    """Prints one training graph's step."""

    def __init__(self, plan: TrainingPlan, names: Names, networks: dict[str, str], parts: Parts) -> None:
        self.plan, self.networks, self.parts = plan, networks, parts
        self.names: dict[str, str] = {}
        self.fields: dict[tuple[str, int], str] = {}
        for id, use in plan.uses.items():
            if use.kind.role == "data":
                source = plan.project.data[use.params.source]
                self.fields |= {(id, i): names.claim(field) for i, field in enumerate(source.fields)}
            else:
                self.names[id] = names.claim(id)
        self.modules = {id: names.claim(self.module_wish(id)) for id in plan.uses if self.has_module(id)}
        turns = [Turn(id) for id in plan.updaters]
        self.step = plan.plan_step(turns)
        self.logged = list(self.step.logged)
        for use in plan.uses.values():
            if use.construct is not None and use.kind.kind not in MATRICES:
                parts.need(use.construct.target)

    def has_module(self, id: str) -> bool:
        """Whether a node stands for an object that is made before training."""
        return self.plan.uses[id].construct is not None and self.plan.role(id) not in ("preview", "metric")

    def module_wish(self, id: str) -> str:
        """The wished name of that object."""
        is_loss = self.plan.role(id) == "loss"
        return ("criterion" if id == "loss" else f"{id}_criterion") if is_loss else f"{id}_module"

    def name(self, id: str) -> str:
        """The variable of a node."""
        return self.names[id]

    def value(self, value: Value) -> str:
        """The variable that holds a value."""
        return self.fields.get((value.node, value.output)) or self.named_output(value)

    def named_output(self, value: Value) -> str:
        """The variable of one output of a node that computes."""
        name = self.names[value.node]
        return name if value.count == 1 else f"{name}[{value.output}]"

    def print_modules(self) -> list[str]:
        """The lines that make losses, metrics and the like."""
        lines = []
        for id, variable in self.modules.items():
            construct = self.plan.uses[id].construct
            assert construct is not None
            moved = ".to(device)" if construct.meaningful().get("weight") and self.plan.role(id) == "loss" else ""
            lines.append(f"{variable} = {print_construct(construct)}{moved}")
        return lines

    def print_step(self, data: str) -> list[str]:
        """The body of the loop over batches."""
        lines = self.print_batch(data, "train", "rows")
        for item in self.step.instructions:
            match item:
                case Evaluate(node=node) if self.plan.role(node) != "data":
                    lines += self.print_recorded(item)
                case Backward():
                    lines += self.print_backward(item)
                case Update(updater=updater):
                    lines += self.print_update(updater)
        logged = ", ".join(f"{self.names[id]}.detach()" for id in self.logged)
        return [*lines, f"log.append([{logged}])"]

    def print_batch(self, data: str, part: str, rows: str) -> list[str]:
        """Take a batch out of a part of the data."""
        source = self.plan.project.data[self.plan.params(data).source]
        return [f'{self.fields[data, i]} = {part}["{field}"][{rows}]' for i, field in enumerate(source.fields)]

    def print_recorded(self, item: Evaluate) -> list[str]:
        """One evaluation; without gradients where none are wanted."""
        line = f"{self.names[item.node]} = {self.print_call(self.plan.uses[item.node])}"
        if self.plan.project.run.precision == "bfloat16":
            enabled = "" if item.record else ", torch.no_grad()"
            return [f"with torch.autocast(device.type, torch.bfloat16){enabled}:", f"    {line}"]
        return [line] if item.record else ["with torch.no_grad():", f"    {line}"]

    def print_call(self, use: Use) -> str:
        """The expression that computes a node."""
        inputs = [None if value is None else self.value(value) for value in use.inputs]
        while inputs and inputs[-1] is None:
            inputs.pop()
        arguments = ", ".join(name or "None" for name in inputs)
        if use.kind.role == "network":
            return f"{self.networks[use.params.network]}({arguments})"
        if use.kind.role == "penalty":
            own = [f"*{self.networks[name]}.parameters()" for name in use.params.networks]
            return f"{self.modules[use.node]}([{', '.join(own)}])"
        if use.construct is not None:
            return f"{self.modules[use.node]}({arguments})"
        return str(use.kind.expression(use.params, *inputs))

    def print_backward(self, item: Backward) -> list[str]:
        """Fresh gradients, then a backward pass."""
        name, every = self.names[item.updater], item.divide
        zero = f"{name}.zero_grad()"
        loss = self.value(item.loss) if every == 1 else f"({self.value(item.loss)} / {every})"
        arguments = ["retain_graph=True"] if item.retain else []
        if len(self.plan.optimizers) > 1:
            own = ", ".join(f"*{self.networks[name]}.parameters()" for name in item.networks)
            arguments.append(f"inputs=[{own}]")
        first = [zero] if every == 1 else [f"if step % {every} == 0:", f"    {zero}"]
        return [*first, f"{loss}.backward({', '.join(arguments)})"]

    def print_update(self, id: str) -> list[str]:
        """Clip, step, and move the schedule on."""
        params, name = self.plan.params(id), self.names[id]
        lines = []
        if params.clip_norm is not None:
            own = ", ".join(f"*{self.networks[n]}.parameters()" for n in params.networks)
            lines.append(f"torch.nn.utils.clip_grad_norm_([{own}], {params.clip_norm!r})")
        lines.append(f"{name}.step()")
        schedule = construct_schedule(params.schedule)
        if schedule is not None and getattr(params.schedule, "unit", "epoch") == "step":
            done = "step + 1" if params.accumulate == 1 else f"(step + 1) // {params.accumulate}"
            lines.append(self.print_scale(id, done))
        if params.accumulate > 1:
            return [f"if (step + 1) % {params.accumulate} == 0:", *indented(lines)]
        return lines

    def print_scale(self, id: str, at: str) -> str:
        """Set the learning rate by the schedule."""
        self.parts.need(apply_scale)
        params = self.plan.params(id)
        unit = getattr(params.schedule, "unit", "epoch")
        total = "EPOCHS" if unit == "epoch" else "total" if params.accumulate == 1 else f"total // {params.accumulate}"
        return f"apply_scale({self.names[id]}, {self.names[id]}_schedule.scale({at}, {total}))"

    def print_evaluation(self, data: str, batch: int) -> list[str]:
        """The body of the function that measures a part."""
        plan = self.plan.plan_evaluation()
        first = next(iter(self.plan.project.data[self.plan.params(data).source].fields))
        size = max(batch, self.plan.params(data).batch_size)
        kept = [id for id in plan.metrics if self.plan.uses[id].kind.kind not in MATRICES]
        metrics = {id: f"{id}_metric" for id in kept}
        lines = [f"{self.networks[name]}.eval()" for name in self.networks if name in self.plan.trained]
        for id in (*plan.nodes, *kept):
            construct = self.plan.uses[id].construct
            if construct is not None and self.plan.uses[id].kind.kind != "Augment":
                lines.append(f"{metrics.get(id) or self.modules[id]} = {print_construct(construct)}{self.moved(id)}")
        lines += [f"totals = {print_literal(dict.fromkeys(plan.losses, 0.0))}", f'size = len(part["{first}"])']
        lines += [f"for rows in torch.arange(size).split({size}):"]
        body = self.print_batch(data, "part", "rows")
        for id in plan.nodes:
            use = self.plan.uses[id]
            if use.kind.role != "data":
                same = use.kind.kind == "Augment" and use.inputs[0] is not None
                body.append(
                    f"{self.names[id]} = {self.value(use.inputs[0]) if same and use.inputs[0] else self.print_call(use)}"
                )
        body += [f'totals["{id}"] += {self.names[id]}.double() * len(rows)' for id in plan.losses]
        for id, metric in metrics.items():
            arguments = ", ".join(self.value(value) for value in self.plan.uses[id].inputs if value)
            body.append(f"{metric}.update({arguments})")
        lines += indented(body)
        lines += [f"{self.networks[name]}.train()" for name in self.networks if name in self.plan.trained]
        pairs = ", ".join(f'"{id}": {metric}.compute()' for id, metric in metrics.items())
        losses = "**{name: float(total) / size for name, total in totals.items()}"
        return [*lines, f"return {{{', '.join(p for p in (losses, pairs) if p)}}}"]

    def moved(self, id: str) -> str:
        """Losses with weights of their own live where the data is."""
        construct = self.plan.uses[id].construct
        assert construct is not None
        has_weights = self.plan.role(id) == "loss" and construct.meaningful().get("weight")
        return ".to(next(iter(part.values())).device)" if has_weights else ""
