"""What is said about lines that cannot be taken as they stand."""

from __future__ import annotations

import pytest

from tests.builder.importer.forms import links, nodes, read

REMARKS: dict[tuple[str, str], tuple[int, str]] = {
    ("return x ** 2", "pass"): (12, "`x ** 2` computes with a tensor and a number"),
    ("return torch.fft.fft(x)", "pass"): (12, "`torch.fft.fft(x)` comes from torch.fft.fft, which is not read here"),
    ("return self.m(x)", "self.m = nn.Softshrink(0.1)"): (9, "Softshrink is not among the layers here"),
    ("return self.m(x)", "self.m = nn.Linear(2, missing)"): (9, 'the argument "out_features" uses the name "missing"'),
    ("return self.m(x)", "self.m = nn.Linear(2, -3)"): (9, 'the argument "out_features" is -3, must be at least 1'),
    ("return self.m(x)", "self.m = nn.Conv2d(1, 8, 3, dilatoin=2)"): (9, 'the argument "dilatoin" has no counterpart'),
    ("return self.m(x)[0]", "self.m = nn.LSTM(4, 8)"): (9, "without batch_first=True"),
    ("return self.m(x, self.h)[0]", "self.m = nn.LSTM(4, 8, batch_first=True)\nself.h = torch.ones(1)"): (
        13,
        "starts at zero",
    ),
    ("return F.dropout(x, 0.5)", "pass"): (12, "also drops values after training"),
    ("return x.view(4, -1)", "pass"): (12, "each sample keeps to itself"),
    ("return x.transpose(0, 1)", "pass"): (12, "the batch comes first everywhere"),
    ("return x[0]", "pass"): (12, "takes samples out of the batch"),
    ("if self.training:\n    return x\nreturn F.relu(x)", "pass"): (12, "differs between training and use"),
    ("if x.sum() > 0:\n    x = -x\nreturn x", "pass"): (12, "What it guards was left out"),
    ("return x.max(dim=1)[0]", "pass"): (12, "a function that no layer here carries out"),
    ("return self.none(x)", "pass"): (12, 'reads "self.none", which __init__ does not set'),
}


@pytest.mark.parametrize(("forward", "init"), REMARKS)
def test_what_cannot_be_taken_gets_a_sentence_with_its_line(forward: str, init: str) -> None:
    line, words = REMARKS[forward, init]
    notes = read(forward, init).notes
    assert [note.line for note in notes if words in note.text] == [line], notes
    assert all(note.text.endswith(".") for note in notes)


SILENT = {
    "print(x.shape)": "`print(x.shape)` only tells something",
    "logging.info('%s', x)": "`logging.info('%s', x)` only tells something",
    "logger.debug(x)": "`logger.debug(x)` only tells something",
    "warnings.warn('slow')": "`warnings.warn('slow')` only tells something",
    "self.log('size', x.mean())": "`self.log('size', x.mean())` only tells something",
    "assert x.shape[1] == 3": "`assert x.shape[1] == 3` only checks",
    "if x.dim() != 4:\n    raise ValueError(x)": "`if x.dim() != 4: raise ValueError(x)` only refuses what does not fit",
    "del x_size": "`del x_size` only lets go of a name",
    "with torch.autocast('cuda'):\n    pass": "`torch.autocast('cuda')` is opened around lines which were taken",
}


@pytest.mark.parametrize("line", SILENT)
def test_a_line_that_changes_nothing_gets_one_note_and_draws_nothing(line: str) -> None:
    imported = read(f"{line}\nreturn F.relu(x)")
    assert nodes(imported) == [("ReLU", {})]
    (note,) = imported.notes
    assert (note.line, note.level) == (12, "note")
    assert note.text.startswith(SILENT[line])


WARNED = {
    "with torch.no_grad():\n    x = F.relu(x)\nreturn x": "`torch.no_grad()` keeps what is inside from learning",
    "try:\n    x = F.relu(x)\nexcept ValueError:\n    pass\nreturn x": "What `except` does was left out",
    "class Inner:\n    pass\nreturn F.relu(x)": "is a class inside a function",
}


@pytest.mark.parametrize("forward", WARNED)
def test_a_line_that_changes_something_is_a_warning(forward: str) -> None:
    imported = read(forward)
    assert nodes(imported) == [("ReLU", {})]
    (note,) = imported.notes
    assert note.level == "warning" and WARNED[forward] in note.text


def test_parts_that_forward_never_calls_are_told_with_the_line_that_makes_them() -> None:
    init = "self.a = nn.Linear(2, 2)\nself.spare = nn.Sequential(nn.Linear(2, 2), nn.ReLU())"
    notes = read("return self.a(x)", init).notes
    assert [(note.line, note.level, note.text.split(" is made")[0]) for note in notes] == [
        (10, "warning", '"spare.0"'),
        (10, "note", '"spare.1"'),
    ]


def test_a_placeholder_keeps_its_links_and_what_is_behind_it() -> None:
    graph = read(
        "x = self.a(x)\nreturn self.fc(torch.clamp(x, 0))", "self.a = nn.Mish()\nself.fc = nn.Linear(2, 3)"
    ).networks["net"]
    assert [node.kind for node in graph.nodes] == ["Input", "Mish", "clamp", "Linear", "Output"]
    assert links(graph) >= {"a.output -> clamp.input", "clamp.output -> fc.input"}
