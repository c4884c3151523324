"""The shipped blocks are the well-known ones: same parameters, same numbers as written by hand; and block files are safe."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from builder.block_files import FOLDER, SHIPPED, dump_block, list_shipped, read_block
from builder.codegen import generate_model
from builder.compiler import build_network
from builder.document import Graph, Project
from builder.loading import LoadError
from builder.rules import check
from builder.shape_flow import infer
from tests.builder import blocks_by_hand as hand
from tests.builder.drawn import edge, node

BLOCKS = {block.name: block for block in list_shipped()}


@dataclass
class Case:
    """A use of a shipped block, the same by hand, what goes in (without the batch axis) and what comes out."""

    block: str
    arguments: dict[str, Any]
    same: nn.Module
    inputs: list[list[int]]
    outputs: list[str]
    parameters: int
    names: list[tuple[str, str]] = field(default_factory=list)


LAYER_NAMES = [("cross_attention", "multihead_attn"), ("attention", "self_attn")]
CASES = [
    Case("residual_basic", {"channels": 16}, hand.basic(16), [[16, 8, 8]], ["16×8×8"], 4_672),
    Case(
        "residual_basic_downsampling",
        {"channels": 32},
        hand.basic_downsampling(16, 32, 2),
        [[16, 8, 8]],
        ["32×4×4"],
        14_528,
    ),
    Case(
        "residual_basic_downsampling",
        {"channels": 24, "stride": 1},
        hand.basic_downsampling(16, 24, 1),
        [[16, 8, 8]],
        ["24×8×8"],
        9_168,
    ),
    Case("residual_bottleneck", {"width": 8}, hand.bottleneck(32, 8, 4), [[32, 8, 8]], ["32×8×8"], 1_184),
    Case(
        "residual_bottleneck_downsampling",
        {"width": 8, "expansion": 2},
        hand.bottleneck(32, 8, 2, 2),
        [[32, 8, 8]],
        ["16×4×4"],
        1_568,
    ),
    Case("inverted_residual", {"channels": 8, "expansion": 3}, hand.inverted(8, 8, 3, 1), [[8, 6, 6]], ["8×6×6"], 712),
    Case(
        "inverted_residual_downsampling",
        {"in_channels": 8, "channels": 12},
        hand.inverted(8, 12, 6, 2),
        [[8, 6, 6]],
        ["12×3×3"],
        1_608,
    ),
    Case(
        "squeeze_excitation",
        {"channels": 16, "reduction": 4},
        hand.SqueezeExcitation(16, 4),
        [[16, 5, 5]],
        ["16×5×5"],
        148,
    ),
    Case("unet_down", {"channels": 8}, hand.Down(3, 8), [[3, 8, 8]], ["8×4×4", "8×8×8"], 824),
    Case("unet_up", {"channels": 8}, hand.Up(16, 8), [[16, 4, 4], [8, 8, 8]], ["8×8×8"], 2_280),
    Case(
        "transformer_encoder",
        {"features": 16, "heads": 2, "dropout": 0.0},
        hand.Encoder(16, 2, 4),
        [[5, 16]],
        ["5×16"],
        3_280,
        LAYER_NAMES,
    ),
    Case(
        "transformer_decoder",
        {"features": 16, "heads": 2, "dropout": 0.0},
        hand.Decoder(16, 2, 4),
        [[5, 16], [7, 16]],
        ["5×16"],
        4_400,
        LAYER_NAMES,
    ),
    Case(
        "gpt_block",
        {"features": 16, "heads": 2, "dropout": 0.0},
        hand.GPTBlock(16, 2, 4),
        [[5, 16]],
        ["5×16"],
        3_280,
        LAYER_NAMES,
    ),
    Case("recurrent_encoder", {"hidden": 6}, hand.RecurrentEncoder(4, 6), [[9, 4], []], ["9×12", "6"], 510),
    Case(
        "attention_decoder",
        {"features": 4, "hidden": 6},
        hand.AttentionDecoder(4, 6),
        [[5, 4], [6], [9, 12], []],
        ["5×6", "5×9"],
        450,
    ),
    Case(
        "lstm_classifier_head",
        {"hidden": 6, "layers": 2, "classes": 3, "dropout": 0.0},
        hand.Head(4, 6, 2, 3),
        [[9, 4]],
        ["3"],
        1_575,
    ),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.block} {case.arguments}")


def use(case: Case, repeat: int = 1) -> Project:
    """A network that is nothing but a use of the block, beside the networks of its file."""
    block = BLOCKS[case.block]
    ports = [(n.id, n.kind) for n in block.network.nodes if n.kind in ("Input", "Output")]
    ins = [id for id, kind in ports if kind == "Input"]
    outs = [id for id, kind in ports if kind == "Output"]
    nodes = [
        node(f"in_{id}", "Input", shape=shape, dtype=dtype_of(case, id))
        for id, shape in zip(ins, case.inputs, strict=True)
    ]
    nodes.append(node("stage", "Block", network=block.name, repeat=repeat, arguments=case.arguments))
    nodes += [node(f"end_{id}", "Output") for id in outs]
    links = [f"in_{id} -> stage.{id}" for id in ins] + [f"stage.{id} -> end_{id}" for id in outs]
    model = Graph(nodes=tuple(nodes), edges=tuple(edge(link) for link in links))
    return Project(networks={"model": model, **block.networks})


def dtype_of(case: Case, input: str) -> str:
    return str(BLOCKS[case.block].network.node(input).params.get("dtype", "float32"))


def samples(case: Case) -> list[Tensor]:
    torch.manual_seed(1)
    ins = [known.id for known in BLOCKS[case.block].network.nodes if known.kind == "Input"]
    counted = [dtype_of(case, id) == "int64" for id in ins]
    shapes = zip(case.inputs, counted, strict=True)
    return [torch.tensor([4, 1, 9]) if is_count else torch.randn(3, *shape) for shape, is_count in shapes]


def carry_over(ours: nn.Module, theirs: nn.Module, names: list[tuple[str, str]]) -> None:
    """Give a module written by hand the weights of ours: by name where names are given, else in their order."""
    weights = ours.state_dict()
    if not names:
        theirs.load_state_dict(dict(zip(theirs.state_dict(), weights.values(), strict=True)))
        return
    renamed = {}
    for key, value in weights.items():
        part = key.removeprefix("stage.")
        wanted = next((part.replace(old, new, 1) for old, new in names if part.startswith(old)), part)
        renamed[f"layer.{wanted}"] = value
    theirs.load_state_dict(renamed)


def together(outputs: Any) -> list[Tensor]:
    return list(outputs) if isinstance(outputs, tuple) else [outputs]


def test_every_shipped_block_is_listed_and_checked() -> None:
    assert sorted(SHIPPED) == sorted(path.stem for path in FOLDER.glob("*.json"))
    assert {case.block for case in CASES} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_block_says_what_it_is_and_is_written_as_it_is_read(name: str) -> None:
    block = BLOCKS[name]
    assert block.name == name and block.title and block.summary.endswith(".")
    assert dump_block(block) == (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert all(
        parameter in json.dumps(block.model_dump()["networks"]).replace(f'"{parameter}"', "")
        for parameter in block.network.params
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_block_holds_by_itself(name: str) -> None:
    findings = check(Project(networks=BLOCKS[name].networks))
    assert [f for f in findings if f.graph.startswith("networks.") and f.severity != "advice"] == []


@each_case
def test_a_use_of_a_shipped_block_is_accepted_and_has_its_shapes(case: Case) -> None:
    project = use(case)
    assert [f.message for f in check(project) if f.graph.startswith("networks.")] == []
    stage = infer(project)["networks.model"].nodes["stage"]
    assert [str(spec) for spec in stage.outputs.values()] == case.outputs
    assert stage.parameters == case.parameters == sum(p.numel() for p in case.same.parameters())


@each_case
def test_a_shipped_block_computes_what_it_computes_written_by_hand(case: Case) -> None:
    network = build_network(use(case), "model").train()
    carry_over(network, case.same.train(), case.names)
    for mine, theirs in zip(together(network(*samples(case))), together(case.same(*samples(case))), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)


@each_case
def test_the_code_of_a_shipped_block_is_the_network_that_runs(case: Case) -> None:
    project = use(case)
    space: dict[str, Any] = {"__name__": "model"}
    source = generate_model(project)
    exec(compile(source, "model.py", "exec"), space)
    theirs, ours = space["Model"]().eval(), build_network(project, "model").eval()
    theirs.load_state_dict(ours.state_dict())
    for mine, other in zip(together(ours(*samples(case))), together(theirs(*samples(case))), strict=True):
        assert torch.equal(mine, other)
    assert max(len(line) for line in source.splitlines()) <= 130


def test_the_code_of_a_residual_block_reads_as_a_person_would_write_it() -> None:
    source = generate_model(use(CASES[0], repeat=2))
    start = source.index("class ResidualBasic")
    block = source[start : source.index("class Model")].rstrip()
    assert [line.split("  # ")[0].rstrip() for line in block.splitlines()] == RESIDUAL.splitlines()
    assert block.count("# 16×8×8") == 7
    assert (
        "self.stage = nn.Sequential(\n            ResidualBasic(),\n            ResidualBasic(),\n        )" in source
    )


RESIDUAL = '''class ResidualBasic(nn.Module):
    """The network 'residual_basic'."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(16, 16, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(16, 16, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        conv1 = self.conv1(x)
        bn1 = self.bn1(conv1)
        relu1 = self.relu1(bn1)
        conv2 = self.conv2(relu1)
        bn2 = self.bn2(conv2)
        add = bn2 + x
        out = self.relu2(add)
        return out'''


def test_a_second_use_that_shares_weights_adds_none_and_runs_the_same_module() -> None:
    project = use(CASES[0])
    model = project.networks["model"]
    again = node("again", "Block", network="residual_basic", arguments={"channels": 16}).model_copy(
        update={"weights_of": "stage"}
    )
    edges = [edge("in_x -> stage.x"), edge("stage.out -> again.x"), edge("again.out -> end_out")]
    shared = project.with_graph(
        "networks.model", model.model_copy(update={"nodes": (*model.nodes, again), "edges": tuple(edges)})
    )
    assert [f.message for f in check(shared) if f.severity == "error" and f.graph.startswith("networks.")] == []
    assert infer(shared)["networks.model"].parameters == CASES[0].parameters
    network = build_network(shared, "model").eval()
    assert {name.split(".")[0] for name in network.state_dict()} == {"stage"}
    x = torch.randn(2, 16, 8, 8)
    assert torch.equal(network(x), network.get_submodule("stage")(network.get_submodule("stage")(x)))
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(generate_model(shared), "model.py", "exec"), space)
    exported = space["Model"]().eval()
    exported.load_state_dict(network.state_dict())
    assert torch.equal(exported(x), network(x))


GOOD = BLOCKS["squeeze_excitation"].model_dump(mode="json")
DAMAGED: list[tuple[dict[str, Any], str]] = [
    ({"name": "other"}, 'It is no block that can be used: it holds no network named "other".'),
    ({"networks": {"a b": {}}, "name": "a b"}, 'The network "a b" in it cannot bear that name'),
    (
        {"networks": {"a": {"nodes": [{"id": "b", "kind": "Block", "params": {"network": "c"}}]}}, "name": "a"},
        'It uses the network "c", which it does not hold.',
    ),
    ({"networks": 3}, 'It is no block that can be used: "networks" must be an object'),
    ({"format": 99}, "The file is of format 99"),
    ({"surprise": 1}, 'It is no block that can be used: "surprise" is not known.'),
    (
        {"networks": {"a": {"nodes": [{"id": f"n{i}", "kind": "ReLU"} for i in range(2001)]}}, "name": "a"},
        "It has 2,001 nodes in 1 networks",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), DAMAGED, ids=[sentence[:40] for _, sentence in DAMAGED])
def test_a_damaged_block_is_told_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(LoadError) as caught:
        read_block(json.dumps({**GOOD, **change}))
    assert str(caught.value).startswith(sentence) and str(caught.value).endswith(".")


def test_a_block_that_is_too_large_or_breaks_off_is_told_in_a_sentence() -> None:
    with pytest.raises(LoadError, match="more than the 2 MB"):
        read_block(b" " * (2**21 + 1))
    with pytest.raises(LoadError, match="breaks off"):
        read_block(json.dumps(GOOD)[:-9])
