"""Prints where batches come from: how the parts of each source are read, in which order samples come, and each batch."""

from __future__ import annotations

from builder.codegen.parts_source import Parts
from builder.codegen.printing import Names, indented, print_literal
from builder.columns import Column, find_classes, list_columns
from builder.parts.sampler import balance_samples, order_samples, repeat_batches, split_batches, split_by_length
from builder.step_planner import TrainingPlan


class DataPrinter:
    """Prints the Data nodes of one training graph. The first one leads the epoch, the others start over and over."""

    def __init__(self, plan: TrainingPlan, names: Names, parts: Parts) -> None:
        self.plan, self.parts = plan, parts
        self.nodes = sorted(plan.of_role("data"), key=lambda id: not plan.params(id).leads)
        self.sources = list(dict.fromkeys(self.source(id) for id in self.nodes))
        many = len(self.nodes) > 1
        self.fields = {
            (id, i): names.claim(f"{id}_{column.name}" if many else column.name)
            for id in self.nodes
            for i, column in enumerate(self.columns(id))
        }
        self.iterators = {id: names.claim(f"{id}_batches") for id in self.nodes[1:]}
        self.rows = {id: "rows" if id == self.lead else names.claim(f"{id}_rows") for id in self.nodes}
        parts.need(order_samples, split_batches)

    @property
    def lead(self) -> str:
        """The node that leads the epoch."""
        return self.nodes[0]

    def source(self, id: str) -> str:
        """The source of a Data node."""
        return str(self.plan.params(id).source)

    def columns(self, id: str) -> list[Column]:
        """What a Data node gives."""
        return list_columns(self.plan.project.data[self.source(id)])

    def tensors(self, id: str, part: str) -> str:
        """The tensors of a part by field: ``train``, or ``train["photos"]`` where there are several sources."""
        return part if len(self.sources) == 1 else f"{part}[{print_literal(self.source(id))}]"

    def first_field(self, id: str, part: str) -> str:
        """The first tensor of a part."""
        return f"{self.tensors(id, part)}[{print_literal(self.columns(id)[0].name)}]"

    def length(self, part: str) -> str:
        """The number of samples of a part of the leading source."""
        return f"len({self.first_field(self.lead, part)})"

    def shortest(self, part: str) -> str:
        """How many samples of a part each source has."""
        lengths = dict.fromkeys(f"len({self.first_field(id, part)})" for id in self.nodes)
        return next(iter(lengths)) if len(lengths) == 1 else f"min({', '.join(lengths)})"

    def part_type(self) -> str:
        """The type of a part."""
        return "dict[str, Tensor]" if len(self.sources) == 1 else "dict[str, dict[str, Tensor]]"

    def print_load(self) -> list[str]:
        """The function that picks out one part of the data."""
        fields = "{name.removeprefix(prefix): tensor for name, tensor in data.items() if name.startswith(prefix)}"
        head = f"def load_part(data: dict[str, Tensor], part: str) -> {self.part_type()}:"
        if len(self.sources) == 1:
            return [
                head,
                '    """The fields of one part of the data; empty where there is no such part."""',
                f'    prefix = {print_literal(f"{self.sources[0]}.")} + f"{{part}}."',
                f"    return {fields}",
            ]
        return [
            head,
            '    """The fields of one part of every source; empty where a source has no such part."""',
            "    sources = {}",
            f"    for source in {print_literal(self.sources)}:",
            '        prefix = f"{source}.{part}."',
            f"        sources[source] = {fields}",
            "    return sources if all(sources.values()) else {}",
        ]

    def print_start(self) -> list[str]:
        """What lies before the first epoch: the batches of those that do not lead."""
        lines = []
        for id, name in self.iterators.items():
            self.parts.need(repeat_batches)
            lines.append(f"{name} = repeat_batches(lambda epoch: {self.print_batches(id)})")
        return lines

    def seed(self, id: str) -> str:
        """The seed of a node's order."""
        number = self.nodes.index(id)
        return f"SEED + {number}" if number else "SEED"

    def print_order(self, id: str) -> str:
        """The order of an epoch's samples."""
        params = self.plan.params(id)
        classes = find_classes(self.plan.project.data[self.source(id)]) if params.sampling == "balanced" else None
        if classes is not None:
            self.parts.need(balance_samples)
            labels = f"{self.tensors(id, 'train')}[{print_literal(classes)}]"
            return f"balance_samples({labels}, {self.seed(id)}, epoch).to(device)"
        shuffle = "" if params.shuffle else ", shuffle=False"
        return f"order_samples(len({self.first_field(id, 'train')}), {self.seed(id)}, epoch{shuffle}).to(device)"

    def batch_arguments(self, id: str) -> list[str]:
        """The arguments that cut an order into batches."""
        params = self.plan.params(id)
        size = "BATCH_SIZE" if id == self.lead else repr(params.batch_size)
        return [size, *(["drop_last=True"] if params.drop_last else [])]

    def print_batches(self, id: str) -> str:
        """The batches of an epoch, those of like length together where the Data node says so."""
        order, (size, *rest) = self.print_order(id), self.batch_arguments(id)
        lengths = next((column.name for column in self.columns(id) if column.is_lengths), None)
        if self.plan.params(id).batching != "by_length" or lengths is None:
            return f"split_batches({', '.join([order, size, *rest])})"
        self.parts.need(split_by_length)
        steps = f"{self.tensors(id, 'train')}[{print_literal(lengths)}]"
        return f"split_by_length({', '.join([order, steps, size, self.seed(id), 'epoch', *rest])})"

    def print_taking(self) -> list[str]:
        """Take a batch of every node; ``rows`` are those of the one that leads."""
        lines = []
        for id in self.nodes:
            lines += [f"{self.rows[id]} = next({self.iterators[id]})"] if id in self.iterators else []
            lines += self.print_batch(id, "train", self.rows[id])
        return lines

    def print_same_rows(self) -> list[str]:
        """Take the same rows of every node, as validation does."""
        return [line for id in self.nodes for line in self.print_batch(id, "part", "rows")]

    def print_batch(self, id: str, part: str, rows: str) -> list[str]:
        """Take a batch out of a part of the data; texts are cut to the longest of the batch."""
        columns, tensors = self.columns(id), self.tensors(id, part)
        variables = {column.name: self.fields[id, i] for i, column in enumerate(columns)}
        lines = []
        for column in sorted(columns, key=lambda column: not column.is_lengths):
            cut = f", : {variables[column.cut_by]}.max()" if column.cut_by else ""
            lines.append(f"{variables[column.name]} = {tensors}[{print_literal(column.name)}][{rows}{cut}]")
        return lines

    def print_validation_loop(self, least: int) -> list[str]:
        """The head of the loop over the samples of a part: the shortest source says where it ends."""
        size = max(least, *(self.plan.params(id).batch_size for id in self.nodes))
        return [f"size = {self.shortest('part')}", f"for rows in torch.arange(size).split({size}):"]

    def print_total(self) -> str:
        """How many batches all epochs have together."""
        arguments = ", ".join(["torch.arange(" + self.length("train") + ")", *self.batch_arguments(self.lead)])
        return f"EPOCHS * len(split_batches({arguments}))"

    def print_loop(self, body: list[str]) -> list[str]:
        """The loop over the batches of an epoch."""
        return [f"for rows in {self.print_batches(self.lead)}:", *indented([*self.print_taking(), *body])]
