"""Whatever is handed in is read within a second and never run: it comes in as a graph, or a sentence says why not."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.importer import ImportRefused, import_source
from builder.importer.own_parts import known_definitions
from builder.importer.vocabulary import OWN
from builder.layers import CATALOGUE

SECOND = 1.0


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Let torch load what the first shape needs."""
    import_source("nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 26 * 26, 2))")


def network(init: str, forward: str = "return x", top: str = "") -> str:
    """A source with these lines in it."""
    return (
        f"{top}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {init}\n"
        f"    def forward(self, x):\n        {forward}\n"
    )


def read(source: str) -> str:
    """What an import says: the refusal, or all remarks."""
    try:
        return "\n".join(map(str, import_source(source).notes))
    except ImportRefused as error:
        return str(error)


REFUSED = {
    "": "There is no class with a forward in it",
    "print('hello')": "There is no class with a forward in it",
    "\0": "null bytes",
    "(" * 1_000_000: "characters, and at most 300,000 are read",
    "(" * 200_000: "not Python",
    "[" * 150 + "]" * 150: "nested more than 80 deep",
    "x = " + "-" * 50_000 + "1": "nested too deeply",
    "x = " + " + ".join(["1"] * 60_000): "nested",
    "x." + ".".join(["y"] * 20_000): "nested",
    "lambda: " * 5_000 + "1": "nested too deeply",
    "if x:\n"
    + "".join(" " * depth + "if x:\n" for depth in range(1, 95))
    + " " * 95
    + "pass": "nested more than 80 deep",
    "x = [" + "0," * 90_000 + "]": "more than 80,000 pieces",
    "def f(:": "not Python at line 1",
    "#include <stdio.h>\nint main() { return 0; }": "not Python at line 2",
    "class Net(nn.Module):\n\tdef forward(self, x):\n        return x": "not Python at line 3",
    "x = 0x" + "f" * 250_000: "There is no class with a forward in it",
    "x = " + "9" * 250_000: "not Python",
    "\ud800": "not Python",
}


@pytest.mark.parametrize("source", REFUSED, ids=lambda source: repr(source[:30]))
def test_what_is_no_network_is_refused_in_a_sentence_within_a_second(source: str) -> None:
    start = process_time()
    with pytest.raises(ImportRefused) as refused:
        import_source(source)
    assert process_time() - start < SECOND
    assert REFUSED[source] in str(refused.value)
    assert str(refused.value).endswith(".")


TAKEN_WITH_A_REMARK = {
    network('__import__("os").system("touch /tmp/x")'): "__import__",
    network('self.fc = eval("nn.Linear(1, 2)")'): "eval",
    network('exec("import os")'): "exec",
    network('self.fc = nn.Linear(2, open("/etc/passwd").read())', "return self.fc(x)"): "open",
    network("self.a = [nn.ReLU() for _ in range(10**9)]"): "goes through 1,000,000,000 numbers",
    network("for i in range(10**9):\n            self.a = nn.ReLU()"): "goes through 1,000,000,000 numbers",
    network("self.fc = nn.Linear(2, 10**9)", "return self.fc(x)"): "1000000",
    network("self.fc = nn.Linear(2, 9**9**9**9)", "return self.fc(x)"): "no size can be",
    network("self.fc = nn.Linear(2, 2 / 0)", "return self.fc(x)"): "division by zero",
    network("self.fc = nn.Linear(2, 'a' * 10**9)", "return self.fc(x)"): "arithmetic on what is not known",
    network("a = [1] * 10**8"): "longer than",
    network("a = []\n        a.append(a)\n        self.fc = nn.Linear(2, a)", "return self.fc(x)"): "holds more than",
    network(
        "a = [1] * 1000\n        b = [a for _ in range(1000)]\n        self.fc = nn.Linear(2, b)", "return self.fc(x)"
    ): "holds more",
    network("pass", "return self.forward(x)"): "calls functions more than 16 deep",
    network("pass", "return self(x)"): "calls itself",
    network("pass", "while True:\n            x = x + x\n        return x"): "is a statement that is not read here",
    network("self.__class__.__bases__ = ()"): "sets something",
}


@pytest.mark.parametrize("source", TAKEN_WITH_A_REMARK, ids=lambda source: source.split("\n")[4].strip()[:40])
def test_a_line_that_means_harm_gets_a_sentence_and_nothing_is_run(source: str) -> None:
    start = process_time()
    said = read(source)
    assert process_time() - start < SECOND
    assert TAKEN_WITH_A_REMARK[source] in said
    assert not Path("/tmp/x").exists()


@pytest.mark.parametrize(
    "init",
    [
        "self.a = [[[nn.ReLU() for _ in range(900)] for _ in range(900)] for _ in range(900)]",
        "self.a = nn.Sequential(*[nn.Linear(2, 2) for _ in range(900)] * 2)",
        "for a in range(1000):\n            for b in range(1000):\n                c = a * b",
    ],
)
def test_work_without_end_is_ended(init: str) -> None:
    start = process_time()
    read(network(init, "for a in range(1000):\n            x = self.a(x)\n        return x"))
    assert process_time() - start < 3 * SECOND


def test_blocks_in_blocks_without_end_are_ended() -> None:
    parts = "".join(
        f"class A{i}(nn.Module):\n    def __init__(self):\n        self.a = A{i + 1}()\n        self.b = A{i + 1}()\n"
        "    def forward(self, x):\n        return self.b(self.a(x))\n"
        for i in range(30)
    )
    start = process_time()
    read(f"{parts}class A30(nn.Module):\n    def forward(self, x):\n        return x")
    assert process_time() - start < 3 * SECOND


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="()[]{}:=,.* \n\tselfxnFtorch0123", max_size=300))
def test_any_text_is_answered(text: str) -> None:
    read(text)
    read(network("pass", f"return self.f({text!r}, x)"))


LINES = st.sampled_from(
    """
    x = x + y|x, y = self.a(x)|x = self.a[0](x)|x = x[::2]|x = x[None]|x = x[..., 0]|for a in x: x = a|x = -x|x = x @ x.T
    self.a = x|x += 1|x = [x][0]|x = {"a": x}["a"]|return|return x, y|x = torch.cat(x)|x = torch.cat([x, x])|del x|x.a = 1
    x = x.view(-1)|x = x.view()|x = F.relu()|x = F.relu(x, x, x)|x = self.a()|x = self.a(x, x, x, x)|x = nn.ReLU()(x)|y = x
    x = x.permute()|x = x.transpose(1)|x = x.size()|x = x.shape[0]|x = x.mean(dim="a")|x = x.mean(0)|x = x.squeeze(0)|y = y[x]
    x = x.unsqueeze(-9)|x = torch.stack([], 0)|x = torch.add(x)|x = F.pad(x, 3)|x = super().forward(x)|x = self.a.weight
    x = nn.LSTM(2, 3)(x)[1][0][-1]|x = nn.GRU(2, 3)(x)[1]|x = self.a.b.c(x)|x = (lambda a: a)(x)|x = x if x else y|break
    x = nn.Sequential()(x)|x = nn.MultiheadAttention(2, 1)(x)|x = nn.Embedding()(x)|x = nn.Conv2d()(x)|x = x.flatten(0)
    """.replace("\n", "|").split("|")
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(LINES, max_size=8), st.sampled_from(["nn.Linear(2, 3)", "nn.ModuleList()", "None", "[1, 2]", "nn.Foo()"])
)
def test_any_lines_in_forward_are_answered(lines: list[str], module: str) -> None:
    body = "\n        ".join([line.strip() or "pass" for line in lines] + ["return x"])
    source = network(f"self.a = {module}", body)
    try:
        import_source(source)
    except ImportRefused as error:
        assert str(error).endswith(".")


def test_every_module_that_exported_code_brings_along_is_known() -> None:
    made = {
        name
        for name in known_definitions()
        if any(
            f"{name}" == target.__name__
            for kind in CATALOGUE.values()
            for target in vars(kind).values()
            if isinstance(target, type)
        )
    }
    assert made <= {*OWN}
    assert {*OWN} <= {*known_definitions()}
