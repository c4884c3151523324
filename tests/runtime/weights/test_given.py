"""Weights that are handed in: safetensors whose header says what the file holds, and nothing else."""

from __future__ import annotations

import ast
import json
import pickle
import struct
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file

from runtime.weights.given import MOST_HEADER_BYTES, WeightsRefused, read_weights

PLAIN = {"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}


def pack(header: Any, data: bytes = bytes(16)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def refuse(tmp_path: Path, content: bytes, name: str = "a.safetensors") -> WeightsRefused:
    (tmp_path / name).write_bytes(content)
    start = process_time()
    with pytest.raises(WeightsRefused) as caught:
        read_weights(tmp_path / name)
    assert process_time() - start < 1
    return caught.value


def test_what_safetensors_writes_is_read(tmp_path: Path) -> None:
    tensors = {
        "conv1.weight": torch.randn(3, 2, 5, 5),
        "scalar": torch.tensor(2.0, dtype=torch.bfloat16),
        "none": torch.zeros(0, 4),
        "steps": torch.arange(7),
        "mask": torch.tensor([True, False]),
    }
    save_file(tensors, tmp_path / "a.safetensors", {"format": "pt"})
    found = read_weights(tmp_path / "a.safetensors")
    assert found.keys() == tensors.keys()
    assert all(
        torch.equal(found[name], tensor) and found[name].dtype == tensor.dtype for name, tensor in tensors.items()
    )


def change(**changes: Any) -> dict[str, Any]:
    return {"w": {**PLAIN["w"], **changes}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no safetensors file"),
        (bytes(8), "no safetensors file"),
        (struct.pack("<Q", 10**12) + b"{}", "no safetensors file"),
        (struct.pack("<Q", 2**64 - 1) + b"{}", "no safetensors file"),
        (pack(b"{}" + b" " * MOST_HEADER_BYTES), "header of more than 8 MB"),
        (pack(b"\xff\xfe{}"), "header is no text"),
        (pack(b"[]"), "names no tensors"),
        (pack(b"{}"), "holds 0 tensors"),
        (pack(b'{"w": ' + b"[" * 200_000), "nested more than 60"),
        (pack(json.dumps(PLAIN)[:-1].encode() + b', "w": {}}'), 'names "w" twice'),
        (pack({**PLAIN, "__metadata__": {"a": 1}}), "about itself"),
        (pack(PLAIN, bytes(15)), "its tensors take 16 bytes, and it holds 15"),
        (pack(PLAIN, bytes(17)), "its tensors take 16 bytes, and it holds 17"),
        (pack({**PLAIN, "v": PLAIN["w"]}), "does not begin where the last one ends"),
        (pack(change(data_offsets=[4, 20]), bytes(20)), "does not begin where the last one ends"),
        (pack(change(shape=[10**6, 10**6])), "other bytes than its shape needs"),
        (pack(change(shape=[2**63, 2])), "no tensor has"),
        (pack(change(shape=[-2, -2])), "no tensor has"),
        (pack(change(shape=[True, 4])), "no tensor has"),
        (pack(change(shape=[1] * 1000 + [4])), "no tensor has"),
        (pack(change(data_offsets=[16, 0])), "other bytes"),
        (pack(change(dtype="OBJECT")), "not read here"),
        (pack(change(dtype=["F32"])), "not read here"),
        (pack(change(__class__="os.system")), "not described by"),
        (pack({"x" * 1000: PLAIN["w"]}), "a name that no tensor has"),
        (pack({"w\0": PLAIN["w"]}), "a name that no tensor has"),
        (pack({"w": [1, 2]}), "not described by"),
    ],
    ids=lambda value: repr(value[:30]),
)  # fmt: skip
def test_a_file_that_is_not_what_its_header_says_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    refused = refuse(tmp_path, content)
    assert words in refused.reason and refused.reason.endswith(".") and "a.safetensors" in refused.reason


@pytest.mark.parametrize(("count", "words"), [(50_001, "holds 50,001 tensors"), (120_000, "more than 400,000 values")])
def test_tensors_of_nothing_are_counted_before_they_are_described(count: int, words: str, tmp_path: Path) -> None:
    piece = b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    header = b"{" + b",".join(b'"%d":%s' % (number, piece) for number in range(count)) + b"}"
    assert len(header) < MOST_HEADER_BYTES
    assert words in refuse(tmp_path, pack(header, b"")).reason


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exec, ("raise SystemExit('a pickle was run')",))


@pytest.mark.parametrize("name", ["a.pt", "a.PTH", "a.ckpt", "pytorch_model.bin", "a.pkl"])
def test_what_pytorch_saves_is_refused_with_the_way_to_turn_it(name: str, tmp_path: Path) -> None:
    refused = refuse(tmp_path, pickle.dumps(Trap()), name)
    assert "never opened here" in str(refused) and "safetensors" in refused.advice
    ast.parse(refused.snippet)
    assert "weights_only=True" in refused.snippet and name in refused.snippet


def test_a_pickle_under_another_name_is_a_pickle(tmp_path: Path) -> None:
    assert "is a pickle" in refuse(tmp_path, pickle.dumps(Trap())).reason
    torch.save({"w": torch.zeros(2)}, tmp_path / "zip")
    assert "is a pickle" in refuse(tmp_path, (tmp_path / "zip").read_bytes()).reason


def test_the_way_to_turn_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = {"w": torch.randn(4, 3).T, "b": torch.randn(3)}
    torch.save(tensors, tmp_path / "a.pt")
    with pytest.raises(WeightsRefused) as caught:
        read_weights(tmp_path / "a.pt")
    monkeypatch.chdir(tmp_path)
    exec(caught.value.snippet, {})
    found = read_weights(tmp_path / "weights.safetensors")
    assert torch.equal(found["w"], tensors["w"]) and torch.equal(found["b"], tensors["b"])


@pytest.mark.parametrize("name", ['a";import os;".pt', "a\\.pt", "a\n.pt"])
def test_a_name_with_quotes_does_not_become_code(name: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused) as caught:
        read_weights(tmp_path / "x", name)
    assert {type(node).__name__ for node in ast.parse(caught.value.snippet).body} <= {"Import", "Assign", "Expr"}
    assert len(ast.parse(caught.value.snippet).body) == 4


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "hole.safetensors").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(WeightsRefused, match=r"has 1024\.0 GiB; 8 GiB is the most"):
        read_weights(tmp_path / "hole.safetensors")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsRefused, match="cannot be read"):
        read_weights(tmp_path / "gone.safetensors")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=12))
def test_a_damaged_file_is_read_or_refused(at: int, damage: bytes) -> None:
    whole = save({"a": torch.ones(3, 2), "b": torch.ones(5)})
    content = whole[: at % len(whole)] + damage + whole[at % len(whole) + len(damage) :]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.safetensors"
        file.write_bytes(content)
        try:
            assert sum(tensor.nbytes for tensor in read_weights(file).values()) <= len(content)
        except WeightsRefused as refused:
            assert refused.reason.endswith(".")
