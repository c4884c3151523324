"""Prints the instructions of a step plan and of validation, one line each."""

from __future__ import annotations

from collections.abc import Iterable

from builder.codegen.branches import Statement, join_branches, lines_of
from builder.codegen.data_source import DataPrinter
from builder.codegen.parts_source import Parts
from builder.codegen.printing import Names, indented, print_construct, print_literal
from builder.codegen.turns import Question, TurnPrinter
from builder.parts.averaging import average_weights, clip_weights
from builder.parts.schedules import apply_scale
from builder.plan import Backward, Evaluate, StepPlan, Update, Use, Value
from builder.step_planner import TrainingPlan


class StepPrinter:
    """Prints one training graph's step."""

    def __init__(self, plan: TrainingPlan, names: Names, networks: dict[str, str], parts: Parts) -> None:
        self.plan, self.networks, self.parts = plan, networks, parts
        self.data = DataPrinter(plan, names, parts)
        self.names = {id: names.claim(id) for id, use in plan.uses.items() if use.kind.role != "data"}
        self.modules = {id: names.claim(self.module_wish(id)) for id in plan.uses if self.has_module(id)}
        self.turns = TurnPrinter(plan, names, self.names)
        full = self.turns.plan({})
        self.logged = list(full.logged)
        self.modes = self.find_modes(full)
        for use in plan.uses.values():
            if use.construct is not None and getattr(use.kind, "is_number", True):
                parts.need(use.construct.target)
            if hasattr(use.kind, "part") and use.construct is None:
                parts.need(use.kind.part)

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
        return self.data.fields.get((value.node, value.output)) or self.named_output(value)

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
            is_weighted = {"weight", "pos_weight"} & construct.meaningful().keys()
            is_moved = self.plan.remembers(id) or (is_weighted and self.plan.role(id) == "loss")
            moved = ".to(device)" if is_moved else ""
            lines.append(f"{variable} = {print_construct(construct)}{moved}")
        return lines

    def find_modes(self, step: StepPlan) -> dict[str, set[str]]:
        """The modes in which a step calls each network."""
        modes: dict[str, set[str]] = {name: set() for name in self.networks}
        for item in step.instructions:
            if isinstance(item, Evaluate) and (name := self.plan.network_of(item.node)):
                modes[name].add(item.mode)
        return modes

    def is_resting(self, network: str) -> bool:
        """Whether a network is in eval mode all the time: in every call, or because nobody trains it."""
        return self.modes[network] == {"eval"} or not (self.modes[network] or network in self.plan.trained)

    def print_step(self) -> list[str]:
        """The body of the loop over batches, once they are taken."""
        return [*lines_of(self.print_answered(self.turns.questions, {})), *self.turns.print_counting()]

    def print_answered(self, questions: list[Question], answers: dict[Question, bool]) -> list[Statement]:
        """The step for each answer to the questions that are still open: whose turn it is, and who steps."""
        if not questions:
            return self.print_plan(self.turns.plan(answers))
        first, *others = questions
        yes, no = (self.print_answered(others, {**answers, first: answer}) for answer in (True, False))
        return join_branches(first.condition, yes, no)

    def print_plan(self, step: StepPlan) -> list[Statement]:
        """The instructions of one set of turns, and the losses that are kept."""
        statements: list[Statement] = []
        for item in step.instructions:
            match item:
                case Evaluate(node=node) if self.plan.role(node) != "data":
                    statements += self.print_recorded(item)
                case Backward():
                    statements += self.print_backward(item)
                case Update(updater=updater):
                    statements.append(tuple(self.print_update(updater)))
        logged = ", ".join(f"{print_literal(id)}: {self.names[id]}.detach()" for id in step.logged)
        return [*statements, (f"log.append({{{logged}}})",)]

    def print_recorded(self, item: Evaluate) -> list[Statement]:
        """One evaluation; without gradients where none are wanted, in its own mode where a network has two."""
        line = f"{self.names[item.node]} = {self.print_call(self.plan.uses[item.node])}"
        name = self.plan.network_of(item.node)
        mode = [(f"{self.networks[name]}.{item.mode}()",)] if name and len(self.modes[name]) > 1 else []
        if self.is_bfloat16:
            enabled = "" if item.record else ", torch.no_grad()"
            return [*mode, (f"with torch.autocast(device.type, torch.bfloat16){enabled}:", f"    {line}")]
        return [*mode, (line,) if item.record else ("with torch.no_grad():", f"    {line}")]

    @property
    def is_bfloat16(self) -> bool:
        """Whether evaluations run in mixed precision."""
        return self.plan.project.run.precision == "bfloat16"

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
        if use.kind.asks_network:
            arguments = f"{self.networks[use.params.network]}, {arguments}"
        if use.construct is not None:
            return f"{self.modules[use.node]}({arguments})"
        return str(use.kind.expression(use.params, *inputs))

    def print_backward(self, item: Backward) -> list[Statement]:
        """Fresh gradients, then a backward pass."""
        name, every = self.names[item.updater], item.divide
        zero = f"{name}.zero_grad()"
        loss = self.value(item.loss) if every == 1 else f"({self.value(item.loss)} / {every})"
        freezes = self.plan.params(item.updater).freezes
        arguments = ["retain_graph=True"] if item.retain else []
        question = f"{self.value(item.loss)}.requires_grad"
        if len(self.plan.optimizers) > 1:
            own = f"[{', '.join(f'*{self.networks[name]}.parameters()' for name in item.networks)}]"
            question = f"learning := [p for p in {own} if p.requires_grad]"
            arguments.append(f"inputs={'learning' if freezes else own}")
        turn = self.turns.number(item.updater)
        first = (zero,) if every == 1 else (f"if {turn} % {every} == 0:", f"    {zero}")
        backward = f"{loss}.backward({', '.join(arguments)})"
        return [first, (f"if {question}:", f"    {backward}") if freezes else (backward,)]

    def print_update(self, id: str) -> list[str]:
        """Clip, step, and move the schedule on."""
        params, name = self.plan.params(id), self.names[id]
        if id not in self.plan.optimizers:
            return self.print_following(id)
        lines = []
        if params.clip_norm is not None:
            own = ", ".join(f"*{self.networks[n]}.parameters()" for n in params.networks)
            lines.append(f"torch.nn.utils.clip_grad_norm_([{own}], {params.clip_norm!r})")
        lines.append(f"{name}.step()")
        if self.turns.counts_steps(id):
            done = self.turns.number(id, 1)
            lines.append(self.print_scale(id, done if params.accumulate == 1 else f"({done}) // {params.accumulate}"))
        if params.accumulate > 1 and not self.turns.asks_whether_it_steps(id):
            return [f"if {self.turns.steps_now(id)}:", *indented(lines)]
        return lines

    def print_following(self, id: str) -> list[str]:
        """Change weights without a loss."""
        params, kind = self.plan.params(id), self.plan.nodes[id].kind
        if kind == "Average":
            self.parts.need(average_weights)
            return [self.print_average(id, repr(params.decay))]
        self.parts.need(clip_weights)
        return [f"clip_weights({self.networks[name]}, {params.limit!r})" for name in params.networks]

    def print_average(self, id: str, decay: str) -> str:
        """Let a network follow another one."""
        self.parts.need(average_weights)
        params = self.plan.params(id)
        source = self.networks[params.network]
        return "\n".join(f"average_weights({self.networks[name]}, {source}, {decay})" for name in params.networks)

    def print_scale(self, id: str, at: str) -> str:
        """Set the learning rate by the schedule."""
        self.parts.need(apply_scale)
        total = self.turns.total(id) if self.turns.counts_steps(id) else "EPOCHS"
        return f"apply_scale({self.names[id]}, {self.names[id]}_schedule.scale({at}, {total}))"

    def print_evaluation(self, batch: int) -> list[str]:
        """The body of the function that measures a part."""
        plan = self.plan.plan_evaluation()
        kept = [id for id in plan.metrics if self.plan.uses[id].kind.is_number]
        metrics = {id: f"{id}_metric" for id in kept}
        moving = [variable for name, variable in self.networks.items() if not self.is_resting(name)]
        lines = [f"{variable}.eval()" for variable in moving]
        for id in (*plan.nodes, *kept):
            construct = self.plan.uses[id].construct
            rests = self.plan.rests_in_evaluation(id)
            if construct is not None and not (rests and self.plan.uses[id].num_outputs == 1):
                calm = ".eval()" if rests else ""
                made = f"{print_construct(construct)}{calm}{self.moved(id)}"
                lines.append(f"{metrics.get(id) or self.modules[id]} = {made}")
        lines += [f"totals = {print_literal(dict.fromkeys(plan.losses, 0.0))}", *self.data.print_validation_loop(batch)]
        body = [*self.data.print_same_rows(), *self.print_evaluated(plan.nodes)]
        body += [f"totals[{print_literal(id)}] += {self.names[id]}.double() * len(rows)" for id in plan.losses]
        for id, metric in metrics.items():
            arguments = ", ".join(self.value(value) for value in self.plan.uses[id].inputs if value)
            body.append(f"{metric}.update({arguments})")
        lines += indented(body)
        lines += [f"{variable}.train()" for variable in moving]
        pairs = ", ".join(f"{print_literal(id)}: {metric}.compute()" for id, metric in metrics.items())
        losses = "**{name: float(total) / size for name, total in totals.items()}"
        return [*lines, f"return {{{', '.join(p for p in (losses, pairs) if p)}}}"]

    def print_evaluated(self, nodes: Iterable[str]) -> list[str]:
        """The evaluation of these nodes on a batch; nothing is changed at random while one looks."""
        lines = []
        for use in (self.plan.uses[id] for id in nodes):
            if use.kind.role != "data":
                is_same = use.kind.rests_in_evaluation and use.num_outputs == 1 and use.inputs[0] is not None
                computed = self.value(use.inputs[0]) if is_same and use.inputs[0] else self.print_call(use)
                line = f"{self.names[use.node]} = {computed}"
                is_recorded = use.node in self.plan.sloping
                lines += ["with torch.enable_grad():", f"    {line}"] if is_recorded else [line]
        if not self.is_bfloat16:
            return lines
        return [f"with torch.autocast({self.device}.type, torch.bfloat16):", *indented(lines)]

    @property
    def device(self) -> str:
        """Where the data is that is measured."""
        return f"{self.data.first_field(self.data.lead, 'part')}.device"

    def moved(self, id: str) -> str:
        """Losses with weights of their own live where the data is."""
        construct = self.plan.uses[id].construct
        assert construct is not None
        has_weights = self.plan.role(id) == "loss" and construct.meaningful().get("weight")
        return f".to({self.device})" if has_weights else ""
